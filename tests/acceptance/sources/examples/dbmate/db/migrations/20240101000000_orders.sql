-- migrate:up
CREATE TABLE orders (
    id bigint PRIMARY KEY,
    email text NOT NULL
);

-- migrate:down
DROP TABLE orders;
