-- What those concerned are told of a measure: what it is, why, by which rule of which version, until when.
CREATE TABLE statements (
  id BIGINT NOT NULL PRIMARY KEY,
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

-- What they have to say to that, once, and what was decided.
CREATE TABLE appeals (
  statement_id BIGINT NOT NULL PRIMARY KEY REFERENCES statements(id),
  group_id BIGINT NOT NULL REFERENCES groups(id),
  text TEXT NOT NULL,
  created BIGINT NOT NULL,
  decided BIGINT,
  decider_id BIGINT REFERENCES actors(id),
  granted BOOLEAN NOT NULL,
  answer TEXT NOT NULL
);
CREATE INDEX appeals_open ON appeals (group_id, statement_id) WHERE decided IS NULL;

-- To which statement a decision belongs; that of a ban has those about the posts that went with it.
ALTER TABLE log_entries ADD COLUMN statement_id BIGINT;
CREATE INDEX log_entries_statement ON log_entries (statement_id) WHERE statement_id IS NOT NULL;
