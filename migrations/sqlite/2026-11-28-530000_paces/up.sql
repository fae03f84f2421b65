-- Where slow mode is on: how many seconds pass between two posts of somebody in a group or a thread.
CREATE TABLE paces (
  lane TEXT NOT NULL PRIMARY KEY,
  seconds BIGINT NOT NULL
);

-- When somebody last wrote there, and whether they have been told since that they have to wait.
CREATE TABLE turns (
  lane TEXT NOT NULL,
  person_id BIGINT NOT NULL REFERENCES actors(id),
  at BIGINT NOT NULL,
  told BOOLEAN NOT NULL,
  PRIMARY KEY (lane, person_id)
);
