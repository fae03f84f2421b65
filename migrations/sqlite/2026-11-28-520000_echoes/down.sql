DROP TABLE thanked;
DROP TABLE solutions;
DROP TABLE echoes;
