-- How far what is written in a private group may go: nowhere (home), or to servers of members that keep it (trusted).
ALTER TABLE groups ADD COLUMN reach TEXT NOT NULL DEFAULT 'home';
