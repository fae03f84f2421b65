-- To whom the same happens as to the author of a thread. It is known on this server alone. `told` is when they heard of an answer.
CREATE TABLE echoes (
  post_id BIGINT NOT NULL REFERENCES posts(id),
  person_id BIGINT NOT NULL REFERENCES actors(id),
  created BIGINT NOT NULL,
  told BIGINT,
  PRIMARY KEY (post_id, person_id)
);
CREATE INDEX echoes_person ON echoes (person_id, created);

-- The reply that answers what a thread asks, and who said so.
CREATE TABLE solutions (
  thread_id BIGINT NOT NULL PRIMARY KEY REFERENCES posts(id),
  reply_id BIGINT NOT NULL REFERENCES posts(id),
  by_id BIGINT NOT NULL REFERENCES actors(id),
  created BIGINT NOT NULL
);

-- Whom a community thanked for the first reply of theirs that answers.
CREATE TABLE thanked (
  group_id BIGINT NOT NULL REFERENCES actors(id),
  person_id BIGINT NOT NULL REFERENCES actors(id),
  PRIMARY KEY (group_id, person_id)
);
