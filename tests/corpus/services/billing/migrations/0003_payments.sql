CREATE SCHEMA audit;

CREATE TABLE payments (
    id          uuid PRIMARY KEY,
    invoice_id  bigint NOT NULL REFERENCES invoices,
    method      text NOT NULL CONSTRAINT payments_method_check CHECK (method IN ('card', 'transfer', 'cash')),
    amount      bigint NOT NULL,
    fee         integer NOT NULL DEFAULT 0,
    reference   text,
    received_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE credit_notes (
    id         serial PRIMARY KEY,
    invoice_id bigint NOT NULL UNIQUE REFERENCES invoices,
    reason     text NOT NULL,
    amount     bigint NOT NULL,
    issued_on  date NOT NULL DEFAULT current_date
);

CREATE TABLE exchange_rates (
    currency char(3) NOT NULL,
    day      date NOT NULL,
    rate     numeric(12, 6) NOT NULL,
    PRIMARY KEY (currency, day)
);

CREATE TABLE audit.events (
    id      bigserial PRIMARY KEY,
    actor   text NOT NULL,
    action  text NOT NULL,
    detail  jsonb,
    at      timestamptz NOT NULL DEFAULT now()
);

CREATE FUNCTION convert_amount(amount bigint, code text) RETURNS numeric LANGUAGE sql STABLE AS $$
    SELECT amount * r.rate FROM exchange_rates r WHERE r.currency = code ORDER BY r.day DESC LIMIT 1
$$;

CREATE VIEW customer_balances AS
SELECT c.id AS customer_id, c.name, coalesce(sum(i.total), 0)::bigint AS billed, count(i.id) AS invoices
  FROM customers c LEFT JOIN invoices i ON i.customer_id = c.id
 GROUP BY c.id, c.name;

CREATE MATERIALIZED VIEW revenue AS
SELECT date_trunc('month', p.received_at) AS month, sum(p.amount)::bigint AS amount FROM payments p GROUP BY 1;
CREATE UNIQUE INDEX revenue_month_key ON revenue (month);
