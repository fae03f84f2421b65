DROP TABLE post_links;
DROP TABLE cards;
