-- What this server says of itself, in each language; what begins on a day, once for each such day.
CREATE TABLE imprint_texts (
  kind TEXT NOT NULL,
  language TEXT NOT NULL,
  effective BIGINT NOT NULL,
  source TEXT NOT NULL,
  updated BIGINT NOT NULL,
  PRIMARY KEY (kind, language, effective)
);

-- What this server asks of everybody who has a login here.
CREATE TABLE house_rules (
  id INTEGER NOT NULL PRIMARY KEY,
  place BIGINT NOT NULL,
  wordings TEXT NOT NULL,
  removed BIGINT
);

-- The rules that a report names.
ALTER TABLE reports ADD COLUMN rules TEXT NOT NULL DEFAULT '[]';
