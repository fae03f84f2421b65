ALTER TABLE notifications DROP COLUMN woke;
DROP TABLE quiet_hours;
