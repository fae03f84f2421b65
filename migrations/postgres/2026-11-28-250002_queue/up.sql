-- Who of those who keep order sees to what waits, for the time being.
CREATE TABLE claims (
  item TEXT NOT NULL PRIMARY KEY,
  by_id BIGINT NOT NULL REFERENCES actors(id),
  until BIGINT NOT NULL
);

-- What the team of a community says often when it decides something; a list, as JSON.
CREATE TABLE phrases (
  group_id BIGINT NOT NULL PRIMARY KEY REFERENCES groups(id),
  list TEXT NOT NULL
);
