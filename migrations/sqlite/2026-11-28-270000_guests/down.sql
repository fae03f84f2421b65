DROP TABLE witnesses;
CREATE TABLE sessions_before AS SELECT id, hash, person_id, created, seen, expires, agent, address FROM sessions
  WHERE person_id IN (SELECT id FROM accounts);
DROP TABLE sessions;
CREATE TABLE sessions (
  id INTEGER NOT NULL PRIMARY KEY,
  hash TEXT NOT NULL UNIQUE,
  account_id BIGINT NOT NULL REFERENCES accounts(id),
  created BIGINT NOT NULL,
  seen BIGINT NOT NULL,
  expires BIGINT NOT NULL,
  agent TEXT NOT NULL,
  address TEXT NOT NULL
);
CREATE INDEX sessions_account ON sessions (account_id);
CREATE INDEX sessions_expires ON sessions (expires);
INSERT INTO sessions (id, hash, account_id, created, seen, expires, agent, address)
  SELECT id, hash, person_id, created, seen, expires, agent, address FROM sessions_before;
DROP TABLE sessions_before;
