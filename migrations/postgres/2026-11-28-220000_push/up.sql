-- Where clients want to be woken by a push service: one for each token, gone with it. The token itself is in what is
-- pushed, so that it is kept here, sealed.
CREATE TABLE push_subscriptions (
  id BIGINT NOT NULL PRIMARY KEY,
  token_hash TEXT NOT NULL UNIQUE REFERENCES tokens(hash) ON DELETE CASCADE,
  token BYTEA NOT NULL,
  endpoint TEXT NOT NULL,
  p256dh BYTEA NOT NULL,
  auth BYTEA NOT NULL,
  standard BOOLEAN NOT NULL,
  alerts TEXT NOT NULL,
  circle TEXT NOT NULL
);
