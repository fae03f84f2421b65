-- Who has a login, in the words of the provider that signs people of an organization in.
CREATE TABLE identities (
  id INTEGER NOT NULL PRIMARY KEY,
  account_id BIGINT NOT NULL REFERENCES accounts(id),
  issuer TEXT NOT NULL,
  subject TEXT NOT NULL,
  name TEXT NOT NULL,
  created BIGINT NOT NULL,
  used BIGINT,
  UNIQUE (issuer, subject)
);
CREATE INDEX identities_account ON identities (account_id);
