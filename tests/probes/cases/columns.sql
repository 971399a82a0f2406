== column.type an integer becomes a bigint
CREATE TABLE $n.t (a int, b int);
--
--
ALTER TABLE $n.t ALTER a TYPE bigint;
== column.type a varchar has another length
CREATE TABLE $n.t (id int);
--
ALTER TABLE $n.t ADD v varchar(10);
--
ALTER TABLE $n.t ADD v varchar(20);
== column.type a varchar loses its length
CREATE TABLE $n.t (id int);
--
ALTER TABLE $n.t ADD v varchar(10);
--
ALTER TABLE $n.t ADD v varchar;
== column.type a numeric has another precision
CREATE TABLE $n.t (id int);
--
ALTER TABLE $n.t ADD v numeric(10,2);
--
ALTER TABLE $n.t ADD v numeric(12,4);
== column.type a timestamp gets its zone
CREATE TABLE $n.t (id int);
--
ALTER TABLE $n.t ADD v timestamp(3);
--
ALTER TABLE $n.t ADD v timestamptz(6);
== column.type text becomes an integer
CREATE TABLE $n.t (id int);
--
ALTER TABLE $n.t ADD v text;
--
ALTER TABLE $n.t ADD v int;
== column.type text becomes a uuid
CREATE TABLE $n.t (id int);
--
ALTER TABLE $n.t ADD v text DEFAULT 'x';
--
ALTER TABLE $n.t ADD v uuid DEFAULT gen_random_uuid();
== column.type a scalar becomes an array
CREATE TABLE $n.t (id int);
--
ALTER TABLE $n.t ADD v text;
--
ALTER TABLE $n.t ADD v text[];
== column.type a scalar with a default becomes an array with a default
CREATE TABLE $n.t (id int);
--
ALTER TABLE $n.t ADD v int NOT NULL DEFAULT 3;
--
ALTER TABLE $n.t ADD v int[] NOT NULL DEFAULT '{3}';
== column.type an array has elements of another type
CREATE TABLE $n.t (id int);
--
ALTER TABLE $n.t ADD v int[];
--
ALTER TABLE $n.t ADD v text[];
== column.type text becomes json
CREATE TABLE $n.t (id int);
--
ALTER TABLE $n.t ADD v text;
--
ALTER TABLE $n.t ADD v jsonb;
== column.type an interval has other fields
CREATE TABLE $n.t (id int);
--
ALTER TABLE $n.t ADD v interval day to second(3);
--
ALTER TABLE $n.t ADD v interval;
== column.type a bit string has another length
CREATE TABLE $n.t (id int);
--
ALTER TABLE $n.t ADD v bit(4);
--
ALTER TABLE $n.t ADD v bit varying(8);
== column.type a boolean becomes an integer
CREATE TABLE $n.t (id int);
--
ALTER TABLE $n.t ADD v boolean DEFAULT false;
--
ALTER TABLE $n.t ADD v int DEFAULT 0;
== column.type text becomes an enum
CREATE TYPE $n.e AS ENUM ('a', 'b'); CREATE TABLE $n.t (id int);
--
ALTER TABLE $n.t ADD v text DEFAULT 'a';
--
ALTER TABLE $n.t ADD v $n.e DEFAULT 'a';
== column.type one enum becomes another
CREATE TYPE $n.e AS ENUM ('a', 'b'); CREATE TYPE $n.f AS ENUM ('a', 'b', 'c'); CREATE TABLE $n.t (id int);
--
ALTER TABLE $n.t ADD v $n.e DEFAULT 'a';
--
ALTER TABLE $n.t ADD v $n.f DEFAULT 'b';
== column.type a base type becomes a domain over it
CREATE DOMAIN $n.d AS text CHECK (value <> ''); CREATE TABLE $n.t (id int);
--
ALTER TABLE $n.t ADD v text;
--
ALTER TABLE $n.t ADD v $n.d;
== column.type text becomes a composite
CREATE TYPE $n.c AS (x int, y int); CREATE TABLE $n.t (id int);
--
ALTER TABLE $n.t ADD v text;
--
ALTER TABLE $n.t ADD v $n.c;
== column.type the type changes under an index, a check and a view
CREATE TABLE $n.t (id int);
--
ALTER TABLE $n.t ADD v int; CREATE INDEX i ON $n.t (v); ALTER TABLE $n.t ADD CONSTRAINT pos CHECK (v > 0); CREATE VIEW $n.w AS SELECT v FROM $n.t;
--
ALTER TABLE $n.t ADD v bigint; CREATE INDEX i ON $n.t (v); ALTER TABLE $n.t ADD CONSTRAINT pos CHECK (v > 0); CREATE VIEW $n.w AS SELECT v FROM $n.t;
== column.type the type changes under a foreign key and its target
CREATE SCHEMA $n_x;
--
CREATE TABLE $n.p (id int PRIMARY KEY); CREATE TABLE $n.c (p int REFERENCES $n.p);
--
CREATE TABLE $n.p (id bigint PRIMARY KEY); CREATE TABLE $n.c (p bigint REFERENCES $n.p);
== column.type the type changes under a generated column
CREATE SCHEMA $n_x;
--
CREATE TABLE $n.t (a int, b int GENERATED ALWAYS AS (a * 2) STORED);
--
CREATE TABLE $n.t (a bigint, b bigint GENERATED ALWAYS AS (a * 2) STORED);
== column.type the type changes under a policy and a trigger's condition
CREATE FUNCTION $n.f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END';
--
CREATE TABLE $n.t (a int); CREATE POLICY p ON $n.t USING (a > 3); CREATE TRIGGER g BEFORE UPDATE ON $n.t FOR EACH ROW WHEN (new.a > 3) EXECUTE FUNCTION $n.f();
--
CREATE TABLE $n.t (a bigint); CREATE POLICY p ON $n.t USING (a > 3); CREATE TRIGGER g BEFORE UPDATE ON $n.t FOR EACH ROW WHEN (new.a > 3) EXECUTE FUNCTION $n.f();
== column.type the type of a partitioned table's column
CREATE SCHEMA $n_x;
--
CREATE TABLE $n.t (k int, v int) PARTITION BY RANGE (k); CREATE TABLE $n.t1 PARTITION OF $n.t FOR VALUES FROM (1) TO (5);
--
CREATE TABLE $n.t (k int, v bigint) PARTITION BY RANGE (k); CREATE TABLE $n.t1 PARTITION OF $n.t FOR VALUES FROM (1) TO (5);
== column.type the type of a partition key
CREATE SCHEMA $n_x;
--
CREATE TABLE $n.t (k int, v int) PARTITION BY RANGE (k); CREATE TABLE $n.t1 PARTITION OF $n.t FOR VALUES FROM (1) TO (5);
--
CREATE TABLE $n.t (k bigint, v int) PARTITION BY RANGE (k); CREATE TABLE $n.t1 PARTITION OF $n.t FOR VALUES FROM (1) TO (5);
== column.default another default
CREATE TABLE $n.t (id int);
--
ALTER TABLE $n.t ADD v int DEFAULT 1;
--
ALTER TABLE $n.t ADD v int DEFAULT 2;
== column.default a default comes
CREATE TABLE $n.t (id int, v text);
--
--
ALTER TABLE $n.t ALTER v SET DEFAULT 'it''s \x $$ here';
== routine.result a default calls a function of ours
CREATE TABLE $n.t (id int, v int);
--
CREATE FUNCTION $n.f() RETURNS int LANGUAGE sql AS 'SELECT 1'; ALTER TABLE $n.t ALTER v SET DEFAULT $n.f();
--
CREATE FUNCTION $n.f() RETURNS bigint LANGUAGE sql AS 'SELECT 1::bigint'; ALTER TABLE $n.t ALTER v SET DEFAULT $n.f();
== column.default a default draws from a sequence
CREATE SEQUENCE $n.s; CREATE TABLE $n.t (id int);
--
--
ALTER TABLE $n.t ALTER id SET DEFAULT nextval('$n.s');
== column.default the default of an inherited column
CREATE TABLE $n.p (a int DEFAULT 1);
--
CREATE TABLE $n.c () INHERITS ($n.p);
--
CREATE TABLE $n.c () INHERITS ($n.p); ALTER TABLE $n.c ALTER a SET DEFAULT 7;
== column.default the default of a partition's column
CREATE TABLE $n.p (a int DEFAULT 1, b int) PARTITION BY RANGE (a);
--
CREATE TABLE $n.c PARTITION OF $n.p FOR VALUES FROM (1) TO (2);
--
CREATE TABLE $n.c PARTITION OF $n.p FOR VALUES FROM (1) TO (2); ALTER TABLE $n.c ALTER a SET DEFAULT 7;
== column.default a default is dropped in the child alone
CREATE TABLE $n.p (a int DEFAULT 1); CREATE TABLE $n.c () INHERITS ($n.p);
--
--
ALTER TABLE ONLY $n.c ALTER a DROP DEFAULT;
== column.not_null a column must not be null
CREATE TABLE $n.t (a int, b int);
--
--
ALTER TABLE $n.t ALTER a SET NOT NULL;
== column.not_null a column of a parent must not be null
CREATE TABLE $n.t (a int, b int); CREATE TABLE $n.c () INHERITS ($n.t);
--
--
ALTER TABLE $n.t ALTER a SET NOT NULL;
== column.not_null a column of the child alone must not be null
CREATE TABLE $n.t (a int, b int); CREATE TABLE $n.c () INHERITS ($n.t);
--
--
ALTER TABLE $n.c ALTER a SET NOT NULL;
== column.not_null a column of a partition alone must not be null
CREATE TABLE $n.t (a int, b int) PARTITION BY LIST (b); CREATE TABLE $n.c PARTITION OF $n.t FOR VALUES IN (1);
--
--
ALTER TABLE $n.c ALTER a SET NOT NULL;
== column.not_null a column of a partitioned table must not be null
CREATE TABLE $n.t (a int, b int) PARTITION BY LIST (b); CREATE TABLE $n.c PARTITION OF $n.t FOR VALUES IN (1);
--
--
ALTER TABLE $n.t ALTER a SET NOT NULL;
== column.identity_mode an identity comes
CREATE TABLE $n.t (a int NOT NULL, b int);
--
--
ALTER TABLE $n.t ALTER a ADD GENERATED ALWAYS AS IDENTITY;
== column.identity_mode always becomes by default
CREATE TABLE $n.t (b int);
--
ALTER TABLE $n.t ADD a int GENERATED ALWAYS AS IDENTITY;
--
ALTER TABLE $n.t ADD a int GENERATED BY DEFAULT AS IDENTITY;
== column.identity_mode a serial becomes an identity
CREATE TABLE $n.t (b int);
--
ALTER TABLE $n.t ADD a serial;
--
ALTER TABLE $n.t ADD a int GENERATED BY DEFAULT AS IDENTITY;
== column.type, sequence.type an identity of another type
CREATE TABLE $n.t (b int);
--
ALTER TABLE $n.t ADD a int GENERATED BY DEFAULT AS IDENTITY;
--
ALTER TABLE $n.t ADD a bigint GENERATED BY DEFAULT AS IDENTITY;
== sequence.increment an identity counts in other steps
CREATE TABLE $n.t (b int);
--
ALTER TABLE $n.t ADD a int GENERATED BY DEFAULT AS IDENTITY;
--
ALTER TABLE $n.t ADD a int GENERATED BY DEFAULT AS IDENTITY (INCREMENT BY 5);
== sequence.start an identity starts elsewhere
CREATE TABLE $n.t (b int);
--
ALTER TABLE $n.t ADD a int GENERATED BY DEFAULT AS IDENTITY;
--
ALTER TABLE $n.t ADD a int GENERATED BY DEFAULT AS IDENTITY (START WITH 100);
== sequence.minimum, sequence.maximum an identity has other bounds
CREATE TABLE $n.t (b int);
--
ALTER TABLE $n.t ADD a int GENERATED BY DEFAULT AS IDENTITY;
--
ALTER TABLE $n.t ADD a int GENERATED BY DEFAULT AS IDENTITY (MINVALUE 0 MAXVALUE 999 START 5);
== sequence.cache, sequence.cycle an identity caches and cycles
CREATE TABLE $n.t (b int);
--
ALTER TABLE $n.t ADD a int GENERATED BY DEFAULT AS IDENTITY;
--
ALTER TABLE $n.t ADD a int GENERATED BY DEFAULT AS IDENTITY (CACHE 20 CYCLE);
== sequence.name an identity's sequence has a name of its own
CREATE TABLE $n.t (b int);
--
ALTER TABLE $n.t ADD a int GENERATED BY DEFAULT AS IDENTITY;
--
ALTER TABLE $n.t ADD a int GENERATED BY DEFAULT AS IDENTITY (SEQUENCE NAME $n.mine);
== sequence.increment an identity counts down
CREATE TABLE $n.t (b int);
--
ALTER TABLE $n.t ADD a int GENERATED ALWAYS AS IDENTITY;
--
ALTER TABLE $n.t ADD a int GENERATED ALWAYS AS IDENTITY (INCREMENT BY -1 START WITH -1 MINVALUE -1000 MAXVALUE -1);
== column.generated a stored expression comes
CREATE TABLE $n.t (a int);
--
ALTER TABLE $n.t ADD b int;
--
ALTER TABLE $n.t ADD b int GENERATED ALWAYS AS (a + 1) STORED;
== column.default a stored expression is another
CREATE TABLE $n.t (a int);
--
ALTER TABLE $n.t ADD b int GENERATED ALWAYS AS (a + 1) STORED;
--
ALTER TABLE $n.t ADD b int GENERATED ALWAYS AS (a + 2) STORED;
== column.generated a default becomes an expression
CREATE TABLE $n.t (a int);
--
ALTER TABLE $n.t ADD b int DEFAULT 4;
--
ALTER TABLE $n.t ADD b int GENERATED ALWAYS AS (a + 2) STORED;
== column.generated [18+] a virtual expression comes
CREATE TABLE $n.t (a int);
--
ALTER TABLE $n.t ADD b int;
--
ALTER TABLE $n.t ADD b int GENERATED ALWAYS AS (a + 1) VIRTUAL;
== column.generated [18+] a virtual expression becomes stored
CREATE TABLE $n.t (a int);
--
ALTER TABLE $n.t ADD b int GENERATED ALWAYS AS (a + 1) VIRTUAL;
--
ALTER TABLE $n.t ADD b int GENERATED ALWAYS AS (a + 1) STORED;
== column.default [18+] a virtual expression is another
CREATE TABLE $n.t (a int);
--
ALTER TABLE $n.t ADD b int GENERATED ALWAYS AS (a + 1) VIRTUAL;
--
ALTER TABLE $n.t ADD b int GENERATED ALWAYS AS (a + 2) VIRTUAL;
== column.not_null [18+] a virtual column must not be null
CREATE TABLE $n.t (a int);
--
ALTER TABLE $n.t ADD b int GENERATED ALWAYS AS (a + 1) VIRTUAL;
--
ALTER TABLE $n.t ADD b int GENERATED ALWAYS AS (a + 1) VIRTUAL NOT NULL;
== column.type [18+] a virtual column is of another type
CREATE TABLE $n.t (a int);
--
ALTER TABLE $n.t ADD b int GENERATED ALWAYS AS (a + 1) VIRTUAL;
--
ALTER TABLE $n.t ADD b bigint GENERATED ALWAYS AS (a + 1) VIRTUAL;
== column.generated a generated column under an index and a view
CREATE TABLE $n.t (a int);
--
ALTER TABLE $n.t ADD b int; CREATE INDEX i ON $n.t (b); CREATE VIEW $n.w AS SELECT b FROM $n.t;
--
ALTER TABLE $n.t ADD b int GENERATED ALWAYS AS (a + 1) STORED; CREATE INDEX i ON $n.t (b); CREATE VIEW $n.w AS SELECT b FROM $n.t;
== column.default [16+] a partition's generated expression is its own
CREATE TABLE $n.t (k int, a int, b int GENERATED ALWAYS AS (a + 1) STORED) PARTITION BY LIST (k);
--
CREATE TABLE $n.t1 (k int, a int, b int GENERATED ALWAYS AS (a + 1) STORED); ALTER TABLE $n.t ATTACH PARTITION $n.t1 FOR VALUES IN (1);
--
CREATE TABLE $n.t1 (k int, a int, b int GENERATED ALWAYS AS (a + 2) STORED); ALTER TABLE $n.t ATTACH PARTITION $n.t1 FOR VALUES IN (1);
== column.collation another collation
CREATE TABLE $n.t (id int);
--
ALTER TABLE $n.t ADD v text;
--
ALTER TABLE $n.t ADD v text COLLATE "C";
== column.collation a collation of our own
CREATE COLLATION $n.co (locale = 'C'); CREATE TABLE $n.t (id int);
--
ALTER TABLE $n.t ADD v text COLLATE "POSIX";
--
ALTER TABLE $n.t ADD v text COLLATE $n.co;
== column.storage stored externally
CREATE TABLE $n.t (v text, w jsonb);
--
--
ALTER TABLE $n.t ALTER v SET STORAGE EXTERNAL, ALTER w SET STORAGE MAIN;
== column.storage stored plainly
CREATE TABLE $n.t (v text);
--
ALTER TABLE $n.t ALTER v SET STORAGE EXTERNAL;
--
ALTER TABLE $n.t ALTER v SET STORAGE PLAIN;
== column.storage a type that is no longer toasted differently
CREATE TABLE $n.t (id int);
--
ALTER TABLE $n.t ADD v text; ALTER TABLE $n.t ALTER v SET STORAGE EXTERNAL;
--
ALTER TABLE $n.t ADD v jsonb; ALTER TABLE $n.t ALTER v SET STORAGE MAIN;
== column.compression compressed by pglz
CREATE TABLE $n.t (v text);
--
--
ALTER TABLE $n.t ALTER v SET COMPRESSION pglz;
== column.statistics_target a statistics target
CREATE TABLE $n.t (v text);
--
--
ALTER TABLE $n.t ALTER v SET STATISTICS 321;
== column.statistics_target no statistics at all
CREATE TABLE $n.t (v text);
--
ALTER TABLE $n.t ALTER v SET STATISTICS 10;
--
ALTER TABLE $n.t ALTER v SET STATISTICS 0;
== column.options n_distinct is set
CREATE TABLE $n.t (v text);
--
--
ALTER TABLE $n.t ALTER v SET (n_distinct = -0.5, n_distinct_inherited = 100);
== column.options n_distinct is another
CREATE TABLE $n.t (v text);
--
ALTER TABLE $n.t ALTER v SET (n_distinct_inherited = 100);
--
ALTER TABLE $n.t ALTER v SET (n_distinct = -0.5);
== column.* a column comes
CREATE TABLE $n.t (a int);
--
--
ALTER TABLE $n.t ADD b text NOT NULL DEFAULT 'x' COLLATE "C";
== column.* a column with everything comes
CREATE TABLE $n.t (a int);
--
--
ALTER TABLE $n.t ADD b varchar(40) COLLATE "C" DEFAULT 'x' NOT NULL, ALTER b SET STORAGE EXTERNAL, ALTER b SET STATISTICS 5, ALTER b SET (n_distinct = 4); COMMENT ON COLUMN $n.t.b IS 'all';
== column.local a child repeats its parent's column
CREATE TABLE $n.p (a int);
--
CREATE TABLE $n.c (b int) INHERITS ($n.p);
--
CREATE TABLE $n.c (a int, b int) INHERITS ($n.p);
== column.* a parent gets a column its children have
CREATE TABLE $n.p (a int); CREATE TABLE $n.c () INHERITS ($n.p);
--
ALTER TABLE $n.p ADD b int;
--
ALTER TABLE ONLY $n.c ADD b int;
== column.* a partitioned table gets a column
CREATE TABLE $n.p (a int) PARTITION BY HASH (a); CREATE TABLE $n.c PARTITION OF $n.p FOR VALUES WITH (MODULUS 1, REMAINDER 0);
--
--
ALTER TABLE $n.p ADD b int NOT NULL DEFAULT 4;
== column.* a column goes from under a view
CREATE TABLE $n.t (a int);
--
ALTER TABLE $n.t ADD b int; CREATE VIEW $n.v AS SELECT * FROM $n.t;
--
CREATE VIEW $n.v AS SELECT * FROM $n.t;
== column.statistics_target, column.options, column.storage a partition's column has settings of its own
CREATE TABLE $n.t (a int, v text) PARTITION BY LIST (a); CREATE TABLE $n.t1 PARTITION OF $n.t FOR VALUES IN (1);
--
--
ALTER TABLE $n.t1 ALTER v SET STATISTICS 77, ALTER v SET STORAGE EXTERNAL, ALTER v SET (n_distinct = 5);
== column.default a serial column of a partitioned table
CREATE TABLE $n.t (a int, v int) PARTITION BY LIST (a); CREATE TABLE $n.t1 PARTITION OF $n.t FOR VALUES IN (1);
--
--
CREATE SEQUENCE $n.s OWNED BY $n.t.v; ALTER TABLE $n.t ALTER v SET DEFAULT nextval('$n.s');
== column.identity_mode [17+] an identity of a partitioned table
CREATE TABLE $n.t (a int, v int NOT NULL) PARTITION BY LIST (a); CREATE TABLE $n.t1 PARTITION OF $n.t FOR VALUES IN (1);
--
--
ALTER TABLE $n.t ALTER v ADD GENERATED BY DEFAULT AS IDENTITY (START WITH 10);
== column.type a column of a domain over an array
CREATE DOMAIN $n.d AS int[] CHECK (cardinality(value) > 0); CREATE TABLE $n.t (id int);
--
ALTER TABLE $n.t ADD v int[] DEFAULT '{1}';
--
ALTER TABLE $n.t ADD v $n.d DEFAULT '{1}';
== sequence.name the renamed sequence of an identity has a comment and counts otherwise
CREATE TABLE $n.t (b int);
--
ALTER TABLE $n.t ADD a int GENERATED ALWAYS AS IDENTITY; COMMENT ON SEQUENCE $n.t_a_seq IS 'ours';
--
ALTER TABLE $n.t ADD a int GENERATED ALWAYS AS IDENTITY (SEQUENCE NAME $n.mine INCREMENT BY 7 CACHE 3);
== column.type the type of a list's key, under a view and a policy
CREATE SCHEMA $n_x;
--
CREATE TABLE $n.t (k text, v int) PARTITION BY LIST (k); CREATE TABLE $n.t1 PARTITION OF $n.t FOR VALUES IN ('a'); CREATE VIEW $n.w AS SELECT k FROM $n.t; ALTER TABLE $n.t ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON $n.t USING (v > 3);
--
CREATE TABLE $n.t (k varchar(9), v int) PARTITION BY LIST (k); CREATE TABLE $n.t1 PARTITION OF $n.t FOR VALUES IN ('a'); CREATE VIEW $n.w AS SELECT k FROM $n.t; ALTER TABLE $n.t ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON $n.t USING (v > 3);
== column.type the type of a key of partitions of partitions
CREATE SCHEMA $n_x;
--
CREATE TABLE $n.t (k int, v int, PRIMARY KEY (k)) PARTITION BY RANGE (k); CREATE TABLE $n.t1 PARTITION OF $n.t FOR VALUES FROM (1) TO (9) PARTITION BY HASH (k); CREATE TABLE $n.t11 PARTITION OF $n.t1 FOR VALUES WITH (MODULUS 1, REMAINDER 0);
--
CREATE TABLE $n.t (k bigint, v int, PRIMARY KEY (k)) PARTITION BY RANGE (k); CREATE TABLE $n.t1 PARTITION OF $n.t FOR VALUES FROM (1) TO (9) PARTITION BY HASH (k); CREATE TABLE $n.t11 PARTITION OF $n.t1 FOR VALUES WITH (MODULUS 1, REMAINDER 0);
