CREATE TYPE order_state AS ENUM ('open', 'sent', 'received');

CREATE TABLE suppliers (
    id    uuid PRIMARY KEY,
    name  text NOT NULL,
    email text,
    vip   boolean NOT NULL DEFAULT false
);

CREATE TABLE medicines (
    id          serial PRIMARY KEY,
    name        varchar(80) NOT NULL,
    supplier_id uuid REFERENCES suppliers,
    price       bigint NOT NULL,
    stock       integer NOT NULL DEFAULT 0,
    hazardous   boolean NOT NULL DEFAULT false,
    leaflet     jsonb
);

CREATE TABLE stock_orders (
    id          bigserial PRIMARY KEY,
    supplier_id uuid NOT NULL REFERENCES suppliers,
    state       order_state NOT NULL DEFAULT 'open',
    comment     text,
    placed_at   timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE stock_order_lines (
    order_id    bigint NOT NULL REFERENCES stock_orders ON DELETE CASCADE,
    medicine_id integer NOT NULL REFERENCES medicines,
    quantity    integer NOT NULL CONSTRAINT stock_order_lines_quantity_check CHECK (quantity > 0),
    PRIMARY KEY (order_id, medicine_id)
);

CREATE VIEW scarce_medicines AS SELECT id, name, stock FROM medicines WHERE stock < 10;
