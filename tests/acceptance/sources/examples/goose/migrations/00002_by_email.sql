-- +goose Up
CREATE INDEX orders_by_email ON orders (email);

-- +goose Down
DROP INDEX orders_by_email;
