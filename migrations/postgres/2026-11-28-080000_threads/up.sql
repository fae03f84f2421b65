-- What orders the threads of a group: narrow rows that replies and votes may rewrite.
CREATE TABLE threads (
    post_id BIGINT NOT NULL PRIMARY KEY REFERENCES posts (id),
    group_id BIGINT NOT NULL REFERENCES actors (id),
    latest BIGINT NOT NULL,
    replies BIGINT NOT NULL,
    score BIGINT NOT NULL
);
CREATE INDEX threads_latest ON threads (group_id, latest, post_id);
CREATE INDEX threads_score ON threads (group_id, score, post_id);
CREATE INDEX threads_unanswered ON threads (group_id, post_id) WHERE replies = 0;
CREATE INDEX threads_everywhere ON threads (latest, post_id);
INSERT INTO threads (post_id, group_id, latest, replies, score)
SELECT p.id, p.group_id,
    (SELECT MAX(r.published) FROM posts r WHERE r.root_id = p.id AND r.deleted IS NULL AND r.removed IS NULL OR r.id = p.id),
    (SELECT COUNT(*) FROM posts r WHERE r.root_id = p.id AND r.parent_id IS NOT NULL AND r.deleted IS NULL AND r.removed IS NULL),
    COALESCE((SELECT t.likes - t.dislikes FROM tallies t WHERE t.post_id = p.id), 0)
FROM posts p WHERE p.parent_id IS NULL AND p.group_id IS NOT NULL;
-- Why a post is closed or gone.
CREATE INDEX log_entries_post ON log_entries (post_id) WHERE post_id IS NOT NULL;
