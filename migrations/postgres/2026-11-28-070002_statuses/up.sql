-- What a post said before its author changed it.
CREATE TABLE revisions (
  post_id BIGINT NOT NULL REFERENCES posts(id),
  at BIGINT NOT NULL,
  content TEXT NOT NULL,
  PRIMARY KEY (post_id, at)
);

-- What an author pins to their own page.
CREATE TABLE pins (
  actor_id BIGINT NOT NULL REFERENCES actors(id),
  post_id BIGINT NOT NULL REFERENCES posts(id),
  created BIGINT NOT NULL,
  PRIMARY KEY (actor_id, post_id)
);

-- Threads of which a person wants to be told no more.
CREATE TABLE muted_threads (
  person_id BIGINT NOT NULL REFERENCES actors(id),
  root_id BIGINT NOT NULL,
  PRIMARY KEY (person_id, root_id)
);

-- What is to be published later.
CREATE TABLE scheduled (
  id BIGINT NOT NULL PRIMARY KEY,
  person_id BIGINT NOT NULL REFERENCES actors(id),
  due BIGINT NOT NULL,
  writing TEXT NOT NULL
);
CREATE INDEX scheduled_person ON scheduled (person_id, id);

-- Threads of direct messages, as each of those who take part sees them.
CREATE TABLE conversations (
  id BIGINT NOT NULL PRIMARY KEY,
  person_id BIGINT NOT NULL REFERENCES actors(id),
  root_id BIGINT NOT NULL,
  last_post BIGINT NOT NULL,
  unread BOOLEAN NOT NULL,
  UNIQUE (person_id, root_id)
);
CREATE INDEX conversations_newest ON conversations (person_id, last_post);

-- What a person wants to hear of strangers: all, later, or nothing; and of whom they want to hear all the same.
CREATE TABLE notice_policies (
  person_id BIGINT NOT NULL PRIMARY KEY REFERENCES actors(id),
  policy TEXT NOT NULL
);
CREATE TABLE notice_permissions (
  person_id BIGINT NOT NULL REFERENCES actors(id),
  from_id BIGINT NOT NULL REFERENCES actors(id),
  PRIMARY KEY (person_id, from_id)
);
ALTER TABLE notifications ADD COLUMN held BOOLEAN NOT NULL DEFAULT FALSE;
CREATE INDEX notifications_actor ON notifications (account_id, actor_id, id);

-- What those who run the server tell everybody, and who has seen it.
CREATE TABLE announcements (
  id BIGINT NOT NULL PRIMARY KEY,
  body TEXT NOT NULL,
  created BIGINT NOT NULL,
  ends BIGINT
);
CREATE TABLE announcement_marks (
  announcement_id BIGINT NOT NULL REFERENCES announcements(id),
  person_id BIGINT NOT NULL REFERENCES actors(id),
  mark TEXT NOT NULL,
  PRIMARY KEY (announcement_id, person_id, mark)
);
