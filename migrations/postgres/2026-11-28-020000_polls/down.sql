DROP TABLE ballots;
DROP TABLE polls;
