-- The servers whose people and links wait in a community, as JSON; and whether what somebody says twice does.
ALTER TABLE screens ADD COLUMN domains TEXT NOT NULL DEFAULT '[]';
ALTER TABLE screens ADD COLUMN again BOOLEAN NOT NULL DEFAULT FALSE;
