ALTER TABLE preferences DROP COLUMN quoting;
