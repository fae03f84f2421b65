ALTER TABLE reports DROP COLUMN bylaw;
ALTER TABLE reports DROP COLUMN version;
DROP TABLE bylaws;
