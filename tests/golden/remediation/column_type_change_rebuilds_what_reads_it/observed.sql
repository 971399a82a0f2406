CREATE TABLE orders (id bigint PRIMARY KEY, customer bigint NOT NULL, total numeric(10,2) NOT NULL, status varchar(20) NOT NULL DEFAULT 'new', note text);
CREATE VIEW v AS SELECT id, total * 2 AS double FROM orders WHERE status IN ('new', 'paid');
CREATE MATERIALIZED VIEW m AS SELECT double FROM v;
CREATE INDEX m_i ON m (double);
COMMENT ON VIEW v IS 'twice';
