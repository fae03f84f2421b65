-- Sentences of the pages and letters that those who run the server say in words of their own, in one language each.
CREATE TABLE sentences (
  name TEXT NOT NULL,
  language TEXT NOT NULL,
  source TEXT NOT NULL,
  PRIMARY KEY (name, language)
);
