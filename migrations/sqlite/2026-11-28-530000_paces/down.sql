DROP TABLE turns;
DROP TABLE paces;
