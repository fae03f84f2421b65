ALTER TABLE members DROP COLUMN invitation;
