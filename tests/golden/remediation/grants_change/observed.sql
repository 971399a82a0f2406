CREATE TABLE orders (id bigint PRIMARY KEY, customer bigint NOT NULL, total numeric(10,2) NOT NULL, status varchar(20) NOT NULL DEFAULT 'new', note text);
GRANT SELECT, DELETE ON orders TO pg_monitor;
ALTER DEFAULT PRIVILEGES GRANT INSERT ON TABLES TO pg_monitor;
