-- Lists of people, each read as a timeline of its own.
CREATE TABLE lists (
  id BIGINT NOT NULL PRIMARY KEY,
  owner_id BIGINT NOT NULL REFERENCES actors(id),
  title TEXT NOT NULL,
  replies TEXT NOT NULL,
  apart BOOLEAN NOT NULL,
  created BIGINT NOT NULL
);
CREATE INDEX lists_owner ON lists (owner_id, id);
CREATE TABLE list_members (
  list_id BIGINT NOT NULL REFERENCES lists(id),
  actor_id BIGINT NOT NULL REFERENCES actors(id),
  owner_id BIGINT NOT NULL REFERENCES actors(id),
  PRIMARY KEY (list_id, actor_id)
);
CREATE INDEX list_members_owner ON list_members (owner_id, actor_id);

-- How far a person has read.
CREATE TABLE markers (
  person_id BIGINT NOT NULL REFERENCES actors(id),
  timeline TEXT NOT NULL,
  last_read BIGINT NOT NULL,
  version BIGINT NOT NULL,
  updated BIGINT NOT NULL,
  PRIMARY KEY (person_id, timeline)
);

CREATE TABLE bookmarks (
  person_id BIGINT NOT NULL REFERENCES actors(id),
  post_id BIGINT NOT NULL REFERENCES posts(id),
  created BIGINT NOT NULL,
  PRIMARY KEY (person_id, post_id)
);
CREATE INDEX bookmarks_newest ON bookmarks (person_id, created);
CREATE INDEX bookmarks_post ON bookmarks (post_id);

-- What a person likes, the newest first. Votes on a few posts are found by the primary key.
CREATE INDEX votes_newest ON votes (actor_id, created);
DROP INDEX votes_actor;

-- What a person does not want to see, or only behind a warning.
CREATE TABLE filters (
  id BIGINT NOT NULL PRIMARY KEY,
  person_id BIGINT NOT NULL REFERENCES actors(id),
  title TEXT NOT NULL,
  contexts TEXT NOT NULL,
  action TEXT NOT NULL,
  expires BIGINT
);
CREATE INDEX filters_person ON filters (person_id, id);
CREATE TABLE filter_keywords (
  id BIGINT NOT NULL PRIMARY KEY,
  filter_id BIGINT NOT NULL REFERENCES filters(id),
  keyword TEXT NOT NULL,
  whole_word BOOLEAN NOT NULL
);
CREATE INDEX filter_keywords_filter ON filter_keywords (filter_id);
CREATE TABLE filter_posts (
  id BIGINT NOT NULL PRIMARY KEY,
  filter_id BIGINT NOT NULL REFERENCES filters(id),
  post_id BIGINT NOT NULL,
  UNIQUE (filter_id, post_id)
);
