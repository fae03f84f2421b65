-- Authors agree to more than to be quoted; one post may quote and answer another at once.
CREATE TABLE stamps_before AS SELECT id, post_id, quoting_uri, revoked FROM stamps;
DROP TABLE stamps;
CREATE TABLE stamps (
  id BIGINT NOT NULL PRIMARY KEY,
  post_id BIGINT NOT NULL REFERENCES posts(id),
  kind TEXT NOT NULL,
  interaction_uri TEXT NOT NULL,
  revoked BIGINT,
  UNIQUE (post_id, kind, interaction_uri)
);
INSERT INTO stamps (id, post_id, kind, interaction_uri, revoked)
  SELECT id, post_id, 'quote', quoting_uri, revoked FROM stamps_before;
DROP TABLE stamps_before;
