ALTER TABLE groups DROP COLUMN confides_from;
