-- What people sent when their session had ended: sealed, for whoever comes back with that browser and is who wrote it.
CREATE TABLE unsent (
  hash TEXT NOT NULL PRIMARY KEY,
  person_id BIGINT NOT NULL REFERENCES actors(id),
  sealed BYTEA NOT NULL,
  expires BIGINT NOT NULL
);
CREATE INDEX unsent_person ON unsent (person_id, expires);
CREATE INDEX unsent_ended ON unsent (expires);
