-- Whom people let quote what they write, where they do not say otherwise.
ALTER TABLE preferences ADD COLUMN quoting TEXT NOT NULL DEFAULT 'public';
