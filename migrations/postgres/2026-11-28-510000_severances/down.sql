DROP TABLE severances;
