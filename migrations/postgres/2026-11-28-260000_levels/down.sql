CREATE TABLE muted_threads (
  person_id BIGINT NOT NULL REFERENCES actors(id),
  root_id BIGINT NOT NULL,
  PRIMARY KEY (person_id, root_id)
);
INSERT INTO muted_threads (person_id, root_id) SELECT person_id, root_id FROM thread_levels WHERE level = 'none';
DROP TABLE group_levels;
DROP TABLE thread_levels;
