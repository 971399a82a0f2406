CREATE TABLE unrelated (id integer);

-- Made before its parent by order of name, and its constraint is called like its parent's.
CREATE TABLE readings (sensor integer NOT NULL, taken date NOT NULL, value numeric) PARTITION BY RANGE (taken);
CREATE TABLE archive PARTITION OF readings FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE TABLE current PARTITION OF readings FOR VALUES FROM ('2025-01-01') TO ('2026-01-01') PARTITION BY LIST (sensor);
CREATE TABLE current_one PARTITION OF current FOR VALUES IN (1);
