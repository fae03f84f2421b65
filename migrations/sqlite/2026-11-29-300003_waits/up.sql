-- How long those waited who asked to join a group, until somebody answered: no more than when that was, which the number says,
-- and for three months.
CREATE TABLE waits (
  id INTEGER NOT NULL PRIMARY KEY,
  group_id BIGINT NOT NULL REFERENCES groups(id),
  took BIGINT NOT NULL
);
CREATE INDEX waits_group ON waits (group_id, id);
-- After how long a thread of a group is usually answered, as it was last counted; nothing, if too few were.
ALTER TABLE pulses ADD COLUMN usual BIGINT;
