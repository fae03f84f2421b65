-- How alive each group was when that was last counted, and by what directories put them in order: apart from the wide rows of
-- actors, and never written more than once an hour because somebody wrote.
CREATE TABLE pulses (
  group_id INTEGER NOT NULL PRIMARY KEY REFERENCES actors(id),
  name TEXT NOT NULL,
  words TEXT NOT NULL,
  latest BIGINT NOT NULL,
  members BIGINT NOT NULL,
  pulse TEXT NOT NULL
);
CREATE INDEX pulses_latest ON pulses (latest, group_id);
CREATE INDEX pulses_members ON pulses (members, group_id);
CREATE INDEX pulses_name ON pulses (name, group_id);
INSERT INTO pulses (group_id, name, words, latest, members, pulse)
  SELECT a.id, lower(a.title), lower(a.title || ' ' || a.name || ' ' || a.summary),
    COALESCE((SELECT max(t.latest) FROM threads t WHERE t.group_id = a.id), 0),
    (SELECT count(*) FROM members m WHERE m.group_id = a.id AND m.state = 'active'), 'still'
  FROM actors a WHERE a.kind = 'group';
