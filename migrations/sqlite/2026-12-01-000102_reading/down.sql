ALTER TABLE preferences DROP COLUMN plays;
ALTER TABLE preferences DROP COLUMN opens_warnings;
ALTER TABLE preferences DROP COLUMN covered;
