ALTER TABLE charters DROP COLUMN second_step;
ALTER TABLE charters DROP COLUMN nudges;
