-- What somebody finds wrong with a person or their posts. The posts are a list of numbers, as JSON.
CREATE TABLE reports (
  id BIGINT NOT NULL PRIMARY KEY,
  uri TEXT NOT NULL UNIQUE,
  reporter_id BIGINT NOT NULL REFERENCES actors(id),
  target_id BIGINT NOT NULL REFERENCES actors(id),
  group_id BIGINT REFERENCES groups(id),
  posts TEXT NOT NULL,
  comment TEXT NOT NULL,
  category TEXT NOT NULL,
  forwarded BOOLEAN NOT NULL,
  created BIGINT NOT NULL,
  resolved BIGINT,
  resolver_id BIGINT REFERENCES actors(id)
);
CREATE INDEX reports_open ON reports (group_id, id) WHERE resolved IS NULL;
CREATE INDEX reports_reporter ON reports (reporter_id) WHERE resolved IS NULL;
