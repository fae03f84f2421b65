-- What the server itself decided has no place in the tables as they were.
DELETE FROM appeals WHERE group_id NOT IN (SELECT id FROM groups);
DELETE FROM statements WHERE group_id NOT IN (SELECT id FROM groups);
CREATE TABLE appeals_before AS SELECT * FROM appeals;
CREATE TABLE statements_before AS SELECT * FROM statements;
DROP TABLE appeals;
DROP TABLE statements;
CREATE TABLE statements (
  id INTEGER NOT NULL PRIMARY KEY,
  group_id BIGINT NOT NULL REFERENCES groups(id),
  person_id BIGINT NOT NULL REFERENCES actors(id),
  by_id BIGINT NOT NULL REFERENCES actors(id),
  sanction TEXT NOT NULL,
  post_id BIGINT,
  reason TEXT NOT NULL,
  note TEXT NOT NULL,
  version BIGINT,
  bylaw BIGINT,
  until BIGINT,
  clean BOOLEAN NOT NULL,
  created BIGINT NOT NULL,
  lifted BIGINT
);
CREATE INDEX statements_person ON statements (person_id, group_id);
CREATE TABLE appeals (
  statement_id INTEGER NOT NULL PRIMARY KEY REFERENCES statements(id),
  group_id BIGINT NOT NULL REFERENCES groups(id),
  text TEXT NOT NULL,
  created BIGINT NOT NULL,
  decided BIGINT,
  decider_id BIGINT REFERENCES actors(id),
  granted BOOLEAN NOT NULL,
  answer TEXT NOT NULL
);
CREATE INDEX appeals_open ON appeals (group_id, statement_id) WHERE decided IS NULL;
INSERT INTO statements (id, group_id, person_id, by_id, sanction, post_id, reason, note, version, bylaw, until, clean, created, lifted)
  SELECT id, group_id, person_id, by_id, sanction, post_id, reason, note, version, bylaw, until, clean, created, lifted FROM statements_before;
INSERT INTO appeals (statement_id, group_id, text, created, decided, decider_id, granted, answer)
  SELECT statement_id, group_id, text, created, decided, decider_id, granted, answer FROM appeals_before;
DROP TABLE appeals_before;
DROP TABLE statements_before;
