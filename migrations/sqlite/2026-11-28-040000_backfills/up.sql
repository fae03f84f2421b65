-- Threads, and histories of groups, that are being completed from elsewhere: by the id of a root or a group, with what is
-- left to be read, and when that may begin anew.
CREATE TABLE backfills (
  uri TEXT NOT NULL PRIMARY KEY,
  plan TEXT,
  again BIGINT NOT NULL
);
CREATE INDEX backfills_again ON backfills (again);
