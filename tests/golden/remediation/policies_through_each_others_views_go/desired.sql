CREATE TABLE wards (id int);
