-- By which posts one is quoted, from the newest to the oldest.
CREATE INDEX quotes_quoted ON quotes (quoted_id, post_id) WHERE quoted_id IS NOT NULL;
