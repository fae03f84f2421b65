-- By which activity of ours a group last brought a reply to servers that want all, so that it can be taken back however old
-- it is: activities are kept for a month only.
CREATE TABLE brought (
  post_id BIGINT NOT NULL REFERENCES posts(id),
  group_id BIGINT NOT NULL REFERENCES actors(id),
  activity_id BIGINT NOT NULL,
  PRIMARY KEY (post_id, group_id)
);
-- What was brought lately, and not taken back: forums got the whole activity instead.
INSERT INTO brought
SELECT told.post_id, told.actor_id, MAX(told.id) FROM activities told JOIN posts ON posts.id = told.post_id
WHERE told.kind = 'Announce' AND posts.parent_id IS NOT NULL AND posts.group_id = told.actor_id
  AND told.body NOT LIKE '%"object":{%'
  AND NOT EXISTS (
    SELECT 1 FROM activities undone
    WHERE undone.post_id = told.post_id AND undone.actor_id = told.actor_id AND undone.kind = 'Undo' AND undone.id > told.id
  )
GROUP BY told.post_id, told.actor_id;
