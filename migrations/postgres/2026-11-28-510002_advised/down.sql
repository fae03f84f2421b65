DROP TABLE advised;
