CREATE TEMPORARY TABLE waiting AS SELECT * FROM deliveries;
DROP TABLE deliveries;
CREATE TABLE deliveries (
  peer_id BIGINT NOT NULL,
  activity_id BIGINT NOT NULL,
  inbox TEXT NOT NULL,
  attempts INTEGER NOT NULL,
  retry_at BIGINT NOT NULL,
  parked BIGINT,
  error TEXT,
  PRIMARY KEY (peer_id, activity_id, inbox)
);
INSERT INTO deliveries SELECT * FROM waiting;
DROP TABLE waiting;
CREATE INDEX deliveries_waiting ON deliveries (peer_id, activity_id) WHERE parked IS NULL;
CREATE INDEX deliveries_activity ON deliveries (activity_id);
CREATE INDEX deliveries_parked ON deliveries (parked) WHERE parked IS NOT NULL;

ALTER TABLE received ADD COLUMN body TEXT NOT NULL DEFAULT '';
UPDATE received SET body = coalesce((SELECT b.body FROM received_bodies b WHERE b.id = received.id), '');
DROP TABLE received_bodies;
