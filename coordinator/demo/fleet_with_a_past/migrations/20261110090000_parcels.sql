-- How an order reaches its customer.
CREATE TABLE parcels (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    order_id     bigint NOT NULL REFERENCES orders (id) ON DELETE CASCADE,
    carrier      text NOT NULL,
    tracking     text,
    delivered_at timestamptz
);

CREATE INDEX parcels_order_idx ON parcels (order_id);
