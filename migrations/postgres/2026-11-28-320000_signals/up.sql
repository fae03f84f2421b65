-- What other processes want to hear; PostgreSQL carries that itself (NOTIFY), and the table stays empty.
CREATE TABLE signals (
  id BIGINT NOT NULL PRIMARY KEY,
  word TEXT NOT NULL
);
