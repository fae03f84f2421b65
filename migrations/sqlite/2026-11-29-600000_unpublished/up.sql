-- Why what was due was not published, as the action layer keeps it; nothing, as long as it waits.
ALTER TABLE scheduled ADD COLUMN refused TEXT;
