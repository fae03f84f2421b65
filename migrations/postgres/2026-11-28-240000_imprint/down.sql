ALTER TABLE reports DROP COLUMN rules;
DROP TABLE house_rules;
DROP TABLE imprint_texts;
