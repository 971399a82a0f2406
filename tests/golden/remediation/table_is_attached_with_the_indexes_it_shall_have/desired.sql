CREATE TABLE stock (shop integer NOT NULL, item integer NOT NULL, amount integer, PRIMARY KEY (shop, item)) PARTITION BY LIST (shop);
CREATE INDEX stock_by_item ON stock (item);
CREATE INDEX stock_by_amount ON stock (amount);
CREATE TABLE stock_one (shop integer NOT NULL, item integer NOT NULL, amount integer);
CREATE INDEX items_of_one ON stock_one (item);
ALTER TABLE stock ATTACH PARTITION stock_one FOR VALUES IN (1);
CREATE INDEX one_by_amount ON stock_one (amount);
COMMENT ON INDEX one_by_amount IS 'older than the one to be attached';
