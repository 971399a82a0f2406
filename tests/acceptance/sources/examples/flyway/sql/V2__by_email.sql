CREATE INDEX orders_by_email ON orders (email);
