-- A session is of a person, who may have a login here or an account elsewhere.
CREATE TABLE sessions_before AS SELECT id, hash, account_id, created, seen, expires, agent, address FROM sessions;
DROP TABLE sessions;
CREATE TABLE sessions (
  id INTEGER NOT NULL PRIMARY KEY,
  hash TEXT NOT NULL UNIQUE,
  person_id BIGINT NOT NULL REFERENCES actors(id),
  created BIGINT NOT NULL,
  seen BIGINT NOT NULL,
  expires BIGINT NOT NULL,
  agent TEXT NOT NULL,
  address TEXT NOT NULL
);
CREATE INDEX sessions_person ON sessions (person_id);
CREATE INDEX sessions_expires ON sessions (expires);
INSERT INTO sessions (id, hash, person_id, created, seen, expires, agent, address)
  SELECT id, hash, account_id, created, seen, expires, agent, address FROM sessions_before;
DROP TABLE sessions_before;

-- As what the servers know this one that tell who their people are; for each address of ours that they send people back to.
CREATE TABLE witnesses (
  origin TEXT NOT NULL,
  redirect_uri TEXT NOT NULL,
  client_id TEXT NOT NULL,
  secret BLOB NOT NULL,
  scope TEXT NOT NULL,
  checked BIGINT NOT NULL,
  PRIMARY KEY (origin, redirect_uri)
);
