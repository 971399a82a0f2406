INSERT INTO doctors (id, name, licence, room) VALUES (1, 'a', 'a', 1), (2, 'b', 'b', NULL);
ALTER SEQUENCE doctors_id_seq RESTART 100;
INSERT INTO patients (id, public_id, name, born, email, allergies) VALUES
    (1, '00000000-0000-0000-0000-000000000001', 'a', '2000-01-01', 'a', '{a}'),
    (2, '00000000-0000-0000-0000-000000000002', 'b', NULL, NULL, '{}');
ALTER SEQUENCE patients_id_seq RESTART 100;
INSERT INTO visits (id, patient_id, doctor_id, state, starts_at, complaint, fee) VALUES
    (1, 1, 1, 'booked', '2025-01-01', 'a', 10), (2, 2, 2, 'done', '2025-01-02', NULL, NULL);
ALTER SEQUENCE visits_id_seq RESTART 100;
INSERT INTO findings VALUES (1, 'a', 1, 'a'), (2, 'b', 2, NULL);
INSERT INTO suppliers VALUES
    ('00000000-0000-0000-0000-000000000001', 'a', 'a', true), ('00000000-0000-0000-0000-000000000002', 'b', NULL, false);
INSERT INTO medicines (name, supplier_id, price, stock, leaflet) VALUES
    ('a', '00000000-0000-0000-0000-000000000001', 10, 1, '{}'), ('b', NULL, 20, 100, NULL);
INSERT INTO stock_orders (supplier_id, state, comment) VALUES
    ('00000000-0000-0000-0000-000000000001', 'open', 'a'), ('00000000-0000-0000-0000-000000000001', 'received', NULL);
INSERT INTO stock_order_lines VALUES (1, 1, 1);
