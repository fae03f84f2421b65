DROP INDEX follows_portion;
ALTER TABLE follows DROP COLUMN portion;
