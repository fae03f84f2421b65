DROP TABLE invitations;
DROP TABLE recovery_codes;
DROP TABLE tickets;
DROP TABLE sessions;
DROP TABLE codes;
CREATE TABLE tokens_before AS SELECT hash, account_id, scopes, created, expires FROM tokens WHERE account_id IS NOT NULL;
DROP TABLE tokens;
CREATE TABLE tokens (
  hash TEXT NOT NULL PRIMARY KEY,
  account_id BIGINT NOT NULL REFERENCES accounts(id),
  scopes TEXT NOT NULL,
  created BIGINT NOT NULL,
  expires BIGINT
);
CREATE INDEX tokens_account ON tokens (account_id);
INSERT INTO tokens SELECT * FROM tokens_before;
DROP TABLE tokens_before;
DROP TABLE apps;
DROP INDEX accounts_waiting;
ALTER TABLE accounts DROP COLUMN totp_step;
ALTER TABLE accounts DROP COLUMN totp;
ALTER TABLE accounts DROP COLUMN reason;
ALTER TABLE accounts DROP COLUMN approved;
ALTER TABLE accounts DROP COLUMN confirmed;
