== index.* an index comes
CREATE TABLE $n.t (a int, b text);
--
--
CREATE INDEX i ON $n.t (a);
== index.unique a unique index
CREATE TABLE $n.t (a int, b text);
--
CREATE INDEX i ON $n.t (a);
--
CREATE UNIQUE INDEX i ON $n.t (a);
== index.definition [15+] a unique index where nulls are equal
CREATE TABLE $n.t (a int, b text);
--
CREATE UNIQUE INDEX i ON $n.t (a);
--
CREATE UNIQUE INDEX i ON $n.t (a) NULLS NOT DISTINCT;
== index.method another method
CREATE TABLE $n.t (a int, b text);
--
CREATE INDEX i ON $n.t (a);
--
CREATE INDEX i ON $n.t USING hash (a);
== index.columns other columns
CREATE TABLE $n.t (a int, b text);
--
CREATE INDEX i ON $n.t (a);
--
CREATE INDEX i ON $n.t (b, a);
== index.columns an expression
CREATE TABLE $n.t (a int, b text);
--
CREATE INDEX i ON $n.t (b);
--
CREATE INDEX i ON $n.t (lower(b), (a + 1));
== index.definition order and nulls
CREATE TABLE $n.t (a int, b text);
--
CREATE INDEX i ON $n.t (a, b);
--
CREATE INDEX i ON $n.t (a DESC NULLS LAST, b NULLS FIRST);
== index.definition an operator class
CREATE TABLE $n.t (a int, b text);
--
CREATE INDEX i ON $n.t (b);
--
CREATE INDEX i ON $n.t (b text_pattern_ops);
== index.definition parameters of an operator class
CREATE TABLE $n.t (a int, b tsvector);
--
CREATE INDEX i ON $n.t USING gist (b tsvector_ops (siglen = 100));
--
CREATE INDEX i ON $n.t USING gist (b tsvector_ops (siglen = 200));
== index.definition a collation
CREATE TABLE $n.t (a int, b text);
--
CREATE INDEX i ON $n.t (b);
--
CREATE INDEX i ON $n.t (b COLLATE "C");
== index.include included columns
CREATE TABLE $n.t (a int, b text);
--
CREATE INDEX i ON $n.t (a);
--
CREATE INDEX i ON $n.t (a) INCLUDE (b);
== index.predicate a predicate
CREATE TABLE $n.t (a int, b text);
--
CREATE INDEX i ON $n.t (a);
--
CREATE INDEX i ON $n.t (a) WHERE b = 'x' AND a IN (1, 2);
== index.options a fill factor
CREATE TABLE $n.t (a int, b text);
--
CREATE INDEX i ON $n.t (a) WITH (fillfactor = 70);
--
CREATE INDEX i ON $n.t (a) WITH (fillfactor = 80, deduplicate_items = off);
== index.options options of other methods
CREATE TABLE $n.t (a int, b tsvector);
--
CREATE INDEX i ON $n.t USING gin (b); CREATE INDEX j ON $n.t USING brin (a);
--
CREATE INDEX i ON $n.t USING gin (b) WITH (fastupdate = off); CREATE INDEX j ON $n.t USING brin (a) WITH (pages_per_range = 7, autosummarize = on);
== index.tablespace another tablespace
CREATE TABLE $n.t (a int, b text);
--
CREATE INDEX i ON $n.t (a);
--
CREATE INDEX i ON $n.t (a) TABLESPACE probe_space;
== index.clustered clustered
CREATE TABLE $n.t (a int, b text); CREATE INDEX i ON $n.t (a);
--
--
ALTER TABLE $n.t CLUSTER ON i;
== index.clustered clustered by another
CREATE TABLE $n.t (a int, b text); CREATE INDEX i ON $n.t (a); CREATE INDEX j ON $n.t (b);
--
ALTER TABLE $n.t CLUSTER ON i;
--
ALTER TABLE $n.t CLUSTER ON j;
== index.statistics the statistics target of an expression
CREATE TABLE $n.t (a int, b text); CREATE INDEX i ON $n.t (a, lower(b), (a + 1));
--
--
ALTER INDEX $n.i ALTER COLUMN 2 SET STATISTICS 400;
== index.statistics another statistics target of an expression
CREATE TABLE $n.t (a int, b text); CREATE INDEX i ON $n.t (a, lower(b), (a + 1));
--
ALTER INDEX $n.i ALTER COLUMN 2 SET STATISTICS 400;
--
ALTER INDEX $n.i ALTER COLUMN 2 SET STATISTICS 500; ALTER INDEX $n.i ALTER COLUMN 3 SET STATISTICS 3;
== index.* an index of a partitioned table
CREATE TABLE $n.t (a int, b text) PARTITION BY LIST (a); CREATE TABLE $n.t1 PARTITION OF $n.t FOR VALUES IN (1);
--
--
CREATE INDEX i ON $n.t (b);
== index.* an index of a partition alone
CREATE TABLE $n.t (a int, b text) PARTITION BY LIST (a); CREATE TABLE $n.t1 PARTITION OF $n.t FOR VALUES IN (1);
--
--
CREATE INDEX i ON $n.t1 (b);
== index.attached_to a partition's own index is attached
CREATE TABLE $n.t (a int, b text) PARTITION BY LIST (a); CREATE TABLE $n.t1 PARTITION OF $n.t FOR VALUES IN (1);
--
CREATE INDEX mine ON $n.t1 (b);
--
CREATE INDEX mine ON $n.t1 (b); CREATE INDEX i ON $n.t (b);
== index.valid an index of the partitioned table alone is not valid
CREATE TABLE $n.t (a int, b text) PARTITION BY LIST (a); CREATE TABLE $n.t1 PARTITION OF $n.t FOR VALUES IN (1);
--
CREATE INDEX i ON $n.t (b);
--
CREATE INDEX i ON ONLY $n.t (b);
== index.options a partition's index has another fill factor
CREATE TABLE $n.t (a int, b text) PARTITION BY LIST (a); CREATE TABLE $n.t1 PARTITION OF $n.t FOR VALUES IN (1); CREATE INDEX i ON $n.t (b);
--
--
ALTER INDEX $n.t1_b_idx SET (fillfactor = 55);
== index.* an index calls a function of ours
CREATE FUNCTION $n.f(text) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT $1'; CREATE TABLE $n.t (a int, b text);
--
--
CREATE INDEX i ON $n.t ($n.f(b)) WHERE $n.f(b) <> '';
== index.method bloom by an extension
CREATE EXTENSION bloom; CREATE TABLE $n.t (a int, b int);
--
CREATE INDEX i ON $n.t USING btree (a, b);
--
CREATE INDEX i ON $n.t USING bloom (a, b) WITH (length = 100, col1 = 4);
== statistics_object.* statistics come
CREATE TABLE $n.t (a int, b int, c text);
--
--
CREATE STATISTICS $n.s ON a, b FROM $n.t;
== statistics_object.definition statistics of another kind
CREATE TABLE $n.t (a int, b int, c text);
--
CREATE STATISTICS $n.s (ndistinct) ON a, b FROM $n.t;
--
CREATE STATISTICS $n.s (dependencies, mcv) ON a, b FROM $n.t;
== statistics_object.definition statistics of other columns
CREATE TABLE $n.t (a int, b int, c text);
--
CREATE STATISTICS $n.s ON a, b FROM $n.t;
--
CREATE STATISTICS $n.s ON a, c FROM $n.t;
== statistics_object.definition statistics of expressions
CREATE TABLE $n.t (a int, b int, c text);
--
CREATE STATISTICS $n.s ON a, b FROM $n.t;
--
CREATE STATISTICS $n.s ON (a + b), lower(c) FROM $n.t;
== statistics_object.target a target of statistics
CREATE TABLE $n.t (a int, b int, c text); CREATE STATISTICS $n.s ON a, b FROM $n.t;
--
--
ALTER STATISTICS $n.s SET STATISTICS 77;
== statistics_object.table statistics of another table
CREATE TABLE $n.t (a int, b int, c text); CREATE TABLE $n.u (a int, b int);
--
CREATE STATISTICS $n.s ON a, b FROM $n.t;
--
CREATE STATISTICS $n.s ON a, b FROM $n.u;
== statistics_object.namespace statistics in another namespace
CREATE SCHEMA $n_x; CREATE TABLE $n.t (a int, b int, c text);
--
CREATE STATISTICS $n.s ON a, b FROM $n.t;
--
CREATE STATISTICS $n_x.s ON a, b FROM $n.t;
== index.tablespace the tablespace of a partitioned table's index
CREATE TABLE $n.t (a int) PARTITION BY LIST (a); CREATE TABLE $n.t1 PARTITION OF $n.t FOR VALUES IN (1);
--
CREATE INDEX i ON $n.t (a);
--
CREATE INDEX i ON $n.t (a) TABLESPACE probe_space;
== index.statistics statistics targets of two expressions
CREATE TABLE $n.t (a int, b int);
--
CREATE INDEX i ON $n.t ((a + 1), b, (b * 2)); ALTER INDEX $n.i ALTER COLUMN 1 SET STATISTICS 11;
--
CREATE INDEX i ON $n.t ((a + 1), b, (b * 2)); ALTER INDEX $n.i ALTER COLUMN 1 SET STATISTICS 11; ALTER INDEX $n.i ALTER COLUMN 3 SET STATISTICS 0;
== index.depends_on_extensions an index that goes with an extension
CREATE EXTENSION seg SCHEMA $n; CREATE TABLE $n.t (a text);
--
CREATE INDEX i ON $n.t (a);
--
CREATE INDEX i ON $n.t (a); ALTER INDEX $n.i DEPENDS ON EXTENSION seg;
