-- What pages say of themselves to which posts link, and which of them a post links to first.
CREATE TABLE cards (
  id BIGINT NOT NULL PRIMARY KEY,
  url TEXT NOT NULL UNIQUE,
  summary TEXT,
  fetched BIGINT NOT NULL
);
CREATE TABLE post_links (
  post_id BIGINT NOT NULL PRIMARY KEY REFERENCES posts(id),
  card_id BIGINT NOT NULL REFERENCES cards(id)
);
CREATE INDEX post_links_card ON post_links (card_id, post_id);
