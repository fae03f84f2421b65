-- How long those waited who asked to join a group, until somebody answered: no more than when that was, and for three months.
CREATE TABLE waits (
  group_id BIGINT NOT NULL REFERENCES groups(id),
  answered BIGINT NOT NULL,
  took BIGINT NOT NULL,
  PRIMARY KEY (group_id, answered)
);
-- After how long a thread of a group is usually answered, as it was last counted; nothing, if too few were.
ALTER TABLE pulses ADD COLUMN usual BIGINT;
