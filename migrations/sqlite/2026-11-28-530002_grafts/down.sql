DROP TABLE grafts;
