-- How people here read: which media are covered at first, whether what comes with a warning is open, and whether pictures move by
-- themselves.
ALTER TABLE preferences ADD COLUMN covered TEXT NOT NULL DEFAULT 'default';
ALTER TABLE preferences ADD COLUMN opens_warnings BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE preferences ADD COLUMN plays BOOLEAN NOT NULL DEFAULT FALSE;
