-- What a post quotes, and whether whoever wrote that agrees; the stamp is the document that says so.
CREATE TABLE quotes (
  post_id BIGINT NOT NULL PRIMARY KEY REFERENCES posts(id),
  quoted_uri TEXT NOT NULL,
  quoted_id BIGINT REFERENCES posts(id),
  state TEXT NOT NULL,
  stamp TEXT
);
CREATE INDEX quotes_stamp ON quotes (stamp) WHERE stamp IS NOT NULL;

-- To what authors here agreed: by which posts theirs are quoted.
CREATE TABLE stamps (
  id BIGINT NOT NULL PRIMARY KEY,
  post_id BIGINT NOT NULL REFERENCES posts(id),
  quoting_uri TEXT NOT NULL,
  revoked BIGINT,
  UNIQUE (post_id, quoting_uri)
);
