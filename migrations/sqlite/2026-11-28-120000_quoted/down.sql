DROP INDEX quotes_quoted;
