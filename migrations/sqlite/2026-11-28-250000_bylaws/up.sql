-- The rules that a community gives itself, version by version. The list is JSON; a version never changes.
CREATE TABLE bylaws (
  group_id BIGINT NOT NULL REFERENCES groups(id),
  version BIGINT NOT NULL,
  by_id BIGINT NOT NULL REFERENCES actors(id),
  created BIGINT NOT NULL,
  list TEXT NOT NULL,
  PRIMARY KEY (group_id, version)
);

-- Which of them a report says is broken: its place in a version.
ALTER TABLE reports ADD COLUMN version BIGINT;
ALTER TABLE reports ADD COLUMN bylaw BIGINT;
