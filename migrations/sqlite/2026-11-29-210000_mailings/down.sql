DROP TABLE mailings;
