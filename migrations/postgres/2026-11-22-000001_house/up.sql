-- The first schema (PostgreSQL). Its twin for SQLite has the same tables and columns; a test compares them.
-- What the server knows about itself: its host, its sentinel.
CREATE TABLE settings (
  key TEXT NOT NULL PRIMARY KEY,
  value TEXT NOT NULL
);

-- Other servers, and how sending to them goes.
CREATE TABLE peers (
  id BIGINT NOT NULL PRIMARY KEY,
  host TEXT NOT NULL UNIQUE,
  software TEXT NOT NULL,
  version TEXT NOT NULL,
  profile TEXT NOT NULL,
  described BIGINT,
  state TEXT NOT NULL,
  failures INTEGER NOT NULL,
  failing_since BIGINT,
  retry_at BIGINT NOT NULL,
  lease_until BIGINT NOT NULL,
  last_success BIGINT,
  last_seen BIGINT,
  last_error TEXT
);

CREATE TABLE actors (
  id BIGINT NOT NULL PRIMARY KEY,
  kind TEXT NOT NULL,
  uri TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  host TEXT NOT NULL,
  peer_id BIGINT REFERENCES peers(id),
  title TEXT NOT NULL,
  summary TEXT NOT NULL,
  url TEXT NOT NULL,
  icon TEXT,
  image TEXT,
  inbox TEXT NOT NULL,
  shared_inbox TEXT,
  followers TEXT,
  approves_followers BOOLEAN NOT NULL,
  discoverable BOOLEAN NOT NULL,
  indexable BOOLEAN NOT NULL,
  created BIGINT NOT NULL,
  updated BIGINT NOT NULL,
  deleted BIGINT
);
CREATE INDEX actors_handle ON actors (host, name);
CREATE INDEX actors_peer ON actors (peer_id);
CREATE UNIQUE INDEX actors_local_name ON actors (host, name) WHERE peer_id IS NULL;

-- Public keys of all actors, private ones of ours (sealed with the key in the data folder).
CREATE TABLE actor_keys (
  uri TEXT NOT NULL PRIMARY KEY,
  actor_id BIGINT NOT NULL REFERENCES actors(id),
  kind TEXT NOT NULL,
  public TEXT NOT NULL,
  private BYTEA
);
CREATE INDEX actor_keys_actor ON actor_keys (actor_id);

CREATE TABLE groups (
  id BIGINT NOT NULL PRIMARY KEY REFERENCES actors(id),
  visibility TEXT NOT NULL,
  joining TEXT NOT NULL,
  moderators_only BOOLEAN NOT NULL
);

-- Logins.
CREATE TABLE accounts (
  id BIGINT NOT NULL PRIMARY KEY REFERENCES actors(id),
  email TEXT NOT NULL UNIQUE,
  password_hash TEXT NOT NULL,
  admin BOOLEAN NOT NULL,
  language TEXT NOT NULL,
  created BIGINT NOT NULL,
  disabled BIGINT
);

CREATE TABLE tokens (
  hash TEXT NOT NULL PRIMARY KEY,
  account_id BIGINT NOT NULL REFERENCES accounts(id),
  scopes TEXT NOT NULL,
  created BIGINT NOT NULL,
  expires BIGINT
);
CREATE INDEX tokens_account ON tokens (account_id);

CREATE TABLE follows (
  follower_id BIGINT NOT NULL REFERENCES actors(id),
  target_id BIGINT NOT NULL REFERENCES actors(id),
  state TEXT NOT NULL,
  activity_uri TEXT NOT NULL,
  created BIGINT NOT NULL,
  PRIMARY KEY (follower_id, target_id)
);
CREATE INDEX follows_target ON follows (target_id, state, follower_id);

CREATE TABLE members (
  group_id BIGINT NOT NULL REFERENCES groups(id),
  person_id BIGINT NOT NULL REFERENCES actors(id),
  role TEXT NOT NULL,
  state TEXT NOT NULL,
  since BIGINT NOT NULL,
  PRIMARY KEY (group_id, person_id)
);
CREATE INDEX members_person ON members (person_id, state, group_id);

CREATE TABLE bans (
  group_id BIGINT NOT NULL REFERENCES groups(id),
  person_id BIGINT NOT NULL REFERENCES actors(id),
  by_id BIGINT NOT NULL REFERENCES actors(id),
  reason TEXT NOT NULL,
  since BIGINT NOT NULL,
  until BIGINT,
  PRIMARY KEY (group_id, person_id)
);

CREATE TABLE posts (
  id BIGINT NOT NULL PRIMARY KEY,
  uri TEXT NOT NULL UNIQUE,
  url TEXT NOT NULL,
  kind TEXT NOT NULL,
  author_id BIGINT NOT NULL REFERENCES actors(id),
  group_id BIGINT REFERENCES groups(id),
  parent_id BIGINT REFERENCES posts(id),
  root_id BIGINT NOT NULL,
  depth INTEGER NOT NULL,
  audience TEXT NOT NULL,
  title TEXT,
  html TEXT NOT NULL,
  source TEXT,
  warning TEXT,
  sensitive BOOLEAN NOT NULL,
  language TEXT,
  extras TEXT NOT NULL,
  local BOOLEAN NOT NULL,
  published BIGINT NOT NULL,
  edited BIGINT,
  deleted BIGINT,
  removed BIGINT,
  locked BIGINT,
  featured BIGINT
);
CREATE INDEX posts_threads ON posts (group_id, id) WHERE parent_id IS NULL;
CREATE INDEX posts_author ON posts (author_id, id);
CREATE INDEX posts_root ON posts (root_id, id);
-- Only replies: or the threads of a group would be looked up as what replies to nothing.
CREATE INDEX posts_parent ON posts (parent_id, id) WHERE parent_id IS NOT NULL;
CREATE INDEX posts_featured ON posts (group_id, featured) WHERE featured IS NOT NULL;
-- What strangers see, for counting and for the public timelines.
CREATE INDEX posts_open ON posts (author_id, id)
  WHERE deleted IS NULL AND removed IS NULL AND audience IN ('public', 'unlisted');
CREATE INDEX posts_open_threads ON posts (group_id, id)
  WHERE parent_id IS NULL AND deleted IS NULL AND removed IS NULL AND audience IN ('public', 'unlisted');
CREATE INDEX posts_public ON posts (local, id) WHERE parent_id IS NULL AND audience = 'public';

-- Counters, apart from the wide rows they count for.
CREATE TABLE tallies (
  post_id BIGINT NOT NULL PRIMARY KEY REFERENCES posts(id),
  replies BIGINT NOT NULL,
  likes BIGINT NOT NULL,
  dislikes BIGINT NOT NULL,
  shares BIGINT NOT NULL
);

CREATE TABLE votes (
  post_id BIGINT NOT NULL REFERENCES posts(id),
  actor_id BIGINT NOT NULL REFERENCES actors(id),
  value TEXT NOT NULL,
  activity_uri TEXT NOT NULL,
  created BIGINT NOT NULL,
  PRIMARY KEY (post_id, actor_id)
);
CREATE INDEX votes_actor ON votes (actor_id, post_id);

-- Who passed a post on; for a group this is its announcement. Clients know a share by its `id`, from the space of posts.
CREATE TABLE shares (
  post_id BIGINT NOT NULL REFERENCES posts(id),
  actor_id BIGINT NOT NULL REFERENCES actors(id),
  id BIGINT NOT NULL UNIQUE,
  activity_uri TEXT NOT NULL,
  created BIGINT NOT NULL,
  PRIMARY KEY (post_id, actor_id)
);
CREATE INDEX shares_actor ON shares (actor_id, id);

CREATE TABLE mentions (
  post_id BIGINT NOT NULL REFERENCES posts(id),
  actor_id BIGINT NOT NULL REFERENCES actors(id),
  PRIMARY KEY (post_id, actor_id)
);
CREATE INDEX mentions_actor ON mentions (actor_id, post_id);

CREATE TABLE post_tags (
  tag TEXT NOT NULL,
  post_id BIGINT NOT NULL REFERENCES posts(id),
  PRIMARY KEY (tag, post_id)
);
CREATE INDEX post_tags_post ON post_tags (post_id);

-- What we sent: frozen, served by id, delivered as it is.
CREATE TABLE activities (
  id BIGINT NOT NULL PRIMARY KEY,
  actor_id BIGINT NOT NULL REFERENCES actors(id),
  kind TEXT NOT NULL,
  post_id BIGINT,
  public BOOLEAN NOT NULL,
  body TEXT NOT NULL
);
CREATE INDEX activities_post ON activities (post_id);

-- What is still to be sent, in order within a peer. Both numbers come from a SELECT over the tables they name, so they
-- are not checked again: that would double the price of telling thousands, and lock every peer.
CREATE TABLE deliveries (
  peer_id BIGINT NOT NULL,
  activity_id BIGINT NOT NULL,
  inbox TEXT NOT NULL,
  attempts INTEGER NOT NULL,
  retry_at BIGINT NOT NULL,
  parked BIGINT,
  error TEXT,
  PRIMARY KEY (peer_id, activity_id, inbox)
);
CREATE INDEX deliveries_waiting ON deliveries (peer_id, activity_id) WHERE parked IS NULL;
CREATE INDEX deliveries_activity ON deliveries (activity_id);

-- What we received and acknowledged.
CREATE TABLE received (
  id BIGINT NOT NULL PRIMARY KEY,
  uri TEXT NOT NULL UNIQUE,
  actor_uri TEXT NOT NULL,
  kind TEXT NOT NULL,
  digest TEXT NOT NULL,
  body TEXT NOT NULL,
  state TEXT NOT NULL,
  attempts INTEGER NOT NULL,
  run_at BIGINT NOT NULL,
  lease_until BIGINT NOT NULL,
  error TEXT
);
CREATE INDEX received_waiting ON received (run_at, id) WHERE state = 'waiting';

-- Ids that their owners declared void before we knew what they name.
CREATE TABLE voided (
  uri TEXT NOT NULL PRIMARY KEY,
  actor_uri TEXT NOT NULL,
  at BIGINT NOT NULL
);

CREATE TABLE jobs (
  id BIGINT NOT NULL PRIMARY KEY,
  kind TEXT NOT NULL,
  subject TEXT NOT NULL,
  state TEXT NOT NULL,
  attempts INTEGER NOT NULL,
  run_at BIGINT NOT NULL,
  lease_until BIGINT NOT NULL,
  error TEXT,
  UNIQUE (kind, subject)
);
CREATE INDEX jobs_waiting ON jobs (run_at, id) WHERE state = 'waiting';

CREATE TABLE notifications (
  id BIGINT NOT NULL PRIMARY KEY,
  account_id BIGINT NOT NULL REFERENCES accounts(id),
  kind TEXT NOT NULL,
  actor_id BIGINT NOT NULL REFERENCES actors(id),
  post_id BIGINT NOT NULL,
  created BIGINT NOT NULL,
  read BIGINT,
  UNIQUE (account_id, kind, actor_id, post_id)
);
CREATE INDEX notifications_account ON notifications (account_id, id);

-- Which post a client's repeated request made the first time.
CREATE TABLE idempotency (
  account_id BIGINT NOT NULL REFERENCES accounts(id),
  key TEXT NOT NULL,
  post_id BIGINT NOT NULL REFERENCES posts(id),
  created BIGINT NOT NULL,
  PRIMARY KEY (account_id, key)
);

CREATE TABLE log_entries (
  id BIGINT NOT NULL PRIMARY KEY,
  group_id BIGINT REFERENCES groups(id),
  actor_id BIGINT NOT NULL REFERENCES actors(id),
  action TEXT NOT NULL,
  person_id BIGINT,
  post_id BIGINT,
  reason TEXT NOT NULL,
  created BIGINT NOT NULL
);
CREATE INDEX log_entries_group ON log_entries (group_id, id);

-- Words of posts, analysed by us.
CREATE TABLE post_search (
  post_id BIGINT NOT NULL PRIMARY KEY,
  terms TSVECTOR NOT NULL
);
CREATE INDEX post_search_terms ON post_search USING GIN (terms);
