DROP TABLE phrases;
DROP TABLE claims;
