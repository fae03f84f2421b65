-- The address that somebody wants mail at and has yet to confirm. As long as a login has none that is confirmed, its own
-- number stands in `email`, which is no address.
ALTER TABLE accounts ADD COLUMN wanted_email TEXT;

-- How often something was tried lately, for what has to be counted by all processes together: by a hash of what and whose.
CREATE TABLE tries (
  key TEXT NOT NULL PRIMARY KEY,
  used INTEGER NOT NULL,
  until BIGINT NOT NULL
);
CREATE INDEX tries_until ON tries (until);
