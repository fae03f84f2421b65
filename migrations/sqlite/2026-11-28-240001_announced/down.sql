DROP TABLE disk_days;
ALTER TABLE announcements DROP COLUMN starts;
