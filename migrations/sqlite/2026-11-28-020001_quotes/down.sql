DROP TABLE stamps;
DROP TABLE quotes;
