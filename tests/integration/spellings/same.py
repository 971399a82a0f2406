"""Spellings of one schema: what stands under one name must have one shape. Each runs in a namespace of its own."""

# ruff: noqa: E501  # SQL reads better on one line

from __future__ import annotations

SAME: dict[str, tuple[str, ...]] = {
    "serial is a sequence, a default and an owner": (
        "CREATE TABLE t (id serial PRIMARY KEY)",
        """CREATE SEQUENCE t_id_seq AS integer;
        CREATE TABLE t (id integer DEFAULT nextval('t_id_seq') NOT NULL, CONSTRAINT t_pkey PRIMARY KEY (id));
        ALTER SEQUENCE t_id_seq OWNED BY t.id""",
        """CREATE TABLE t (id integer NOT NULL);
        CREATE SEQUENCE t_id_seq AS integer START WITH 1 INCREMENT BY 1 NO MINVALUE NO MAXVALUE CACHE 1;
        ALTER SEQUENCE t_id_seq OWNED BY t.id;
        ALTER TABLE ONLY t ALTER COLUMN id SET DEFAULT nextval('t_id_seq'::regclass);
        ALTER TABLE ONLY t ADD CONSTRAINT t_pkey PRIMARY KEY (id)""",
    ),
    "bigserial and smallserial too": (
        "CREATE TABLE t (a bigserial, b smallserial)",
        "CREATE TABLE t (a serial8, b serial2)",
        """CREATE TABLE t (a int8 NOT NULL, b int2 NOT NULL);
        CREATE SEQUENCE t_a_seq OWNED BY t.a; CREATE SEQUENCE t_b_seq AS int2 MAXVALUE 32767 OWNED BY t.b;
        ALTER TABLE t ALTER a SET DEFAULT nextval('t_a_seq'::text::regclass::text::regclass);
        ALTER TABLE t ALTER a SET DEFAULT nextval('t_a_seq'), ALTER b SET DEFAULT nextval('t_b_seq')""",
    ),
    "numbers have aliases": (
        "CREATE TABLE t (a int, b bigint, c smallint, d decimal(6), e dec(6, 2), f float, g real, h numeric)",
        "CREATE TABLE t (a integer, b int8, c int2, d numeric(6, 0), e numeric(6,2), f float8, g float4, h decimal)",
        (
            "CREATE TABLE t (a int4, b bigint, c smallint, d numeric(6), e decimal(6, 2), f double precision, g float(24), "
            "h pg_catalog.numeric)"
        ),
    ),
    "text has aliases": (
        "CREATE TABLE t (a varchar(9), b char(3), c char, d varchar, e national character varying(5), f bit, g varbit(4))",
        (
            "CREATE TABLE t (a character varying(9), b character(3), c bpchar(1), d character varying, e varchar(5), "
            "f bit(1), g bit varying(4))"
        ),
        (
            "CREATE TABLE t (a char varying(9), b bpchar(3), c character(1), d pg_catalog.varchar, e nchar varying(5), "
            "f bit(1), g pg_catalog.varbit(4))"
        ),
    ),
    "times have aliases": (
        "CREATE TABLE t (a timestamptz, b timestamp, c timetz(3), d time, e timestamptz(3), f interval second(2))",
        (
            "CREATE TABLE t (a timestamp with time zone, b timestamp without time zone, c time(3) with time zone, "
            "d time without time zone, e timestamp(3) with time zone, f interval second (2))"
        ),
    ),
    "arrays have no bounds": (
        "CREATE TABLE t (a int[], b text[], c varchar(3)[])",
        "CREATE TABLE t (a integer ARRAY, b text[4][4], c character varying(3) ARRAY[7])",
        "CREATE TABLE t (a _int4, b _text, c varchar(3)[][])",
    ),
    "names are lower case unless quoted": (
        'CREATE TABLE T ("id" int, NAME text)',
        'CREATE TABLE "t" (ID int, "name" text)',
    ),
    "membership of a list is equality with one of an array": (
        "CREATE TABLE t (a int CHECK (a IN (1, 2, 3)), b text CHECK (b NOT IN ('x', 'y')))",
        "CREATE TABLE t (a int CHECK (a = ANY (ARRAY[1, 2, 3])), b text CHECK (b <> ALL (ARRAY['x', 'y'])))",
        "CREATE TABLE t (a int CHECK (((a) = ANY (ARRAY[(1), 2, 3]))), b text CHECK ((b <> ALL (ARRAY['x'::text, 'y'::text]))))",
    ),
    "membership of varchar is spelt anew by every restore": (
        "CREATE TABLE t (a varchar(9) CHECK (a IN ('x', 'y')))",
        (
            "CREATE TABLE t (a varchar(9), CONSTRAINT t_a_check "
            "CHECK ((((a)::text = ANY ((ARRAY['x'::character varying, 'y'::character varying])::text[])))))"
        ),
        (
            "CREATE TABLE t (a varchar(9), CONSTRAINT t_a_check "
            "CHECK (((a)::text = ANY (ARRAY[('x'::character varying)::text, ('y'::character varying)::text]))))"
        ),
    ),
    "one element is no list": (
        "CREATE TABLE t (a int CHECK (a IN (1)))",
        "CREATE TABLE t (a int CHECK (a = 1))",
    ),
    "between is two comparisons": (
        "CREATE TABLE t (a int CHECK (a BETWEEN 1 AND 9))",
        "CREATE TABLE t (a int CHECK (a >= 1 AND a <= 9))",
        "CREATE TABLE t (a int CHECK ((((a >= 1)) AND (a <= 9))))",
    ),
    "operators and functions have two notations": (
        "CREATE TABLE t (a int, b text, CHECK (a != 3 AND b LIKE 'x%' AND CAST(a AS text) <> b AND b !~~ 'y'))",
        "CREATE TABLE t (a int, b text, CHECK (a <> 3 AND b ~~ 'x%' AND a::text != b AND b NOT LIKE 'y'))",
        (
            "CREATE TABLE t (a int, b text, CHECK ((a OPERATOR(pg_catalog.<>) 3) AND ((b ~~ 'x%'::text)) AND (((a)::text <> b)) "
            "AND (b !~~ 'y'::text)))"
        ),
    ),
    "constants are read when they are written": (
        "CREATE TABLE t (a bool DEFAULT 't', b bool DEFAULT 'no', c int DEFAULT '7', d text DEFAULT 'x', e int DEFAULT -1)",
        (
            "CREATE TABLE t (a bool DEFAULT true, b bool DEFAULT FALSE, c int DEFAULT 7, d text DEFAULT 'x'::text, "
            "e int DEFAULT '-1'::integer)"
        ),
        (
            "CREATE TABLE t (a boolean DEFAULT 'yes'::bool, b bool DEFAULT CAST('off' AS bool), c int DEFAULT (7), "
            "d text DEFAULT ('x'), e int DEFAULT (-1))"
        ),
    ),
    "a literal's type may be in front or behind": (
        (
            "CREATE TABLE t (a date DEFAULT date '2024-1-2', b interval DEFAULT interval '1 month 2 hours', c time DEFAULT '1:02', "
            "d timestamp DEFAULT '2024-01-02T03:04', e varchar(3) DEFAULT varchar 'x', f interval DEFAULT '1 day')"
        ),
        (
            "CREATE TABLE t (a date DEFAULT '2024-01-02'::date, b interval DEFAULT '1 mon 02:00:00'::interval, "
            "c time DEFAULT '01:02:00', d timestamp DEFAULT 'Jan 2 2024 3:04', e varchar(3) DEFAULT 'x'::character varying, "
            "f interval DEFAULT '@ 1 day')"
        ),
    ),
    "an instant is one in every time zone": (
        "CREATE TABLE t (a timestamptz DEFAULT '2024-01-01 00:00:00+00')",
        "CREATE TABLE t (a timestamptz DEFAULT '2024-01-01 02:00:00+02')",
        "SET timezone = 'Asia/Tokyo'; CREATE TABLE t (a timestamptz DEFAULT '2024-01-01 09:00:00'); RESET timezone",
    ),
    "date styles only read": (
        "CREATE TABLE t (a date DEFAULT '2024-02-01')",
        "SET datestyle = 'SQL, DMY'; CREATE TABLE t (a date DEFAULT '01/02/2024'); RESET datestyle",
    ),
    "array and document literals are values": (
        """CREATE TABLE t (a int[] DEFAULT '{1,2}', b text[] DEFAULT '{"x","y"}', c jsonb DEFAULT '{"b":1, "a":2}', d text[] DEFAULT '{}')""",
        """CREATE TABLE t (a int[] DEFAULT '{ 1, 2 }'::int[], b text[] DEFAULT '{x,y}', c jsonb DEFAULT '{"a": 2,"b": 1}', d text[] DEFAULT '{ }')""",
    ),
    "the key of a keyword call is a function": (
        "CREATE TABLE t (a timestamptz DEFAULT CURRENT_TIMESTAMP, b text DEFAULT current_user)",
        "CREATE TABLE t (a timestamptz DEFAULT (current_timestamp), b text DEFAULT CURRENT_USER)",
    ),
    "no default is none": (
        "CREATE TABLE t (a int, b text NULL)",
        "CREATE TABLE t (a int DEFAULT NULL, b text)",
        "CREATE TABLE t (a int DEFAULT 3, b text NOT NULL); ALTER TABLE t ALTER a DROP DEFAULT, ALTER b DROP NOT NULL",
    ),
    "a key makes its columns not null": (
        "CREATE TABLE t (a int PRIMARY KEY)",
        "CREATE TABLE t (a int NOT NULL PRIMARY KEY)",
        "CREATE TABLE t (a int, PRIMARY KEY (a))",
        "CREATE TABLE t (a int); ALTER TABLE t ADD PRIMARY KEY (a)",
        (
            "CREATE TABLE t (a int); ALTER TABLE t ALTER a SET NOT NULL; CREATE UNIQUE INDEX i ON t (a); "
            "ALTER TABLE t ADD CONSTRAINT t_pkey PRIMARY KEY USING INDEX i"
        ),
    ),
    "not null has many ways": (
        "CREATE TABLE t (a int NOT NULL)",
        "CREATE TABLE t (a int); ALTER TABLE t ALTER COLUMN a SET NOT NULL",
        "CREATE TABLE t (a int CONSTRAINT t_a_not_null NOT NULL)",
        "CREATE TABLE t (a int, NOT NULL a)",
        "CREATE TABLE t (a int, CONSTRAINT t_a_not_null NOT NULL a)",
        "CREATE TABLE t (a int); ALTER TABLE t ADD NOT NULL a",
        (
            "CREATE TABLE t (a int); ALTER TABLE t ADD CONSTRAINT t_a_not_null NOT NULL a NOT VALID; "
            "ALTER TABLE t VALIDATE CONSTRAINT t_a_not_null"
        ),
    ),
    "constraints that nobody named have names": (
        (
            "CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE t (a int UNIQUE, b int CHECK (b > 0), c int REFERENCES p, "
            "d int4range, CHECK (a < b), UNIQUE (b, c), EXCLUDE USING gist (d WITH &&))"
        ),
        """CREATE TABLE p (id int CONSTRAINT p_pkey PRIMARY KEY);
        CREATE TABLE t (a int, b int, c int, d int4range);
        ALTER TABLE t ADD CONSTRAINT t_b_c_key UNIQUE (b, c), ADD CONSTRAINT t_a_key UNIQUE (a);
        ALTER TABLE t ADD CONSTRAINT t_check CHECK (a < b), ADD CONSTRAINT t_b_check CHECK (b > 0);
        ALTER TABLE t ADD CONSTRAINT t_c_fkey FOREIGN KEY (c) REFERENCES p (id);
        ALTER TABLE t ADD CONSTRAINT t_d_excl EXCLUDE USING gist (d range_ops WITH &&)""",
    ),
    "long automatic names are cut": (
        f"CREATE TABLE {'t' * 60} ({'c' * 50} int UNIQUE NOT NULL, d int CHECK (d > 0)); CREATE INDEX ON {'t' * 60} (d)",
        (
            f"CREATE TABLE {'t' * 60} ({'c' * 50} int, d int); ALTER TABLE {'t' * 60} ALTER {'c' * 50} SET NOT NULL, "
            f"ADD UNIQUE ({'c' * 50}), ADD CHECK (d > 0); CREATE INDEX ON {'t' * 60} USING btree (d)"
        ),
    ),
    "foreign keys have defaults": (
        "CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE t (a int REFERENCES p)",
        (
            "CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE t (a int REFERENCES p (id) MATCH SIMPLE ON DELETE NO ACTION "
            "ON UPDATE NO ACTION NOT DEFERRABLE INITIALLY IMMEDIATE)"
        ),
        (
            "CREATE TABLE t (a int); CREATE TABLE p (id int PRIMARY KEY); "
            "ALTER TABLE t ADD FOREIGN KEY (a) REFERENCES p NOT VALID; ALTER TABLE t VALIDATE CONSTRAINT t_a_fkey"
        ),
    ),
    "deferrability has one meaning": (
        "CREATE TABLE t (a int UNIQUE INITIALLY DEFERRED)",
        "CREATE TABLE t (a int UNIQUE DEFERRABLE INITIALLY DEFERRED)",
    ),
    "indexes have defaults": (
        "CREATE TABLE t (a int, b text); CREATE INDEX ON t (a, b DESC); CREATE INDEX ON t (lower(b)); CREATE UNIQUE INDEX ON t (b)",
        """CREATE TABLE t (a int, b text);
        CREATE INDEX t_a_b_idx ON t USING btree (a int4_ops ASC NULLS LAST, b COLLATE "default" text_ops DESC NULLS FIRST);
        CREATE UNIQUE INDEX t_b_idx ON ONLY t (b) NULLS DISTINCT;
        CREATE INDEX t_lower_idx ON t ((lower(b)))""",
    ),
    "index predicates and expressions have parentheses": (
        "CREATE TABLE t (a int, b text); CREATE INDEX i ON t ((a + 1), (b || 'x')) WHERE a > 0 AND b IS NOT NULL",
        "CREATE TABLE t (a int, b text); CREATE INDEX i ON t (((a + 1)), ((b || 'x'::text))) WHERE (((a > 0)) AND (b IS NOT NULL))",
    ),
    "identity has defaults": (
        "CREATE TABLE t (a int GENERATED ALWAYS AS IDENTITY, b bigint GENERATED BY DEFAULT AS IDENTITY)",
        """CREATE TABLE t (a int NOT NULL GENERATED ALWAYS AS IDENTITY (SEQUENCE NAME t_a_seq START WITH 1 INCREMENT BY 1
        MINVALUE 1 MAXVALUE 2147483647 CACHE 1 NO CYCLE), b bigint NOT NULL);
        ALTER TABLE t ALTER b ADD GENERATED BY DEFAULT AS IDENTITY (NO MINVALUE NO MAXVALUE)""",
    ),
    "sequences have defaults": (
        "CREATE SEQUENCE s; CREATE SEQUENCE d INCREMENT -1; CREATE SEQUENCE i AS int",
        (
            "CREATE SEQUENCE s AS bigint INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1 NO CYCLE "
            "OWNED BY NONE; CREATE SEQUENCE d INCREMENT -1 MAXVALUE -1 MINVALUE -9223372036854775808 START -1; "
            "CREATE SEQUENCE i AS integer NO MAXVALUE"
        ),
    ),
    "used sequences are the same": (
        "CREATE SEQUENCE s START 5",
        "CREATE SEQUENCE s START 5; SELECT nextval('s'), nextval('s'); SELECT setval('s', 40)",
    ),
    "generated columns": (
        "CREATE TABLE t (a int, b int GENERATED ALWAYS AS (a * 2) STORED, c int GENERATED ALWAYS AS (a + 1))",
        "CREATE TABLE t (a int, b int GENERATED ALWAYS AS ((a * 2)) STORED, c int GENERATED ALWAYS AS ((a) + 1) VIRTUAL)",
    ),
    "columns come in any order, and dropped ones leave gaps": (
        "CREATE TABLE t (a int, b text, c date); CREATE INDEX ON t (b, a)",
        "CREATE TABLE t (c date, x int, b text, a int); ALTER TABLE t DROP x; CREATE INDEX ON t (b, a)",
        "CREATE TABLE t (b text); ALTER TABLE t ADD c date, ADD z int, ADD a int; ALTER TABLE t DROP z; CREATE INDEX ON t (b, a)",
    ),
    "views name every column": (
        "CREATE TABLE t (a int, b text); CREATE VIEW v AS SELECT * FROM t",
        "CREATE TABLE t (a int, b text); CREATE VIEW v AS SELECT a, b FROM t",
        "CREATE TABLE t (a int, b text); CREATE VIEW v (a, b) AS SELECT t.a, t.b FROM t",
        "CREATE TABLE t (a int, b text); CREATE OR REPLACE VIEW v AS TABLE t",
    ),
    "views are spelt by their meaning": (
        (
            "CREATE TABLE t (a int, b text); CREATE VIEW v AS SELECT x.a n, count(*) FROM t x INNER JOIN t y ON x.a=y.a "
            "WHERE x.b IN ('p','q') GROUP BY x.a ORDER BY x.a ASC"
        ),
        (
            "CREATE TABLE t (a int, b text); CREATE VIEW v (n, count) AS\n  -- a comment\n  select X.A, COUNT(*) from T as X join T as Y "
            "on ((X.A = Y.A)) where ((X.B = ANY (ARRAY['p', 'q'::text]))) group by X.A order by X.A nulls last"
        ),
    ),
    "view options": (
        "CREATE TABLE t (a int); CREATE VIEW v WITH (security_barrier) AS SELECT a FROM t WITH CHECK OPTION",
        "CREATE TABLE t (a int); CREATE VIEW v WITH (check_option = 'cascaded', security_barrier = true) AS SELECT a FROM t",
        "CREATE TABLE t (a int); CREATE VIEW v AS SELECT a FROM t; ALTER VIEW v SET (check_option = cascaded, security_barrier)",
    ),
    "materialized views hold no data of the schema": (
        "CREATE MATERIALIZED VIEW m AS SELECT 1 AS a; CREATE UNIQUE INDEX ON m (a)",
        "CREATE MATERIALIZED VIEW m (a) AS SELECT 1 WITH NO DATA; CREATE UNIQUE INDEX m_a_idx ON m (a); REFRESH MATERIALIZED VIEW m",
    ),
    "functions are quoted in many ways": (
        "CREATE FUNCTION f(a int, b text = 'x') RETURNS int LANGUAGE sql IMMUTABLE STRICT AS $$SELECT 'it''s'::text, 1; SELECT a$$",
        (
            "CREATE FUNCTION f(IN a integer, b text DEFAULT 'x'::text) RETURNS integer AS 'SELECT ''it''''s''::text, 1; SELECT a' "
            "RETURNS NULL ON NULL INPUT IMMUTABLE LANGUAGE 'sql' COST 100 SECURITY INVOKER PARALLEL UNSAFE NOT LEAKPROOF"
        ),
        (
            "CREATE OR REPLACE FUNCTION f(a int4, b text DEFAULT 'x') RETURNS int4 STRICT LANGUAGE SQL IMMUTABLE "
            "AS $body$SELECT 'it''s'::text, 1; SELECT a$body$"
        ),
    ),
    "functions have defaults": (
        "CREATE FUNCTION f() RETURNS SETOF int LANGUAGE plpgsql AS $$BEGIN END$$",
        "CREATE FUNCTION f() RETURNS SETOF int VOLATILE CALLED ON NULL INPUT ROWS 1000 COST 100 LANGUAGE plpgsql AS $$BEGIN END$$",
    ),
    "settings of a function": (
        "CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, public SET work_mem = '8MB' AS $$BEGIN END$$",
        (
            'CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql SET search_path TO pg_catalog, "public" AS $$BEGIN END$$; '
            "ALTER FUNCTION f() SET work_mem TO '8MB'"
        ),
    ),
    "functions in standard SQL": (
        "CREATE FUNCTION f(a int) RETURNS int RETURN a + 1",
        "CREATE FUNCTION f(a int) RETURNS int LANGUAGE sql RETURN ((a) + 1)",
    ),
    "triggers": (
        (
            "CREATE TABLE t (a int, b int); CREATE FUNCTION g() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END'; "
            "CREATE TRIGGER x BEFORE INSERT OR UPDATE ON t FOR EACH ROW WHEN (new.a > 0) EXECUTE FUNCTION g(1, 'z'); "
            "CREATE TRIGGER y AFTER DELETE ON t EXECUTE FUNCTION g()"
        ),
        (
            "CREATE TABLE t (b int, a int); CREATE FUNCTION g() RETURNS trigger AS 'BEGIN RETURN new; END' LANGUAGE plpgsql; "
            "CREATE TRIGGER y AFTER DELETE ON t FOR EACH STATEMENT EXECUTE PROCEDURE g(); "
            "CREATE TRIGGER x BEFORE UPDATE OR INSERT ON t FOR ROW WHEN (((NEW.a > 0))) EXECUTE PROCEDURE g('1', z)"
        ),
    ),
    "policies": (
        "CREATE TABLE t (a int); ALTER TABLE t ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON t USING (a > 0)",
        (
            "CREATE TABLE t (a int); CREATE POLICY p ON t AS PERMISSIVE FOR ALL TO public USING (((a > 0))); "
            "ALTER TABLE t ENABLE ROW LEVEL SECURITY, NO FORCE ROW LEVEL SECURITY"
        ),
    ),
    "enums": (
        "CREATE TYPE e AS ENUM ('a', 'b', 'c')",
        "CREATE TYPE e AS ENUM ('b'); ALTER TYPE e ADD VALUE 'a' BEFORE 'b'; ALTER TYPE e ADD VALUE 'c'",
        "CREATE TYPE e AS ENUM ('a', 'x', 'c'); ALTER TYPE e RENAME VALUE 'x' TO 'b'",
    ),
    "domains": (
        "CREATE DOMAIN d AS int NOT NULL DEFAULT 1 CHECK (value > 0)",
        (
            "CREATE DOMAIN d AS integer; ALTER DOMAIN d SET NOT NULL; ALTER DOMAIN d SET DEFAULT '1'; "
            "ALTER DOMAIN d ADD CONSTRAINT d_check CHECK (((VALUE > 0)))"
        ),
    ),
    "composites": (
        "CREATE TYPE c AS (a int, b text)",
        "CREATE TYPE c AS (a integer, x int); ALTER TYPE c DROP ATTRIBUTE x; ALTER TYPE c ADD ATTRIBUTE b pg_catalog.text",
    ),
    "partitions may be made or attached": (
        """CREATE TABLE t (a int NOT NULL, b text DEFAULT 'x', PRIMARY KEY (a)) PARTITION BY RANGE (a);
        CREATE INDEX ON t (b);
        CREATE TABLE t_1 PARTITION OF t FOR VALUES FROM (1) TO (10);
        CREATE TABLE t_d PARTITION OF t DEFAULT""",
        """CREATE TABLE t_1 (b text DEFAULT 'x', a int NOT NULL, CONSTRAINT t_1_pkey PRIMARY KEY (a));
        CREATE TABLE t_d (a int NOT NULL, b text DEFAULT 'x', PRIMARY KEY (a));
        CREATE INDEX t_1_b_idx ON t_1 (b); CREATE INDEX t_d_b_idx ON t_d (b);
        CREATE TABLE t (a int NOT NULL, b text DEFAULT 'x') PARTITION BY RANGE (a);
        ALTER TABLE t ATTACH PARTITION t_1 FOR VALUES FROM ('1') TO (10); ALTER TABLE t ATTACH PARTITION t_d DEFAULT;
        ALTER TABLE ONLY t ADD CONSTRAINT t_pkey PRIMARY KEY (a); CREATE INDEX t_b_idx ON ONLY t USING btree (b);
        ALTER INDEX t_pkey ATTACH PARTITION t_1_pkey; ALTER INDEX t_pkey ATTACH PARTITION t_d_pkey;
        ALTER INDEX t_b_idx ATTACH PARTITION t_1_b_idx; ALTER INDEX t_b_idx ATTACH PARTITION t_d_b_idx""",
    ),
    "partition bounds are values": (
        """CREATE TABLE t (d date) PARTITION BY RANGE (d); CREATE TABLE t_1 PARTITION OF t FOR VALUES FROM ('2024-01-01') TO ('2024-02-01');
        CREATE TABLE u (i timestamptz) PARTITION BY RANGE (i); CREATE TABLE u_1 PARTITION OF u FOR VALUES FROM ('2024-01-01 00:00+00') TO (MAXVALUE);
        CREATE TABLE l (x text) PARTITION BY LIST (x); CREATE TABLE l_1 PARTITION OF l FOR VALUES IN ('a', NULL)""",
        """CREATE TABLE t (d date) PARTITION BY RANGE (d date_ops);
        CREATE TABLE t_1 PARTITION OF t FOR VALUES FROM (date '2024-1-1') TO (('2024-01-31'::date + 1));
        SET timezone = 'America/New_York';
        CREATE TABLE u (i timestamptz) PARTITION BY RANGE (i); CREATE TABLE u_1 PARTITION OF u FOR VALUES FROM ('2023-12-31 19:00:00') TO (MAXVALUE);
        RESET timezone;
        CREATE TABLE l (x text) PARTITION BY LIST ((x)); CREATE TABLE l_1 PARTITION OF l FOR VALUES IN ('a'::text, NULL)""",
    ),
    "hash partitions": (
        "CREATE TABLE t (a int) PARTITION BY HASH (a); CREATE TABLE t_0 PARTITION OF t FOR VALUES WITH (MODULUS 2, REMAINDER 0)",
        "CREATE TABLE t (a int) PARTITION BY HASH (a int4_ops); CREATE TABLE t_0 PARTITION OF t FOR VALUES WITH (remainder 0, modulus 2)",
    ),
    "tables may be like others": (
        (
            "CREATE TABLE t (a int PRIMARY KEY, b text DEFAULT 'x', CHECK (a > 0)); CREATE INDEX ON t (b); "
            "CREATE TABLE u (LIKE t INCLUDING ALL)"
        ),
        (
            "CREATE TABLE t (a int PRIMARY KEY, b text DEFAULT 'x', CHECK (a > 0)); CREATE INDEX ON t (b); "
            "CREATE TABLE u (a int PRIMARY KEY, b text DEFAULT 'x', CONSTRAINT t_a_check CHECK (a > 0)); CREATE INDEX ON u (b)"
        ),
    ),
    "storage that is the type's own": (
        "CREATE TABLE t (a text, b int)",
        (
            "CREATE TABLE t (a text STORAGE EXTENDED COMPRESSION default, b int STORAGE plain); "
            "ALTER TABLE t ALTER a SET STATISTICS -1, SET WITHOUT OIDS, SET LOGGED, REPLICA IDENTITY DEFAULT"
        ),
    ),
    "a collation that is the type's own": (
        "CREATE TABLE t (a text)",
        'CREATE TABLE t (a text COLLATE "default")',
    ),
    "options of a table": (
        "CREATE TABLE t (a text) WITH (fillfactor = 70, autovacuum_enabled = off, toast.autovacuum_enabled = off)",
        "CREATE TABLE t (a text) WITH (toast.autovacuum_enabled = 'off', AUTOVACUUM_ENABLED = off, fillfactor = '70')",
        "CREATE TABLE t (a text); ALTER TABLE t SET (autovacuum_enabled = off); ALTER TABLE t SET (fillfactor = 70, toast.autovacuum_enabled = off)",
    ),
    "cycles and order of statements": (
        (
            "CREATE TABLE a (id int PRIMARY KEY, b int); CREATE TABLE b (id int PRIMARY KEY, a int REFERENCES a); "
            "ALTER TABLE a ADD FOREIGN KEY (b) REFERENCES b"
        ),
        (
            "CREATE TABLE b (id int PRIMARY KEY, a int); CREATE TABLE a (id int PRIMARY KEY, b int REFERENCES b); "
            "ALTER TABLE b ADD FOREIGN KEY (a) REFERENCES a"
        ),
    ),
    "things made and unmade": (
        "CREATE TABLE t (a int)",
        (
            "CREATE TABLE x (a text, b int UNIQUE); ALTER TABLE x RENAME TO t; ALTER TABLE t DROP b; "
            "ALTER TABLE t ALTER a TYPE int USING a::int; CREATE VIEW v AS SELECT 1; DROP VIEW v"
        ),
    ),
    "statistics": (
        "CREATE TABLE t (a int, b int); CREATE STATISTICS s ON a, b FROM t",
        "CREATE TABLE t (a int, b int); CREATE STATISTICS s (mcv, dependencies, ndistinct) ON b, a FROM t",
    ),
    "aggregates and operators": (
        (
            "CREATE AGGREGATE total(int) (sfunc = int4pl, stype = int, initcond = '0'); "
            "CREATE OPERATOR === (leftarg = int, rightarg = int, function = int4eq)"
        ),
        (
            "CREATE AGGREGATE total(integer) (STYPE = int4, SFUNC = pg_catalog.int4pl, INITCOND = 0, PARALLEL = UNSAFE); "
            "CREATE OPERATOR === (PROCEDURE = int4eq, RIGHTARG = int4, LEFTARG = integer)"
        ),
    ),
    "ranges": (
        "CREATE TYPE r AS RANGE (subtype = float8)",
        "CREATE TYPE r AS RANGE (SUBTYPE = double precision, SUBTYPE_OPCLASS = float8_ops, MULTIRANGE_TYPE_NAME = r_multirange)",
    ),
    "rules": (
        "CREATE TABLE t (a int); CREATE RULE r AS ON DELETE TO t WHERE old.a > 0 DO INSTEAD NOTHING",
        "CREATE TABLE t (a int); CREATE OR REPLACE RULE r AS ON DELETE TO t WHERE ((OLD.a > (0))) DO INSTEAD NOTHING",
    ),
    "storage parameters that say yes, no, or the default": (
        (
            "CREATE TABLE t (a int, j jsonb) WITH (autovacuum_enabled = off, fillfactor = 80); CREATE TABLE u (a int); CREATE INDEX i ON t USING gin (j) "
            "WITH (fastupdate = false); CREATE INDEX k ON t (a); CREATE VIEW v WITH (security_barrier = true) AS SELECT a FROM t; CREATE VIEW w AS SELECT a FROM t"
        ),
        (
            "CREATE TABLE t (a int, j jsonb) WITH (autovacuum_enabled = 0, fillfactor = 80); CREATE TABLE u (a int) WITH (fillfactor = 100, autovacuum_enabled); "
            "CREATE INDEX i ON t USING gin (j) WITH (fastupdate = OFF); CREATE INDEX k ON t (a) WITH (fillfactor = 90, deduplicate_items = on); "
            "CREATE VIEW v WITH (security_barrier = on) AS SELECT a FROM t; CREATE VIEW w WITH (security_barrier = no) AS SELECT a FROM t"
        ),
    ),
    "columns of a trigger come in any order": (
        (
            "CREATE TABLE t (a int, \"B c\" int); CREATE FUNCTION g() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END'; "
            'CREATE TRIGGER x BEFORE INSERT OR UPDATE OF a, "B c" ON t FOR EACH ROW WHEN (new.a > 0) EXECUTE FUNCTION g()'
        ),
        (
            "CREATE TABLE t (a int, \"B c\" int); CREATE FUNCTION g() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END'; "
            'CREATE TRIGGER x BEFORE UPDATE OF "B c", a OR INSERT ON t FOR EACH ROW WHEN (new.a > 0) EXECUTE FUNCTION g()'
        ),
    ),
    "bodies may end their lines as Windows does": (
        "CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $$\nBEGIN\n  RETURN 1;\nEND\n$$",
        "CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $$\r\nBEGIN\r\n  RETURN 1;\r\nEND\r\n$$",
    ),
    "what a tracker of complaints says is drift": (
        (
            "CREATE TYPE st AS ENUM ('a', 'b'); CREATE TABLE p (s st NOT NULL DEFAULT 'a', d timestamptz DEFAULT now() + interval '1 day', v tsvector "
            "GENERATED ALWAYS AS (to_tsvector('english', coalesce('x', ''))) STORED, q varchar(20), j jsonb, CHECK (s IN ('a', 'b'))); "
            "CREATE INDEX i ON p (lower(q)); CREATE INDEX k ON p ((j->>'a'), (j->'b'->>'c')) WHERE q IS NOT NULL AND s = 'a'; "
            "CREATE VIEW v AS SELECT CASE s WHEN 'a' THEN 'x' ELSE q END k, d AT TIME ZONE 'UTC' u, NULL n FROM p UNION ALL SELECT 'y', now()::timestamp, 'z'; "
            "CREATE TABLE other (id int PRIMARY KEY); CREATE TABLE late (id int REFERENCES other CHECK (id > 0))"
        ),
        (
            "CREATE TYPE st AS ENUM ('a', 'b'); CREATE TABLE p (s st DEFAULT 'a'::st NOT NULL, d timestamp with time zone DEFAULT (now() + '1 day'::interval), "
            "v tsvector GENERATED ALWAYS AS (to_tsvector('english'::regconfig, COALESCE('x'::text, ''::text))) STORED, q character varying(20), j jsonb, "
            "CONSTRAINT p_s_check CHECK ((s = ANY (ARRAY['a'::st, 'b'::st])))); CREATE INDEX i ON p USING btree (lower((q)::text)); "
            "CREATE INDEX k ON p ((j ->> 'a'::text), (((j -> 'b'::text) ->> 'c'::text))) WHERE ((q IS NOT NULL) AND (s = 'a'::st)); "
            "CREATE VIEW v AS SELECT CASE p.s WHEN 'a'::st THEN 'x'::character varying ELSE p.q END AS k, (p.d AT TIME ZONE 'UTC'::text) AS u, NULL::text AS n "
            "FROM p UNION ALL SELECT 'y'::character varying AS k, (now())::timestamp without time zone AS u, 'z'::text AS n; "
            "CREATE TABLE other (id int CONSTRAINT other_pkey PRIMARY KEY); CREATE TABLE late (id int); "
            "ALTER TABLE late ADD CONSTRAINT late_id_fkey FOREIGN KEY (id) REFERENCES other (id) NOT VALID; ALTER TABLE late VALIDATE CONSTRAINT late_id_fkey; "
            "ALTER TABLE late ADD CONSTRAINT late_id_check CHECK (id > 0) NOT VALID; ALTER TABLE late VALIDATE CONSTRAINT late_id_check"
        ),
    ),
    "comments and white space of scripts": (
        "CREATE TABLE t (a int)",
        "/* a ; */ CREATE  TABLE\n-- b ;\nt\n(\ta\nint /* c /* d */ */ ) ; ;",
    ),
}

WITH_FACETS: dict[str, tuple[str, ...]] = {
    "grants in any order, by parts, and back": (
        "CREATE TABLE t (a int, b int); GRANT SELECT, INSERT ON t TO spelling_a, spelling_b; GRANT UPDATE (a, b) ON t TO spelling_a",
        (
            "CREATE TABLE t (a int, b int); GRANT UPDATE (b) ON t TO spelling_a; GRANT INSERT ON t TO spelling_b; "
            "GRANT DELETE ON t TO spelling_a; GRANT SELECT ON t TO spelling_b, spelling_a; GRANT INSERT ON TABLE t TO spelling_a; "
            "REVOKE DELETE ON t FROM spelling_a; GRANT UPDATE (a) ON t TO spelling_a"
        ),
    ),
    "all privileges have names": (
        "CREATE SEQUENCE s; GRANT ALL ON s TO spelling_a",
        "CREATE SEQUENCE s; GRANT USAGE, UPDATE, SELECT ON SEQUENCE s TO spelling_a",
    ),
    "privileges given back to the default": (
        "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        (
            "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'; REVOKE ALL ON FUNCTION f() FROM PUBLIC; "
            "GRANT EXECUTE ON FUNCTION f() TO PUBLIC"
        ),
    ),
    "a comment taken back is none": (
        "CREATE TABLE t (a int)",
        "CREATE TABLE t (a int); COMMENT ON TABLE t IS 'x'; COMMENT ON TABLE t IS ''; COMMENT ON COLUMN t.a IS NULL",
    ),
}
"""The same, read with owners, privileges and comments."""
