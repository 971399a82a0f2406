CREATE TABLE orders (id bigint PRIMARY KEY, customer bigint NOT NULL, total numeric(10,2) NOT NULL, status varchar(20) NOT NULL DEFAULT 'new', note text);
CREATE INDEX i ON orders (note) WITH (fillfactor=80);
ALTER TABLE orders CLUSTER ON i;
