-- The lines of an order.
CREATE TABLE order_items (
    order_id    bigint NOT NULL REFERENCES orders (id) ON DELETE CASCADE,
    line        integer NOT NULL,
    sku         text NOT NULL,
    quantity    integer NOT NULL CONSTRAINT order_items_quantity_check CHECK (quantity > 0),
    price_cents bigint NOT NULL,
    note        text,
    PRIMARY KEY (order_id, line)
);
