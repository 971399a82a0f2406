-- One tenant as coordinator/demo/fleet declares it, with sqlx's record of the migrations that made it.
-- tests/integration/deploy holds it to the declaration.
CREATE TABLE customers (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    email      text NOT NULL,
    name       text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX customers_email_lower_idx ON customers (lower(email));

CREATE TABLE orders (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    customer_id bigint NOT NULL REFERENCES customers (id),
    status      text NOT NULL DEFAULT 'new',
    total_cents bigint NOT NULL CONSTRAINT orders_total_cents_check CHECK (total_cents >= 0),
    created_at  timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX orders_customer_created_idx ON orders (customer_id, created_at DESC);

CREATE TABLE order_items (
    order_id    bigint NOT NULL REFERENCES orders (id) ON DELETE CASCADE,
    line        integer NOT NULL,
    sku         text NOT NULL,
    quantity    integer NOT NULL CONSTRAINT order_items_quantity_check CHECK (quantity > 0),
    price_cents bigint NOT NULL,
    note        text,
    PRIMARY KEY (order_id, line)
);

CREATE TYPE plan AS ENUM ('free', 'team', 'enterprise');
CREATE TABLE subscriptions (
    customer_id bigint PRIMARY KEY REFERENCES customers (id) ON DELETE CASCADE,
    plan        plan NOT NULL DEFAULT 'free',
    renews_at   timestamptz
);
CREATE INDEX subscriptions_renewal_idx ON subscriptions (renews_at) WHERE renews_at IS NOT NULL;
CREATE VIEW order_totals AS
SELECT customer_id, count(*) AS orders, sum(total_cents) AS total_cents
  FROM orders
 GROUP BY customer_id;

CREATE TABLE _sqlx_migrations (
    version        bigint PRIMARY KEY,
    description    text NOT NULL,
    installed_on   timestamptz NOT NULL DEFAULT now(),
    success        boolean NOT NULL,
    checksum       bytea NOT NULL,
    execution_time bigint NOT NULL
);
INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
SELECT version, 'demo', true, '\x00', 1
  FROM unnest(ARRAY[20250901090000, 20250915090000, 20251103090000, 20260105090000]) AS version;
GRANT SELECT ON _sqlx_migrations TO fleetdrift_scanner;
