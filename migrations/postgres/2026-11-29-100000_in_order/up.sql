-- Who follows, likes or shuns is listed in the order in which it happened. What lists are paged by is a number of its own,
-- made of the moment like all ids: of what is here already, those of one moment are told apart by their place in it.
ALTER TABLE follows ADD COLUMN id BIGINT NOT NULL DEFAULT 0;
UPDATE follows SET id = placed.id FROM (
  SELECT follower_id, target_id,
    created * 65536 + ROW_NUMBER() OVER (PARTITION BY created ORDER BY follower_id, target_id) AS id
  FROM follows
) AS placed WHERE placed.follower_id = follows.follower_id AND placed.target_id = follows.target_id;
CREATE INDEX follows_followers ON follows (target_id, state, id);
CREATE INDEX follows_following ON follows (follower_id, state, id);

ALTER TABLE votes ADD COLUMN id BIGINT NOT NULL DEFAULT 0;
UPDATE votes SET id = placed.id FROM (
  SELECT post_id, actor_id,
    created * 65536 + ROW_NUMBER() OVER (PARTITION BY created ORDER BY post_id, actor_id) AS id
  FROM votes
) AS placed WHERE placed.post_id = votes.post_id AND placed.actor_id = votes.actor_id;
CREATE INDEX votes_post ON votes (post_id, value, id);

ALTER TABLE shuns ADD COLUMN id BIGINT NOT NULL DEFAULT 0;
UPDATE shuns SET id = placed.id FROM (
  SELECT actor_id, target_id, deed,
    created * 65536 + ROW_NUMBER() OVER (PARTITION BY created ORDER BY actor_id, target_id, deed) AS id
  FROM shuns
) AS placed
WHERE placed.actor_id = shuns.actor_id AND placed.target_id = shuns.target_id AND placed.deed = shuns.deed;
CREATE INDEX shuns_actor ON shuns (actor_id, deed, id);

CREATE INDEX shares_post ON shares (post_id, id);
