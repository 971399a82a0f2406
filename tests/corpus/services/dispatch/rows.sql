INSERT INTO depots (id, code, title, location) VALUES (1, 'a', 'a', ROW(1, 1)), (2, 'b', 'b', NULL);
ALTER SEQUENCE depots_id_seq RESTART 100;
INSERT INTO vehicles (id, depot_id, plate, kind, payload, last_seen, notes) VALUES
    (1, 1, 'a', 'van', 1, '2025-01-01', 'a'), (2, 1, 'b', 'bike', 1, NULL, NULL);
ALTER SEQUENCE vehicles_id_seq RESTART 100;
INSERT INTO couriers (id, depot_id, vehicle_id, name, phone, skills, rating, hired_on) VALUES
    ('00000000-0000-0000-0000-000000000001', 1, 1, 'a', 'a', '{a}', 1, '2025-01-01'),
    ('00000000-0000-0000-0000-000000000002', 2, NULL, 'b', NULL, '{}', 2, '2025-01-01');
INSERT INTO parcels (id, barcode, depot_id, state, weight, sender, recipient, instruction, due) VALUES
    ('00000000-0000-0000-0000-000000000001', 'a', 1, 'stored', 1, 'a', 'a', 'a', '2025-01-01'),
    ('00000000-0000-0000-0000-000000000002', 'b', NULL, 'announced', 1, 'b', 'b', NULL, NULL);
INSERT INTO routes (id, courier_id, day, started_at, ended_at) VALUES
    (1, '00000000-0000-0000-0000-000000000001', '2025-01-01', '2025-01-01', '2025-01-01'),
    (2, '00000000-0000-0000-0000-000000000002', '2025-01-01', NULL, NULL);
ALTER SEQUENCE routes_id_seq RESTART 100;
INSERT INTO stops VALUES (1, 1, '00000000-0000-0000-0000-000000000001', '2025-01-01', false, NULL);
INSERT INTO scans (parcel_id, depot_id, scanned_at, device, raw) VALUES
    ('00000000-0000-0000-0000-000000000001', 1, '2025-01-01', 'a', 'a');
INSERT INTO ops.jobs (name, runs, last_at) VALUES ('a', 1, '2025-01-01');
INSERT INTO ops.outbox (topic, body) VALUES ('a', 'a');
