ALTER TABLE scheduled DROP COLUMN refused;
