-- How far a login is: whether its address is confirmed, whether it was taken in, and its second step. Those that are
-- there were made by command: they are complete.
ALTER TABLE accounts ADD COLUMN confirmed BIGINT;
ALTER TABLE accounts ADD COLUMN approved BIGINT;
ALTER TABLE accounts ADD COLUMN reason TEXT NOT NULL DEFAULT '';
ALTER TABLE accounts ADD COLUMN totp BLOB;
ALTER TABLE accounts ADD COLUMN totp_step BIGINT NOT NULL DEFAULT 0;
UPDATE accounts SET confirmed = created, approved = created;
CREATE INDEX accounts_waiting ON accounts (id) WHERE approved IS NULL;

-- Applications that people use their login from.
CREATE TABLE apps (
  id INTEGER NOT NULL PRIMARY KEY,
  name TEXT NOT NULL,
  website TEXT,
  redirect_uris TEXT NOT NULL,
  scopes TEXT NOT NULL,
  client_id TEXT NOT NULL UNIQUE,
  secret_hash TEXT NOT NULL,
  created BIGINT NOT NULL
);

-- Tokens may belong to an application, and to it alone.
CREATE TABLE tokens_before AS SELECT hash, account_id, scopes, created, expires FROM tokens;
DROP TABLE tokens;
CREATE TABLE tokens (
  hash TEXT NOT NULL PRIMARY KEY,
  account_id BIGINT REFERENCES accounts(id),
  app_id BIGINT REFERENCES apps(id),
  scopes TEXT NOT NULL,
  created BIGINT NOT NULL,
  expires BIGINT
);
CREATE INDEX tokens_account ON tokens (account_id, app_id);
CREATE INDEX tokens_app ON tokens (app_id);
INSERT INTO tokens (hash, account_id, scopes, created, expires)
  SELECT hash, account_id, scopes, created, expires FROM tokens_before;
DROP TABLE tokens_before;

-- Codes that an application turns into a token, once.
CREATE TABLE codes (
  hash TEXT NOT NULL PRIMARY KEY,
  account_id BIGINT NOT NULL REFERENCES accounts(id),
  app_id BIGINT NOT NULL REFERENCES apps(id),
  redirect_uri TEXT NOT NULL,
  scopes TEXT NOT NULL,
  challenge TEXT,
  expires BIGINT NOT NULL,
  token_hash TEXT
);
CREATE INDEX codes_expires ON codes (expires);
CREATE INDEX codes_account ON codes (account_id);

-- Browsers that are signed in.
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

-- Links in mails, each good for one thing, once.
CREATE TABLE tickets (
  hash TEXT NOT NULL PRIMARY KEY,
  account_id BIGINT NOT NULL REFERENCES accounts(id),
  kind TEXT NOT NULL,
  email TEXT NOT NULL,
  expires BIGINT NOT NULL
);
CREATE INDEX tickets_account ON tickets (account_id);
CREATE INDEX tickets_expires ON tickets (expires);

-- What one signs in with when the second step is lost.
CREATE TABLE recovery_codes (
  account_id BIGINT NOT NULL REFERENCES accounts(id),
  hash TEXT NOT NULL,
  PRIMARY KEY (account_id, hash)
);

-- Links that let people sign up.
CREATE TABLE invitations (
  id INTEGER NOT NULL PRIMARY KEY,
  account_id BIGINT NOT NULL REFERENCES accounts(id),
  created BIGINT NOT NULL,
  expires BIGINT,
  most BIGINT,
  used BIGINT NOT NULL
);
CREATE INDEX invitations_account ON invitations (account_id, id);
