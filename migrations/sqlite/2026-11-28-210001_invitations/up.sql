-- The activity by which a group elsewhere invited somebody here; its id is what the answer names.
ALTER TABLE members ADD COLUMN invitation TEXT;
