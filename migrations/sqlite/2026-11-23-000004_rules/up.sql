-- Which servers we deal with: one rule for a host and all below it.
CREATE TABLE peer_rules (
  host TEXT NOT NULL PRIMARY KEY,
  ruling TEXT NOT NULL,
  public_comment TEXT NOT NULL,
  private_comment TEXT NOT NULL,
  since BIGINT NOT NULL,
  actor_id BIGINT NOT NULL REFERENCES actors(id)
);

-- What the rules make of each server we know.
ALTER TABLE peers ADD COLUMN regard TEXT NOT NULL DEFAULT 'welcome';

-- The server that a decision is about.
ALTER TABLE log_entries ADD COLUMN host TEXT;
