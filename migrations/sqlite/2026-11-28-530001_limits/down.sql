ALTER TABLE screens DROP COLUMN limits;
