-- How much people want to be told of a conversation; a muted thread is one of which they want to be told nothing.
CREATE TABLE thread_levels (
  person_id BIGINT NOT NULL REFERENCES actors(id),
  root_id BIGINT NOT NULL,
  level TEXT NOT NULL,
  PRIMARY KEY (person_id, root_id)
);
CREATE INDEX thread_levels_by_root ON thread_levels (root_id, level);
INSERT INTO thread_levels (person_id, root_id, level) SELECT person_id, root_id, 'none' FROM muted_threads;
DROP TABLE muted_threads;

-- The same of a community.
CREATE TABLE group_levels (
  person_id BIGINT NOT NULL REFERENCES actors(id),
  group_id BIGINT NOT NULL REFERENCES actors(id),
  level TEXT NOT NULL,
  PRIMARY KEY (person_id, group_id)
);
CREATE INDEX group_levels_by_group ON group_levels (group_id, level);
