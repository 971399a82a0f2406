INSERT INTO customers (id, public_id, email, name, tier, vat_number, closed_at) VALUES
    (1, '00000000-0000-0000-0000-000000000001', 'a@example.org', 'a', 'plus', 'a', '2025-01-01'),
    (2, '00000000-0000-0000-0000-000000000002', 'b@example.org', 'b', 'basic', NULL, NULL);
ALTER SEQUENCE customers_id_seq RESTART 100;
INSERT INTO addresses VALUES (1, 'billing', 'a', 'a', 'a', 'NO'), (1, 'shipping', 'b', NULL, 'b', 'NO');
INSERT INTO contacts VALUES ('00000000-0000-0000-0000-000000000001', 1, 'a', 'a', '{a}');
INSERT INTO products (sku, title, unit_price, weight) VALUES ('a', 'a', 10, 1), ('b', 'b', 20, NULL);
INSERT INTO invoices (id, customer_id, number, state, due_on, total, memo, issued_at) VALUES
    (1, 1, 'a', 'open', '2025-01-01', 10, 'a', '2025-01-01'),
    (2, 1, 'b', 'draft', '2025-02-01', 0, NULL, NULL),
    (3, 2, 'c', 'paid', '2025-01-01', 5, 'c', '2025-01-01');
ALTER SEQUENCE invoices_id_seq RESTART 100;
INSERT INTO invoice_lines VALUES (1, 1, 'a', 1, 10, 'a'), (2, 1, 'b', 1, 20, NULL);
INSERT INTO payments (id, invoice_id, method, amount, reference, received_at) VALUES
    ('00000000-0000-0000-0000-000000000001', 1, 'card', 10, 'a', '2025-01-01');
INSERT INTO credit_notes (invoice_id, reason, amount, issued_on) VALUES (1, 'a', 10, '2025-01-01');
INSERT INTO exchange_rates VALUES ('NOK', '2025-01-01', 1.5);
INSERT INTO audit.events (actor, action, detail, at) VALUES ('a', 'a', '{"a": 1}', '2025-01-01');
REFRESH MATERIALIZED VIEW revenue;
