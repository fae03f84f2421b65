-- Who waits for an answer to a request to join: asked on every page of those who keep order.
CREATE INDEX members_pending ON members (group_id) WHERE state = 'pending';
