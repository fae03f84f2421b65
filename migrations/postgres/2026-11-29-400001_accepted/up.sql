-- Which replies were ever said to answer a thread: those elsewhere are written to once.
CREATE TABLE accepted (
  thread_id BIGINT NOT NULL REFERENCES posts(id),
  reply_id BIGINT NOT NULL REFERENCES posts(id),
  PRIMARY KEY (thread_id, reply_id)
);
INSERT INTO accepted (thread_id, reply_id) SELECT thread_id, reply_id FROM solutions;
