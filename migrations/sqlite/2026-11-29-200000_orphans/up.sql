-- What a post replies to, by its id on the network, when that could not be had: the post stands as a thread of its own.
CREATE TABLE orphans (
  post_id BIGINT NOT NULL PRIMARY KEY REFERENCES posts(id),
  parent_uri TEXT NOT NULL
);
