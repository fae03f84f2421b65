-- What is talked about in a community: words of a closed list, and hashtags of its own.
ALTER TABLE charters ADD COLUMN themes TEXT NOT NULL DEFAULT '[]';
ALTER TABLE charters ADD COLUMN topics TEXT NOT NULL DEFAULT '[]';
