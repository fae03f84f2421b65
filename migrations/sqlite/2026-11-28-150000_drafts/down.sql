DROP TABLE readings;
DROP TABLE drafts;
