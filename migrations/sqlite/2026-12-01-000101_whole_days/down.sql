ALTER TABLE announcements DROP COLUMN all_day;
