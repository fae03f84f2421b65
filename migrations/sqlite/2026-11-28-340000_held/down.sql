DROP TABLE held;
DROP TABLE screens;
