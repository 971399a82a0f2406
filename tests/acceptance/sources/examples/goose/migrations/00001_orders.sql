-- +goose Up
CREATE TABLE orders (
    id bigint PRIMARY KEY,
    email text NOT NULL
);

-- +goose Down
DROP TABLE orders;
