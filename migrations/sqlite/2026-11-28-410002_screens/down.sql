ALTER TABLE screens DROP COLUMN domains;
ALTER TABLE screens DROP COLUMN again;
