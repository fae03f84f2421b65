-- PostgreSQL carries signals itself (NOTIFY).
SELECT 1;
