-- Whoever is heard by those alone who ask for them, and whose pictures are covered.
ALTER TABLE actors ADD COLUMN silenced BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE actors ADD COLUMN veiled BOOLEAN NOT NULL DEFAULT FALSE;
