DROP INDEX log_entries_statement;
ALTER TABLE log_entries DROP COLUMN statement_id;
DROP TABLE appeals;
DROP TABLE statements;
