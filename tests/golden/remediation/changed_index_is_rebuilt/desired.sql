CREATE TABLE orders (id bigint PRIMARY KEY, customer bigint NOT NULL, total numeric(10,2) NOT NULL, status varchar(20) NOT NULL DEFAULT 'new', note text);
CREATE INDEX i ON orders USING btree (lower(note) text_pattern_ops) WITH (fillfactor=80);
ALTER INDEX i ALTER COLUMN 1 SET STATISTICS 300;
