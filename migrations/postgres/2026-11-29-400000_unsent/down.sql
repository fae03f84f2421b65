DROP TABLE unsent;
