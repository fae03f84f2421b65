-- By what a client knows again what it planned, hashed: a repeat plans nothing.
ALTER TABLE scheduled ADD COLUMN key TEXT;
