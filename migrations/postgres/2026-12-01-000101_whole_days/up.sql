-- Whether an announcement is about whole days.
ALTER TABLE announcements ADD COLUMN all_day BOOLEAN NOT NULL DEFAULT FALSE;
