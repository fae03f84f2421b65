-- How a server wants requests signed, as far as that is known.
ALTER TABLE peers ADD COLUMN scheme TEXT;

-- Which process has what is leased. 0: one that did not say.
ALTER TABLE peers ADD COLUMN holder INTEGER NOT NULL DEFAULT 0;
ALTER TABLE received ADD COLUMN holder INTEGER NOT NULL DEFAULT 0;
ALTER TABLE jobs ADD COLUMN holder INTEGER NOT NULL DEFAULT 0;
