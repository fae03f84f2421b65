-- With which sign somebody elsewhere likes a post: an emoji, or the name of a custom one between colons.
ALTER TABLE votes ADD COLUMN emoji TEXT;
