-- How much of a group its follower wants, if they ever said so.
ALTER TABLE follows ADD COLUMN portion TEXT;
CREATE INDEX follows_portion ON follows (target_id) WHERE portion IS NOT NULL;
