-- Of which notices somebody wants a letter at once, in words with spaces between them. Letters told of the notices up to the number
-- `told`, the last one left at `sent`, and while the next one is under way, it is due then.
CREATE TABLE mailings (
  person_id BIGINT NOT NULL PRIMARY KEY REFERENCES actors(id),
  subjects TEXT NOT NULL,
  told BIGINT NOT NULL,
  sent BIGINT NOT NULL,
  due BIGINT
);
