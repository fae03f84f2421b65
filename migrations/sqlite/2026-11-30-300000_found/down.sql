ALTER TABLE backfills DROP COLUMN found;
