-- The bytes of what was received, apart from the row that says what became of it: that one is written three times.
CREATE TABLE received_bodies (
  id INTEGER NOT NULL PRIMARY KEY,
  body TEXT NOT NULL
);
INSERT INTO received_bodies SELECT id, body FROM received WHERE body <> '';
ALTER TABLE received DROP COLUMN body;

-- Deliveries by activity, so that those of one post are written side by side; the queue of a server has its own index.
CREATE TEMPORARY TABLE waiting AS SELECT * FROM deliveries;
DROP INDEX deliveries_waiting;
DROP INDEX deliveries_activity;
DROP INDEX deliveries_parked;
DROP TABLE deliveries;
CREATE TABLE deliveries (
  peer_id BIGINT NOT NULL,
  activity_id BIGINT NOT NULL,
  inbox TEXT NOT NULL,
  attempts INTEGER NOT NULL,
  retry_at BIGINT NOT NULL,
  parked BIGINT,
  error TEXT,
  PRIMARY KEY (activity_id, peer_id, inbox)
) WITHOUT ROWID;
INSERT INTO deliveries SELECT * FROM waiting;
DROP TABLE waiting;
CREATE INDEX deliveries_waiting ON deliveries (peer_id, activity_id, inbox) WHERE parked IS NULL;
CREATE INDEX deliveries_parked ON deliveries (peer_id, parked) WHERE parked IS NOT NULL;
