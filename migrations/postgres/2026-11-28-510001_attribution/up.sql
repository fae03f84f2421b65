-- The sites that may name a person as the author of what stands there.
ALTER TABLE profile_sources ADD COLUMN attribution TEXT NOT NULL DEFAULT '[]';
