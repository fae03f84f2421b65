DROP TABLE moves;
DROP TABLE aliases;
CREATE TABLE voided (
  uri TEXT NOT NULL PRIMARY KEY,
  actor_uri TEXT NOT NULL,
  at BIGINT NOT NULL
);
INSERT INTO voided SELECT uri, min(actor_uri), min(at) FROM forestalled WHERE deed = 'void' GROUP BY uri;
DROP TABLE forestalled;
DROP TABLE reports;
