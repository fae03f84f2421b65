-- Who elsewhere was told where a private community is read, so that they are told once.
CREATE TABLE advised (
  group_id BIGINT NOT NULL REFERENCES groups(id),
  person_id BIGINT NOT NULL REFERENCES actors(id),
  PRIMARY KEY (group_id, person_id)
);
