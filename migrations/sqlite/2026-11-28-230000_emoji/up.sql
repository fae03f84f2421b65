-- Custom emoji: ours, which belong to no peer, and those that others named in what they sent.
CREATE TABLE emoji (
  id INTEGER NOT NULL PRIMARY KEY,
  peer_id BIGINT,
  shortcode TEXT NOT NULL,
  url TEXT NOT NULL,
  still TEXT,
  category TEXT,
  enabled BOOLEAN NOT NULL,
  updated BIGINT NOT NULL
);
CREATE UNIQUE INDEX emoji_by_name ON emoji (shortcode, peer_id);
CREATE INDEX emoji_by_peer ON emoji (peer_id);
