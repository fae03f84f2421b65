-- For which community somebody signs up, and by which of its links.
CREATE TABLE arrivals (
  person_id BIGINT NOT NULL PRIMARY KEY REFERENCES actors(id),
  group_id BIGINT NOT NULL REFERENCES groups(id),
  gate_id BIGINT
);
