-- What somebody tells of themselves in lines with a name, as JSON; and whether others may see whom they follow.
ALTER TABLE actors ADD COLUMN fields TEXT NOT NULL DEFAULT '[]';
ALTER TABLE actors ADD COLUMN hides_circle BOOLEAN NOT NULL DEFAULT FALSE;

-- How people here write, where they do not say otherwise.
CREATE TABLE preferences (
  person_id BIGINT NOT NULL PRIMARY KEY REFERENCES actors(id),
  audience TEXT NOT NULL,
  sensitive BOOLEAN NOT NULL,
  language TEXT
);
