DROP TABLE profile_sources;
