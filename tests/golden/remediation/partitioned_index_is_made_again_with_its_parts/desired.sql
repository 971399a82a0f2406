CREATE TABLE sales (day date, shop int) PARTITION BY RANGE (day);
CREATE TABLE sales_2024 PARTITION OF sales FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE TABLE sales_2025 PARTITION OF sales FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
CREATE INDEX shops_2024 ON sales_2024 (shop);
CREATE INDEX shops_2025 ON sales_2025 (shop);
CREATE INDEX shops ON ONLY sales (shop);
ALTER INDEX shops ATTACH PARTITION shops_2024;
CREATE INDEX days ON sales_2025 (day) WITH (fillfactor = 70, deduplicate_items = off);
