CREATE TABLE shops (id int PRIMARY KEY);
CREATE TABLE sales (shop int REFERENCES shops, day date, UNIQUE (day, shop)) PARTITION BY RANGE (day);
CREATE INDEX sales_by_shop ON sales (shop);
CREATE TABLE sales_2024 PARTITION OF sales FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
