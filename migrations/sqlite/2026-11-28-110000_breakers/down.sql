ALTER TABLE peers DROP COLUMN resting_until;
