-- What a community says, once, to those who begin to follow it or join; nothing, if it says nothing.
ALTER TABLE charters ADD COLUMN welcome TEXT NOT NULL DEFAULT '';

-- To whom it said so: whoever comes again hears nothing again.
CREATE TABLE welcomed (
  group_id BIGINT NOT NULL REFERENCES groups(id),
  person_id BIGINT NOT NULL REFERENCES actors(id),
  PRIMARY KEY (group_id, person_id)
);
CREATE INDEX welcomed_person ON welcomed (person_id);
