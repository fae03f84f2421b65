-- Who is kept from writing in a group alone, and goes on reading there.
ALTER TABLE bans ADD COLUMN reads BOOLEAN NOT NULL DEFAULT FALSE;
