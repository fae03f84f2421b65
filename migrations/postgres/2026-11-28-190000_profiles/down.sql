DROP TABLE preferences;
ALTER TABLE actors DROP COLUMN hides_circle;
ALTER TABLE actors DROP COLUMN fields;
