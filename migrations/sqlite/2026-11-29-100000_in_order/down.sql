DROP INDEX shares_post;
DROP INDEX shuns_actor;
ALTER TABLE shuns DROP COLUMN id;
DROP INDEX votes_post;
ALTER TABLE votes DROP COLUMN id;
DROP INDEX follows_following;
DROP INDEX follows_followers;
ALTER TABLE follows DROP COLUMN id;
