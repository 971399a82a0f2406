-- A schema with something of everything that versions 14 to 18 know, in names without a namespace: it is made in
-- whatever namespace comes first in the search path.
CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy');
CREATE DOMAIN positive AS int DEFAULT 1 CHECK (value > 0);
CREATE DOMAIN email AS varchar(200) NOT NULL CONSTRAINT has_at CHECK (value ~ '@');
CREATE TYPE address AS (street text, number int, tags varchar(10)[]);
CREATE TYPE price_range AS RANGE (subtype = numeric);
CREATE SEQUENCE tickets AS int INCREMENT 5 START 100 CACHE 3 CYCLE;
CREATE FUNCTION slug(t text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$SELECT lower(replace(t, ' ', '-'))$$;

CREATE TABLE customers (
    id bigserial PRIMARY KEY,
    name text NOT NULL,
    email email UNIQUE,
    mood mood NOT NULL DEFAULT 'ok',
    status varchar(20) NOT NULL DEFAULT 'new' CHECK (status IN ('new', 'active', 'gone')),
    home address,
    scores int[] NOT NULL DEFAULT '{}',
    extra jsonb DEFAULT '{"a": [1, 2]}',
    raw bytea DEFAULT '\x0001',
    amount numeric(12, 2) NOT NULL DEFAULT 0,
    ratio double precision DEFAULT 0.1,
    small real DEFAULT 1.5e-7,
    valid daterange,
    born date DEFAULT '2001-02-03',
    at timestamptz NOT NULL DEFAULT now(),
    fixed timestamptz DEFAULT '2024-01-02 03:04:05+00',
    since timestamp(3) DEFAULT CURRENT_TIMESTAMP,
    wait interval DEFAULT '1 mon 2 days 03:04:05',
    hour time DEFAULT '08:30',
    token uuid DEFAULT gen_random_uuid(),
    flag boolean NOT NULL DEFAULT 'f',
    ip inet,
    bits bit(3) DEFAULT B'101',
    code "char",
    plain text COLLATE "C",
    owner name DEFAULT current_user,
    ticket int DEFAULT nextval('tickets'),
    slugged text GENERATED ALWAYS AS (lower(name)) STORED,
    CONSTRAINT sane CHECK (amount >= 0 AND (ratio IS NULL OR ratio BETWEEN 0 AND 1)),
    EXCLUDE USING gist (valid WITH &&) WHERE (status <> 'gone')
);
CREATE INDEX ON customers (lower(name), mood DESC);
CREATE INDEX by_extra ON customers USING gin (extra jsonb_path_ops);
CREATE INDEX active ON customers (at, id) INCLUDE (name) WHERE status IN ('active', 'new') AND flag;
CREATE INDEX since_hash ON customers USING hash (since) WITH (fillfactor = 80);
CREATE INDEX brin_at ON customers USING brin (at) WITH (pages_per_range = 16);
CREATE INDEX slugs ON customers (slug(name));
CREATE STATISTICS customer_statistics (dependencies) ON status, mood FROM customers;

CREATE TABLE orders (
    id int GENERATED ALWAYS AS IDENTITY (START 10) PRIMARY KEY,
    customer_id bigint NOT NULL REFERENCES customers ON DELETE CASCADE,
    parent int REFERENCES orders (id) DEFERRABLE INITIALLY DEFERRED,
    quantity positive,
    total numeric CHECK (total > 0),
    range price_range,
    placed date NOT NULL DEFAULT CURRENT_DATE,
    UNIQUE (customer_id, placed)
) WITH (fillfactor = 90, autovacuum_enabled = false);
ALTER TABLE orders RENAME COLUMN placed TO placed_on;
ALTER TABLE orders ADD CONSTRAINT big CHECK (total < 1000000) NOT VALID;
ALTER TABLE orders ALTER total SET STATISTICS 500, ALTER total SET (n_distinct = -0.5), REPLICA IDENTITY FULL;

CREATE TABLE renamed_later (id int PRIMARY KEY, body text NOT NULL);
ALTER TABLE renamed_later RENAME TO notes;
CREATE TABLE copies (LIKE notes INCLUDING ALL, extra int);
CREATE TABLE base (id int NOT NULL, made timestamptz DEFAULT now(), CHECK (id > 0));
CREATE TABLE derived (more text) INHERITS (base);
CREATE UNLOGGED TABLE cache (key text PRIMARY KEY, value jsonb);

CREATE TABLE events (id bigint NOT NULL, at timestamptz NOT NULL, kind text DEFAULT 'x', PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
CREATE INDEX ON events (kind);
CREATE TABLE events_2024 PARTITION OF events FOR VALUES FROM ('2024-01-01 00:00+00') TO ('2025-01-01 00:00+00');
CREATE TABLE events_2025 PARTITION OF events FOR VALUES FROM ('2025-01-01 00:00+00') TO ('2026-01-01 00:00+00') PARTITION BY RANGE (id);
CREATE TABLE events_2025_x PARTITION OF events_2025 FOR VALUES FROM (MINVALUE) TO (1000);
CREATE TABLE events_rest PARTITION OF events DEFAULT;
CREATE TABLE hashed (a int) PARTITION BY HASH (a);
CREATE TABLE hashed_0 PARTITION OF hashed FOR VALUES WITH (MODULUS 2, REMAINDER 0);

CREATE VIEW active_customers AS SELECT * FROM customers WHERE status IN ('active', 'new');
CREATE VIEW totals (customer, placed, sum, ranked) WITH (security_barrier) AS
    SELECT c.name, date_trunc('month', o.placed_on::timestamp), sum(o.total) FILTER (WHERE o.total > 1), rank() OVER (ORDER BY sum(o.total) DESC)
    FROM customers c LEFT JOIN orders o ON o.customer_id = c.id AND o.placed_on BETWEEN '2024-01-01' AND '2024-12-31'
    WHERE EXISTS (SELECT 1 FROM active_customers a WHERE a.id = c.id) AND c.mood = ANY ('{ok,happy}'::mood[])
    GROUP BY c.name, date_trunc('month', o.placed_on::timestamp) HAVING count(*) > 0;
CREATE VIEW family AS
    WITH RECURSIVE tree (id, depth) AS (SELECT id, 0 FROM orders WHERE parent IS NULL UNION ALL SELECT o.id, t.depth + 1 FROM orders o JOIN tree t ON o.parent = t.id)
    SELECT *, EXTRACT(year FROM now()) AS year, SUBSTRING('abc' FROM 2) AS cut, OVERLAY('x' PLACING 'y' FROM 1) AS laid, COALESCE(depth, 0) FROM tree;
CREATE VIEW joined AS SELECT * FROM customers JOIN orders USING (id) NATURAL LEFT JOIN notes;
CREATE VIEW updatable AS SELECT id, body FROM notes WITH LOCAL CHECK OPTION;
ALTER VIEW updatable ALTER COLUMN body SET DEFAULT 'none';
CREATE MATERIALIZED VIEW monthly AS SELECT placed, sum(sum) AS s FROM totals GROUP BY 1 ORDER BY 1;
CREATE UNIQUE INDEX monthly_key ON monthly (placed);

CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN new.at := now(); RETURN new; END$$;
CREATE FUNCTION balance(who bigint, OUT total numeric, OUT number int) LANGUAGE plpgsql STABLE SECURITY DEFINER SET timezone = 'UTC'
    AS $$BEGIN SELECT sum(o.total), count(*) INTO total, number FROM orders o WHERE o.customer_id = who; END$$;
CREATE FUNCTION open_orders(who bigint) RETURNS SETOF orders LANGUAGE sql STABLE ROWS 10 AS $$SELECT * FROM orders WHERE customer_id = who$$;
CREATE FUNCTION worth(o orders) RETURNS numeric LANGUAGE sql IMMUTABLE BEGIN ATOMIC SELECT o.total * 2; END;
CREATE PROCEDURE purge(older date DEFAULT '2020-01-01') LANGUAGE plpgsql AS $$BEGIN DELETE FROM orders WHERE placed_on < older; END$$;
CREATE AGGREGATE product(numeric) (sfunc = numeric_mul, stype = numeric, initcond = '1');
CREATE TRIGGER touch BEFORE INSERT OR UPDATE OF name, mood ON customers FOR EACH ROW WHEN (new.status IS DISTINCT FROM 'gone') EXECUTE FUNCTION touch();
CREATE CONSTRAINT TRIGGER later AFTER UPDATE ON orders DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION touch('a', 'b');
CREATE TRIGGER on_events AFTER INSERT ON events FOR EACH ROW EXECUTE FUNCTION touch();
CREATE TRIGGER bulk AFTER DELETE ON notes REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION touch();
ALTER TABLE notes DISABLE TRIGGER bulk;
CREATE RULE keep AS ON DELETE TO notes WHERE old.id < 10 DO INSTEAD NOTHING;
ALTER TABLE orders ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON orders FOR SELECT USING (customer_id = NULLIF(current_setting('app.customer', true), '')::bigint);
CREATE POLICY careful ON orders AS RESTRICTIVE FOR UPDATE TO PUBLIC USING (quantity > 1) WITH CHECK (total IS NOT NULL);
COMMENT ON TABLE customers IS 'who pays';
COMMENT ON COLUMN customers.mood IS 'how they feel';
COMMENT ON FUNCTION slug(text) IS 'for links';
GRANT SELECT, INSERT ON customers TO PUBLIC;
GRANT UPDATE (name) ON customers TO PUBLIC;
REVOKE EXECUTE ON FUNCTION slug(text) FROM PUBLIC;
