-- What was written here and strangers see: for counting.
CREATE INDEX posts_local ON posts (id)
  WHERE local AND deleted IS NULL AND removed IS NULL AND audience IN ('public', 'unlisted');
