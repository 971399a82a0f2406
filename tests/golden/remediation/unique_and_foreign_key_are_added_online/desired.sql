CREATE TABLE orders (id bigint PRIMARY KEY, customer bigint NOT NULL, total numeric(10,2) NOT NULL, status varchar(20) NOT NULL DEFAULT 'new', note text);
CREATE TABLE customers (id bigint PRIMARY KEY);
ALTER TABLE orders ADD CONSTRAINT one_note UNIQUE NULLS NOT DISTINCT (note) DEFERRABLE;
ALTER TABLE orders ADD CONSTRAINT of_customer FOREIGN KEY (customer) REFERENCES customers ON DELETE CASCADE;
