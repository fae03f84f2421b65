DROP TABLE sentences;
