-- When a member elsewhere was last told that there is something new in a group whose posts stay home.
ALTER TABLE members ADD COLUMN hinted BIGINT NOT NULL DEFAULT 0;
