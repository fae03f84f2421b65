DROP INDEX log_entries_post;
DROP TABLE threads;
