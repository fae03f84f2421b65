-- Groups of which nobody learns who was not let in.
ALTER TABLE groups ADD COLUMN hidden BOOLEAN NOT NULL DEFAULT FALSE;
