DROP INDEX posts_local;
