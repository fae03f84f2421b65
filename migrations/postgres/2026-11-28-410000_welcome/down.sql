DROP TABLE welcomed;
ALTER TABLE charters DROP COLUMN welcome;
