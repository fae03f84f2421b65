-- What people here have begun to write: one draft for each place where they write.
CREATE TABLE drafts (
  person_id BIGINT NOT NULL REFERENCES actors(id),
  place TEXT NOT NULL,
  writing TEXT NOT NULL,
  updated BIGINT NOT NULL,
  PRIMARY KEY (person_id, place)
);
CREATE INDEX drafts_updated ON drafts (updated);

-- How far people have read the threads that they open.
CREATE TABLE readings (
  person_id BIGINT NOT NULL REFERENCES actors(id),
  thread_id BIGINT NOT NULL REFERENCES posts(id),
  last_read BIGINT NOT NULL,
  PRIMARY KEY (person_id, thread_id)
);
