-- Replies that became threads, and threads that became replies: what they replied to before, in which thread, and what they were called.
CREATE TABLE grafts (
  post_id INTEGER NOT NULL PRIMARY KEY REFERENCES posts(id),
  parent_id BIGINT REFERENCES posts(id),
  root_id BIGINT NOT NULL REFERENCES posts(id),
  title TEXT
);
CREATE INDEX grafts_root ON grafts (root_id);
