ALTER TABLE actors DROP COLUMN veiled;
ALTER TABLE actors DROP COLUMN silenced;
