ALTER TABLE charters DROP COLUMN steps_away;
