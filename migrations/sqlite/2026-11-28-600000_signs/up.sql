-- With which signs posts are liked: few likes have one.
CREATE INDEX votes_signs ON votes (post_id) WHERE emoji IS NOT NULL;
