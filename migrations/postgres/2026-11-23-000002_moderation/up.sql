-- What somebody finds wrong with a person or their posts. The posts are a list of numbers, as JSON.
CREATE TABLE reports (
  id BIGINT NOT NULL PRIMARY KEY,
  uri TEXT NOT NULL UNIQUE,
  reporter_id BIGINT NOT NULL REFERENCES actors(id),
  target_id BIGINT NOT NULL REFERENCES actors(id),
  group_id BIGINT REFERENCES groups(id),
  posts TEXT NOT NULL,
  comment TEXT NOT NULL,
  category TEXT NOT NULL,
  forwarded BOOLEAN NOT NULL,
  created BIGINT NOT NULL,
  resolved BIGINT,
  resolver_id BIGINT REFERENCES actors(id)
);
CREATE INDEX reports_open ON reports (group_id, id) WHERE resolved IS NULL;
CREATE INDEX reports_reporter ON reports (reporter_id) WHERE resolved IS NULL;

-- What was said about things before they came: that they are void, or what moderators want done about them.
CREATE TABLE forestalled (
  uri TEXT NOT NULL,
  actor_uri TEXT NOT NULL,
  deed TEXT NOT NULL,
  reason TEXT NOT NULL,
  cause BIGINT,
  at BIGINT NOT NULL,
  PRIMARY KEY (uri, actor_uri, deed)
);
INSERT INTO forestalled SELECT uri, actor_uri, 'void', '', NULL, at FROM voided;
DROP TABLE voided;

-- By which other ids actors here say that they are known.
CREATE TABLE aliases (
  actor_id BIGINT NOT NULL REFERENCES actors(id),
  uri TEXT NOT NULL,
  PRIMARY KEY (actor_id, uri)
);

-- Who is found under another id now; the last time counts.
CREATE TABLE moves (
  actor_id BIGINT NOT NULL PRIMARY KEY REFERENCES actors(id),
  target_id BIGINT NOT NULL REFERENCES actors(id),
  at BIGINT NOT NULL
);
