-- What a community here is for, how it looks, what it speaks and what it asks those who want to join. The languages
-- and the questions are lists, as JSON.
CREATE TABLE charters (
  group_id BIGINT NOT NULL PRIMARY KEY REFERENCES groups(id),
  purpose TEXT NOT NULL,
  colour TEXT,
  languages TEXT NOT NULL,
  questions TEXT NOT NULL,
  source TEXT NOT NULL
);
