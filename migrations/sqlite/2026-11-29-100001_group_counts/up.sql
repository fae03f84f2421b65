-- How many notices there are about one thing: asked for each group of them.
CREATE INDEX notifications_about ON notifications (account_id, kind, post_id, created);
