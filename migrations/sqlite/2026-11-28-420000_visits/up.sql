-- On which day, counted from 1970, each login was last here. Nothing else is kept of how people come and go.
CREATE TABLE visits (
  account_id BIGINT NOT NULL PRIMARY KEY REFERENCES accounts(id),
  day BIGINT NOT NULL
);
CREATE INDEX visits_day ON visits (day);
