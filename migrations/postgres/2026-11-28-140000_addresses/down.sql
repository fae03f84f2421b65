DROP TABLE tries;
ALTER TABLE accounts DROP COLUMN wanted_email;
