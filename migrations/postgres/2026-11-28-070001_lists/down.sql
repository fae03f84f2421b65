DROP TABLE filter_posts;
DROP TABLE filter_keywords;
DROP TABLE filters;
CREATE INDEX votes_actor ON votes (actor_id, post_id);
DROP INDEX votes_newest;
DROP TABLE bookmarks;
DROP TABLE markers;
DROP TABLE list_members;
DROP TABLE lists;
