-- What was bought, and how far it got. The status is free text: the service owns its values.
CREATE TABLE orders (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    customer_id bigint NOT NULL REFERENCES customers (id),
    status      text NOT NULL DEFAULT 'new',
    total_cents bigint NOT NULL CONSTRAINT orders_total_cents_check CHECK (total_cents >= 0),
    created_at  timestamptz NOT NULL DEFAULT now()
);

-- The order history page: newest first, one customer.
CREATE INDEX orders_customer_created_idx ON orders (customer_id, created_at DESC);
