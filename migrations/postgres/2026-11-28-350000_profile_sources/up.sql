-- What people tell of themselves as they typed it: from the HTML that others read it cannot be had again.
CREATE TABLE profile_sources (
  person_id BIGINT NOT NULL PRIMARY KEY REFERENCES actors(id),
  about TEXT NOT NULL,
  lines TEXT NOT NULL
);
