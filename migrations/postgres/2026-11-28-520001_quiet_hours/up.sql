-- When somebody wants neither push nor mail: in minutes since midnight, in a zone that the IANA database names.
CREATE TABLE quiet_hours (
  person_id BIGINT NOT NULL PRIMARY KEY REFERENCES actors(id),
  zone TEXT NOT NULL,
  starts BIGINT NOT NULL,
  ends BIGINT NOT NULL
);

-- When this notice woke somebody; the next of its kind about the same thing are silent for a while.
ALTER TABLE notifications ADD COLUMN woke BIGINT;
