-- Whom somebody does not want to read: blocked, which the other side may notice, or muted, which it never does.
CREATE TABLE shuns (
  actor_id BIGINT NOT NULL REFERENCES actors(id),
  target_id BIGINT NOT NULL REFERENCES actors(id),
  deed TEXT NOT NULL,
  quiet BOOLEAN NOT NULL,
  until BIGINT,
  activity_uri TEXT NOT NULL,
  created BIGINT NOT NULL,
  PRIMARY KEY (actor_id, target_id, deed)
);
CREATE INDEX shuns_target ON shuns (target_id, deed, actor_id);

-- Servers whose people a person here does not want to read.
CREATE TABLE host_shuns (
  person_id BIGINT NOT NULL REFERENCES actors(id),
  host TEXT NOT NULL,
  created BIGINT NOT NULL,
  PRIMARY KEY (person_id, host)
);

-- How a follower wants what follows from it.
ALTER TABLE follows ADD COLUMN no_shares BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE follows ADD COLUMN notify BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE follows ADD COLUMN languages TEXT NOT NULL DEFAULT '';
CREATE INDEX follows_notify ON follows (target_id) WHERE notify;

-- What a person wrote down about another for themselves alone.
CREATE TABLE notes (
  person_id BIGINT NOT NULL REFERENCES actors(id),
  target_id BIGINT NOT NULL REFERENCES actors(id),
  comment TEXT NOT NULL,
  PRIMARY KEY (person_id, target_id)
);

-- Whom a person recommends on their own page.
CREATE TABLE endorsements (
  person_id BIGINT NOT NULL REFERENCES actors(id),
  target_id BIGINT NOT NULL REFERENCES actors(id),
  created BIGINT NOT NULL,
  PRIMARY KEY (person_id, target_id)
);

-- Whom a person does not want to be recommended.
CREATE TABLE unsuggested (
  person_id BIGINT NOT NULL REFERENCES actors(id),
  target_id BIGINT NOT NULL REFERENCES actors(id),
  PRIMARY KEY (person_id, target_id)
);

-- Hashtags that a person shows on their page, and those that they follow.
CREATE TABLE featured_tags (
  id BIGINT NOT NULL PRIMARY KEY,
  person_id BIGINT NOT NULL REFERENCES actors(id),
  tag TEXT NOT NULL,
  created BIGINT NOT NULL,
  UNIQUE (person_id, tag)
);
CREATE TABLE followed_tags (
  id BIGINT NOT NULL PRIMARY KEY,
  person_id BIGINT NOT NULL REFERENCES actors(id),
  tag TEXT NOT NULL,
  created BIGINT NOT NULL,
  UNIQUE (person_id, tag)
);
CREATE INDEX followed_tags_tag ON followed_tags (tag, person_id);

-- Finding people by how their name begins.
CREATE INDEX actors_search_name ON actors (lower(name) text_pattern_ops);
CREATE INDEX actors_search_title ON actors (lower(title) text_pattern_ops);
