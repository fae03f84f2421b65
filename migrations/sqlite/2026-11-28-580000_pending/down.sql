DROP INDEX members_pending;
