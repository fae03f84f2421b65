CREATE TABLE stamps_before AS SELECT id, post_id, interaction_uri, revoked FROM stamps WHERE kind = 'quote';
DROP TABLE stamps;
CREATE TABLE stamps (
  id BIGINT NOT NULL PRIMARY KEY,
  post_id BIGINT NOT NULL REFERENCES posts(id),
  quoting_uri TEXT NOT NULL,
  revoked BIGINT,
  UNIQUE (post_id, quoting_uri)
);
INSERT INTO stamps (id, post_id, quoting_uri, revoked)
  SELECT id, post_id, interaction_uri, revoked FROM stamps_before;
DROP TABLE stamps_before;
