CREATE TABLE readings (day date, value int) PARTITION BY RANGE (day);
CREATE TABLE readings_2024 PARTITION OF readings FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE TABLE readings_2025 PARTITION OF readings FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
CREATE INDEX readings_2024_value ON readings_2024 (value);
CREATE INDEX readings_value ON ONLY readings (value);
ALTER INDEX readings_value ATTACH PARTITION readings_2024_value;
