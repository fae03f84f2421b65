-- What lets a login in without a password: by what authenticators name it, and its public key with what else is known of
-- it, as JSON. What a browser is asked for such a one stands in `challenges` until it answers: once, for one thing.
CREATE TABLE passkeys (
  id INTEGER NOT NULL PRIMARY KEY,
  account_id BIGINT NOT NULL REFERENCES accounts(id),
  handle TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  credential TEXT NOT NULL,
  created BIGINT NOT NULL,
  used BIGINT
);
CREATE INDEX passkeys_account ON passkeys (account_id);

CREATE TABLE challenges (
  hash TEXT NOT NULL PRIMARY KEY,
  purpose TEXT NOT NULL,
  account_id BIGINT REFERENCES accounts(id),
  state TEXT NOT NULL,
  expires BIGINT NOT NULL
);
CREATE INDEX challenges_account ON challenges (account_id);
CREATE INDEX challenges_expires ON challenges (expires);
