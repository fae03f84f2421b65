-- Which private threads admins who are no members read for a while, for a reason that their owners are told.
CREATE TABLE openings (
  admin_id BIGINT NOT NULL REFERENCES actors(id),
  root_id BIGINT NOT NULL REFERENCES posts(id),
  until BIGINT NOT NULL,
  PRIMARY KEY (admin_id, root_id)
);
