-- What a community wants to see before anybody else does; words, as JSON.
CREATE TABLE screens (
  group_id BIGINT NOT NULL PRIMARY KEY REFERENCES groups(id),
  first BIGINT NOT NULL,
  strangers BOOLEAN NOT NULL,
  links BOOLEAN NOT NULL,
  words TEXT NOT NULL
);

-- The posts that wait for that, and those that were not let in: why, since when, and what it takes to tell others of them.
CREATE TABLE held (
  post_id BIGINT NOT NULL PRIMARY KEY REFERENCES posts(id),
  group_id BIGINT NOT NULL REFERENCES groups(id),
  doubt TEXT NOT NULL,
  since BIGINT NOT NULL,
  cause BIGINT,
  old BOOLEAN NOT NULL,
  refused BIGINT
);
CREATE INDEX held_waiting ON held (group_id, post_id) WHERE refused IS NULL;
