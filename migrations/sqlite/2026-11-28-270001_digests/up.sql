-- Who wants a letter each week about what was talked about while they were away: since when they are known to have been
-- here, and when the next letter is due.
CREATE TABLE digests (
  person_id BIGINT NOT NULL PRIMARY KEY REFERENCES accounts(id),
  seen BIGINT NOT NULL,
  due BIGINT NOT NULL
);
