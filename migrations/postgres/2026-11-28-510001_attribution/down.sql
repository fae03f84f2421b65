ALTER TABLE profile_sources DROP COLUMN attribution;
