== table.* a table with hostile names
CREATE SCHEMA "$n ""x";
--
--
CREATE TABLE "$n ""x"."a'b\c;--" ("d""e" int DEFAULT 1, "$n:x" text, CHECK ("d""e" > 0));
== table.* a table without columns
CREATE SCHEMA $n_x;
--
--
CREATE TABLE $n.t ();
== table.persistence unlogged
CREATE SCHEMA $n_x;
--
CREATE TABLE $n.t (a int PRIMARY KEY, b serial);
--
CREATE UNLOGGED TABLE $n.t (a int PRIMARY KEY, b serial);
== table.persistence unlogged with an identity
CREATE TABLE $n.t (a int GENERATED ALWAYS AS IDENTITY);
--
--
ALTER TABLE $n.t SET UNLOGGED;
== sequence.persistence [15+] an unlogged sequence
CREATE SEQUENCE $n.s;
--
--
ALTER SEQUENCE $n.s SET UNLOGGED;
== table.persistence two tables with a foreign key become unlogged
CREATE TABLE $n.p (a int PRIMARY KEY); CREATE TABLE $n.c (a int REFERENCES $n.p);
--
--
ALTER TABLE $n.c SET UNLOGGED; ALTER TABLE $n.p SET UNLOGGED;
== table.access_method [15+] another access method
CREATE ACCESS METHOD $n_heap TYPE TABLE HANDLER heap_tableam_handler;
--
CREATE TABLE $n.t (a int);
--
CREATE TABLE $n.t (a int) USING $n_heap;
== table.access_method [17+] the access method of a partitioned table
CREATE ACCESS METHOD $n_heap TYPE TABLE HANDLER heap_tableam_handler;
--
CREATE TABLE $n.t (a int) PARTITION BY LIST (a);
--
CREATE TABLE $n.t (a int) PARTITION BY LIST (a) USING $n_heap;
== table.options a fill factor
CREATE TABLE $n.t (a int);
--
--
ALTER TABLE $n.t SET (fillfactor = 70);
== table.options autovacuum settings
CREATE TABLE $n.t (a int, b text);
--
ALTER TABLE $n.t SET (autovacuum_enabled = false, autovacuum_vacuum_scale_factor = 0.2);
--
ALTER TABLE $n.t SET (autovacuum_vacuum_scale_factor = 0.1, parallel_workers = 3);
== table.options settings of the toast table
CREATE TABLE $n.t (a int, b text);
--
ALTER TABLE $n.t SET (toast.autovacuum_enabled = false, fillfactor = 60);
--
ALTER TABLE $n.t SET (toast.autovacuum_vacuum_threshold = 99);
== table.options user_catalog_table and toast_tuple_target
CREATE TABLE $n.t (a int, b text);
--
--
ALTER TABLE $n.t SET (user_catalog_table = true, toast_tuple_target = 4000, vacuum_truncate = false);
== table.tablespace another tablespace
CREATE TABLE $n.t (a int);
--
--
ALTER TABLE $n.t SET TABLESPACE probe_space;
== table.tablespace the tablespace of a partitioned table
CREATE TABLE $n.t (a int) PARTITION BY LIST (a); CREATE TABLE $n.c PARTITION OF $n.t FOR VALUES IN (1);
--
--
ALTER TABLE $n.t SET TABLESPACE probe_space;
== table.replica_identity full
CREATE TABLE $n.t (a int PRIMARY KEY, b int NOT NULL); CREATE UNIQUE INDEX i ON $n.t (b);
--
ALTER TABLE $n.t REPLICA IDENTITY FULL;
--
ALTER TABLE $n.t REPLICA IDENTITY NOTHING;
== table.replica_identity, index.replica_identity by an index
CREATE TABLE $n.t (a int PRIMARY KEY, b int NOT NULL); CREATE UNIQUE INDEX i ON $n.t (b);
--
--
ALTER TABLE $n.t REPLICA IDENTITY USING INDEX i;
== table.replica_identity, constraint.index_replica_identity by a constraint's index
CREATE TABLE $n.t (a int PRIMARY KEY, b int NOT NULL, CONSTRAINT u UNIQUE (b));
--
ALTER TABLE $n.t REPLICA IDENTITY FULL;
--
ALTER TABLE $n.t REPLICA IDENTITY USING INDEX u;
== table.replica_identity from one index to another
CREATE TABLE $n.t (a int NOT NULL, b int NOT NULL); CREATE UNIQUE INDEX i ON $n.t (b); CREATE UNIQUE INDEX j ON $n.t (a);
--
ALTER TABLE $n.t REPLICA IDENTITY USING INDEX i;
--
ALTER TABLE $n.t REPLICA IDENTITY USING INDEX j;
== table.row_security row security is enabled
CREATE TABLE $n.t (a int);
--
--
ALTER TABLE $n.t ENABLE ROW LEVEL SECURITY;
== table.force_row_security row security is forced
CREATE TABLE $n.t (a int); ALTER TABLE $n.t ENABLE ROW LEVEL SECURITY;
--
--
ALTER TABLE $n.t FORCE ROW LEVEL SECURITY;
== table.force_row_security forced but not enabled
CREATE TABLE $n.t (a int);
--
ALTER TABLE $n.t ENABLE ROW LEVEL SECURITY;
--
ALTER TABLE $n.t FORCE ROW LEVEL SECURITY;
== table.inherits an existing table inherits
CREATE TABLE $n.p (a int); CREATE TABLE $n.c (a int, b int);
--
--
ALTER TABLE $n.c INHERIT $n.p;
== table.inherits an existing table inherits a check and a not null
CREATE TABLE $n.p (a int NOT NULL, CONSTRAINT pos CHECK (a > 0)); CREATE TABLE $n.c (a int NOT NULL, b int, CONSTRAINT pos CHECK (a > 0));
--
--
ALTER TABLE $n.c INHERIT $n.p;
== table.inherits another parent
CREATE TABLE $n.p (a int); CREATE TABLE $n.q (a int);
--
CREATE TABLE $n.c () INHERITS ($n.p);
--
CREATE TABLE $n.c () INHERITS ($n.q);
== table.inherits a second parent
CREATE TABLE $n.p (a int); CREATE TABLE $n.q (b int);
--
CREATE TABLE $n.c (b int) INHERITS ($n.p);
--
CREATE TABLE $n.c (b int) INHERITS ($n.p); ALTER TABLE $n.c INHERIT $n.q;
== table.inherits columns that only the parent declared
CREATE TABLE $n.p (a int, b text DEFAULT 'x');
--
CREATE TABLE $n.c () INHERITS ($n.p);
--
CREATE TABLE $n.c (a int, b text DEFAULT 'x');
== table.inherits grandchildren
CREATE TABLE $n.p (a int);
--
CREATE TABLE $n.c () INHERITS ($n.p); CREATE TABLE $n.g () INHERITS ($n.c);
--
CREATE TABLE $n.c () INHERITS ($n.p); CREATE TABLE $n.g () INHERITS ($n.p);
== table.partition_key a table becomes partitioned
CREATE SCHEMA $n_x;
--
CREATE TABLE $n.t (a int, b text);
--
CREATE TABLE $n.t (a int, b text) PARTITION BY RANGE (a);
== table.partition_key another strategy
CREATE SCHEMA $n_x;
--
CREATE TABLE $n.t (a int, b text) PARTITION BY LIST (a);
--
CREATE TABLE $n.t (a int, b text) PARTITION BY HASH (a);
== table.partition_key by an expression, an operator class and a collation
CREATE SCHEMA $n_x;
--
CREATE TABLE $n.t (a int, b text) PARTITION BY RANGE (b);
--
CREATE TABLE $n.t (a int, b text) PARTITION BY RANGE (lower(b) COLLATE "C" text_pattern_ops, a);
== table.partition_bound a range of another size
CREATE TABLE $n.t (a int, b text) PARTITION BY RANGE (a);
--
CREATE TABLE $n.p PARTITION OF $n.t FOR VALUES FROM (1) TO (5);
--
CREATE TABLE $n.p PARTITION OF $n.t FOR VALUES FROM (1) TO (9);
== table.partition_bound unbounded ranges over two columns
CREATE TABLE $n.t (a int, b text) PARTITION BY RANGE (a, b);
--
CREATE TABLE $n.p PARTITION OF $n.t FOR VALUES FROM (1, MINVALUE) TO (5, MAXVALUE);
--
CREATE TABLE $n.p PARTITION OF $n.t FOR VALUES FROM (MINVALUE, MINVALUE) TO (5, 'x');
== table.partition_bound other values of a list
CREATE TABLE $n.t (a text, b text) PARTITION BY LIST (a);
--
CREATE TABLE $n.p PARTITION OF $n.t FOR VALUES IN ('a', 'b');
--
CREATE TABLE $n.p PARTITION OF $n.t FOR VALUES IN ('a', 'c', NULL);
== table.partition_bound another modulus
CREATE TABLE $n.t (a text, b text) PARTITION BY HASH (a);
--
CREATE TABLE $n.p PARTITION OF $n.t FOR VALUES WITH (MODULUS 2, REMAINDER 0);
--
CREATE TABLE $n.p PARTITION OF $n.t FOR VALUES WITH (MODULUS 4, REMAINDER 1);
== table.partition_bound the default partition
CREATE TABLE $n.t (a text, b text) PARTITION BY LIST (a);
--
CREATE TABLE $n.p PARTITION OF $n.t FOR VALUES IN ('a', 'b');
--
CREATE TABLE $n.p PARTITION OF $n.t DEFAULT;
== table.partition_bound two partitions change places
CREATE TABLE $n.t (a int, b text) PARTITION BY RANGE (a);
--
CREATE TABLE $n.p PARTITION OF $n.t FOR VALUES FROM (1) TO (5); CREATE TABLE $n.q PARTITION OF $n.t FOR VALUES FROM (5) TO (9);
--
CREATE TABLE $n.q PARTITION OF $n.t FOR VALUES FROM (1) TO (5); CREATE TABLE $n.p PARTITION OF $n.t FOR VALUES FROM (5) TO (9);
== table.partition_of an existing table is attached
CREATE TABLE $n.t (a int, b text) PARTITION BY RANGE (a); CREATE TABLE $n.p (a int, b text);
--
--
ALTER TABLE $n.t ATTACH PARTITION $n.p FOR VALUES FROM (1) TO (5);
== table.partition_of a table with a key and an index is attached
CREATE TABLE $n.t (a int PRIMARY KEY, b text) PARTITION BY RANGE (a); CREATE INDEX i ON $n.t (b); CREATE TABLE $n.p (a int PRIMARY KEY, b text); CREATE INDEX pi ON $n.p (b);
--
--
ALTER TABLE $n.t ATTACH PARTITION $n.p FOR VALUES FROM (1) TO (5);
== table.partition_of a partition of another table
CREATE TABLE $n.t (a int, b text) PARTITION BY RANGE (a); CREATE TABLE $n.u (a int, b text) PARTITION BY RANGE (a);
--
CREATE TABLE $n.p PARTITION OF $n.t FOR VALUES FROM (1) TO (5);
--
CREATE TABLE $n.p PARTITION OF $n.u FOR VALUES FROM (1) TO (5);
== table.partition_of a partition of a partition
CREATE TABLE $n.t (a int, b int) PARTITION BY RANGE (a);
--
CREATE TABLE $n.p PARTITION OF $n.t FOR VALUES FROM (1) TO (5) PARTITION BY LIST (b); CREATE TABLE $n.q PARTITION OF $n.p FOR VALUES IN (1);
--
CREATE TABLE $n.p PARTITION OF $n.t FOR VALUES FROM (1) TO (5); CREATE TABLE $n.q (a int, b int);
== table.* a partition comes and goes
CREATE TABLE $n.t (a int PRIMARY KEY, b text DEFAULT 'x') PARTITION BY RANGE (a); CREATE INDEX i ON $n.t (b);
--
--
CREATE TABLE $n.p PARTITION OF $n.t FOR VALUES FROM (1) TO (5);
== table.* a partition with columns in another order
CREATE TABLE $n.t (a int, b text) PARTITION BY RANGE (a);
--
--
CREATE TABLE $n.p (b text, a int, CONSTRAINT own CHECK (b <> '')); ALTER TABLE $n.t ATTACH PARTITION $n.p FOR VALUES FROM (1) TO (5);
== table.of_type a table of a type
CREATE TYPE $n.c AS (x int, y text);
--
CREATE TABLE $n.t (x int, y text);
--
CREATE TABLE $n.t OF $n.c;
== column.default a table of a type with options
CREATE TYPE $n.c AS (x int, y text);
--
CREATE TABLE $n.t OF $n.c;
--
CREATE TABLE $n.t OF $n.c (PRIMARY KEY (x), y WITH OPTIONS DEFAULT 'd' NOT NULL);
== table.replica_identity nothing
CREATE TABLE $n.t (a int);
--
--
ALTER TABLE $n.t REPLICA IDENTITY NOTHING;
== table.row_security row security of a partitioned table
CREATE TABLE $n.t (a int) PARTITION BY LIST (a); CREATE TABLE $n.t1 PARTITION OF $n.t FOR VALUES IN (1);
--
--
ALTER TABLE $n.t ENABLE ROW LEVEL SECURITY; ALTER TABLE $n.t1 FORCE ROW LEVEL SECURITY; CREATE POLICY p ON $n.t1 USING (a > 0);
== table.options, index.options options of a partition
CREATE TABLE $n.t (a int) PARTITION BY LIST (a); CREATE TABLE $n.t1 PARTITION OF $n.t FOR VALUES IN (1); CREATE INDEX i ON $n.t (a);
--
--
ALTER TABLE $n.t1 SET (fillfactor = 60, autovacuum_enabled = false); ALTER INDEX $n.t1_a_idx SET (fillfactor = 70);
== column.default, constraint.* a typed table with a key and settings of its columns
CREATE TYPE $n.c AS (a int, b text);
--
CREATE TABLE $n.t OF $n.c (a PRIMARY KEY);
--
CREATE TABLE $n.t OF $n.c (a WITH OPTIONS NOT NULL DEFAULT 3, b DEFAULT 'x', UNIQUE (a)); ALTER TABLE $n.t ALTER b SET STATISTICS 9;
