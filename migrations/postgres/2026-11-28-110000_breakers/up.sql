-- Servers that did not answer: nothing is asked of them before then.
ALTER TABLE peers ADD COLUMN resting_until BIGINT NOT NULL DEFAULT 0;
