ALTER TABLE charters DROP COLUMN topics;
ALTER TABLE charters DROP COLUMN themes;
