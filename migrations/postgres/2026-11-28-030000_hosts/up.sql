-- The hosts that are served beside the server's own: groups have their handles there.
CREATE TABLE hosts (
  host TEXT NOT NULL PRIMARY KEY,
  since BIGINT NOT NULL
);
