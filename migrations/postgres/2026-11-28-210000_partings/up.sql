-- Who followed from elsewhere until lately: their servers hear what is taken back.
CREATE TABLE partings (
  target_id BIGINT NOT NULL REFERENCES actors(id),
  person_id BIGINT NOT NULL REFERENCES actors(id),
  at BIGINT NOT NULL,
  PRIMARY KEY (target_id, person_id)
);
CREATE INDEX partings_at ON partings (at);
