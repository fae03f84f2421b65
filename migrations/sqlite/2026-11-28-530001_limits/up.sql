-- How much of newcomers nobody has to look at first, as JSON, if that is limited.
ALTER TABLE screens ADD COLUMN limits TEXT;
