CREATE TABLE a (x int PRIMARY KEY, y int);
CREATE TABLE b (x int PRIMARY KEY);
CREATE PUBLICATION p FOR TABLE a (x), b WITH (publish = 'insert');
