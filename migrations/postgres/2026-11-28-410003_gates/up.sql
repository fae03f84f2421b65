-- For whom a link into a community is, if not for everybody: those with a mailbox at this host, or an account on this server.
ALTER TABLE gates ADD COLUMN domain TEXT;
