-- Follows that people here lost at once because a server or an account was blocked, so that they can be told of it.
CREATE TABLE severances (
  id BIGINT NOT NULL PRIMARY KEY,
  person_id BIGINT NOT NULL REFERENCES actors(id),
  cause TEXT NOT NULL,
  target TEXT NOT NULL,
  followers BIGINT NOT NULL,
  following BIGINT NOT NULL,
  created BIGINT NOT NULL
);
CREATE INDEX severances_of ON severances (person_id);
