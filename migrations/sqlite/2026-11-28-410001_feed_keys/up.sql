-- Secret addresses under which members read the feed of a private community; without its row an address is worth nothing.
CREATE TABLE feed_keys (
  id BIGINT NOT NULL PRIMARY KEY,
  person_id BIGINT NOT NULL REFERENCES actors(id),
  group_id BIGINT NOT NULL REFERENCES groups(id)
);
CREATE UNIQUE INDEX feed_keys_of ON feed_keys (person_id, group_id);
