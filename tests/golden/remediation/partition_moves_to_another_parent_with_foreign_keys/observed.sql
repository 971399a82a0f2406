CREATE TABLE shops_old (id int PRIMARY KEY);
CREATE TABLE sales_old (shop int REFERENCES shops_old, day date, UNIQUE (day, shop)) PARTITION BY RANGE (day);
CREATE INDEX sales_shop ON sales_old (shop);
CREATE TABLE sales_2024 PARTITION OF sales_old FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
