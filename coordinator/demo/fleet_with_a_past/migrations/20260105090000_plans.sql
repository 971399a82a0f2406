-- What a customer pays for.
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
