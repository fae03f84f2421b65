-- What other processes want the one that serves to hear; it forgets what it has heard.
CREATE TABLE signals (
  id BIGINT NOT NULL PRIMARY KEY,
  word TEXT NOT NULL
);
