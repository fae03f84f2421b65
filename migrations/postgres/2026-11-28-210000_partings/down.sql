DROP TABLE partings;
