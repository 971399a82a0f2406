CREATE TABLE orders (id bigint PRIMARY KEY, customer bigint NOT NULL, total numeric(10,2) NOT NULL, status varchar(20) NOT NULL DEFAULT 'new', note text);
CREATE VIEW v AS SELECT id FROM orders;
