-- Links that let people into a community.
CREATE TABLE gates (
  id INTEGER NOT NULL PRIMARY KEY,
  group_id BIGINT NOT NULL REFERENCES groups(id),
  by_id BIGINT NOT NULL REFERENCES actors(id),
  created BIGINT NOT NULL,
  expires BIGINT,
  most BIGINT,
  used BIGINT NOT NULL
);
CREATE INDEX gates_group ON gates (group_id, id);

-- What those who want to join answered to the questions.
CREATE TABLE applications (
  group_id BIGINT NOT NULL REFERENCES groups(id),
  person_id BIGINT NOT NULL REFERENCES actors(id),
  answers TEXT NOT NULL,
  created BIGINT NOT NULL,
  PRIMARY KEY (group_id, person_id)
);
