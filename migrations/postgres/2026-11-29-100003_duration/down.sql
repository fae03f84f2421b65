ALTER TABLE media DROP COLUMN duration;
