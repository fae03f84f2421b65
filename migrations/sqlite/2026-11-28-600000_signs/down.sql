DROP INDEX votes_signs;
