-- How long a film lasts, in milliseconds.
ALTER TABLE media ADD COLUMN duration INTEGER;
