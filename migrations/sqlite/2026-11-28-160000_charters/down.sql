DROP TABLE charters;
