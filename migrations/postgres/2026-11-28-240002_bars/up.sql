-- What keeps from signing up: networks, hosts of mail, and single mailboxes by their digest.
CREATE TABLE bars (
  id BIGINT NOT NULL PRIMARY KEY,
  kind TEXT NOT NULL,
  subject TEXT NOT NULL,
  severity TEXT NOT NULL,
  comment TEXT NOT NULL,
  created BIGINT NOT NULL,
  expires BIGINT,
  UNIQUE (kind, subject)
);
