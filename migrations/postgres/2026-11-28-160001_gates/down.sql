DROP TABLE applications;
DROP TABLE gates;
