CREATE TABLE stock (shop integer NOT NULL, item integer NOT NULL, amount integer, PRIMARY KEY (shop, item)) PARTITION BY LIST (shop);
CREATE INDEX stock_by_item ON stock (item);
CREATE INDEX stock_by_amount ON stock (amount);
CREATE TABLE stock_one (shop integer NOT NULL, item integer NOT NULL, amount integer);
CREATE INDEX one_by_amount ON stock_one (amount);
COMMENT ON INDEX one_by_amount IS 'older than the one to be attached';
