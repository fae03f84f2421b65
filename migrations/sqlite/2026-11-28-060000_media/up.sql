-- What people here bring: pictures, films, sounds; those of posts, of people and groups, and custom emoji.
CREATE TABLE media (
  id INTEGER NOT NULL PRIMARY KEY,
  token TEXT NOT NULL UNIQUE,
  owner_id BIGINT NOT NULL,
  purpose TEXT NOT NULL,
  media_type TEXT NOT NULL,
  preview_type TEXT,
  state TEXT NOT NULL,
  size BIGINT NOT NULL,
  width INTEGER,
  height INTEGER,
  blurhash TEXT,
  description TEXT NOT NULL,
  focus TEXT,
  post_id BIGINT,
  created BIGINT NOT NULL,
  expires BIGINT
);
CREATE INDEX media_by_expiry ON media (expires);
CREATE INDEX media_by_owner ON media (owner_id, id);
CREATE INDEX media_by_post ON media (post_id);

-- What we hand on from other servers, by a hash of its address; without a type there is nothing to hand on.
CREATE TABLE cached_media (
  key TEXT NOT NULL PRIMARY KEY,
  media_type TEXT,
  size BIGINT NOT NULL,
  fetched BIGINT NOT NULL,
  used BIGINT NOT NULL
);
CREATE INDEX cached_media_by_use ON cached_media (used);
