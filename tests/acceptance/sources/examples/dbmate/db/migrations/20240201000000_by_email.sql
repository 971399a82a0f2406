-- migrate:up
CREATE INDEX orders_by_email ON orders (email);

-- migrate:down
DROP INDEX orders_by_email;
