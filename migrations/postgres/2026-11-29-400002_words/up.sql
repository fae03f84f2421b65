-- Words of what everybody may read: folded, as they are spelt, and in how many posts they were found. What nobody wrote is
-- taken for the one that is most like it.
CREATE TABLE words (
  word TEXT NOT NULL PRIMARY KEY,
  spelt TEXT NOT NULL,
  start TEXT NOT NULL,
  letters BIGINT NOT NULL,
  posts BIGINT NOT NULL
);
CREATE INDEX words_start ON words (start, letters, posts);
