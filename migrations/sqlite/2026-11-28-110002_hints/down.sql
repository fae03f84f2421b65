ALTER TABLE members DROP COLUMN hinted;
