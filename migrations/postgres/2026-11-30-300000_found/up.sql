-- How many posts were new, of what is being completed or was completed last.
ALTER TABLE backfills ADD COLUMN found BIGINT NOT NULL DEFAULT 0;
