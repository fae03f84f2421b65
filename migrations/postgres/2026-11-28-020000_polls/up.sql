-- What was counted in a poll: the votes for each option, a list of numbers as JSON, and how many people voted.
CREATE TABLE polls (
  post_id BIGINT NOT NULL PRIMARY KEY REFERENCES posts(id),
  votes TEXT NOT NULL,
  voters BIGINT NOT NULL
);

-- Who chose what, by the place of the option; of polls elsewhere, only what people here chose.
CREATE TABLE ballots (
  post_id BIGINT NOT NULL REFERENCES posts(id),
  actor_id BIGINT NOT NULL REFERENCES actors(id),
  choice INTEGER NOT NULL,
  created BIGINT NOT NULL,
  PRIMARY KEY (post_id, actor_id, choice)
);
