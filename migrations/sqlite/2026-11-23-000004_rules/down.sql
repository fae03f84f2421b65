ALTER TABLE log_entries DROP COLUMN host;
ALTER TABLE peers DROP COLUMN regard;
DROP TABLE peer_rules;
