== view.* a view comes
CREATE TABLE $n.t (a int, b text);
--
--
CREATE VIEW $n.v AS SELECT a, b FROM $n.t WHERE a IN (1, 2);
== view.definition another query with the same columns
CREATE TABLE $n.t (a int, b text);
--
CREATE VIEW $n.v AS SELECT a, b FROM $n.t;
--
CREATE VIEW $n.v AS SELECT a, b FROM $n.t WHERE a > 4 ORDER BY b;
== view.columns a column is appended
CREATE TABLE $n.t (a int, b text);
--
CREATE VIEW $n.v AS SELECT a FROM $n.t;
--
CREATE VIEW $n.v AS SELECT a, b FROM $n.t;
== view.columns a column has another name
CREATE TABLE $n.t (a int, b text);
--
CREATE VIEW $n.v AS SELECT a FROM $n.t;
--
CREATE VIEW $n.v AS SELECT a AS z FROM $n.t;
== view.columns a column has another type, under another view
CREATE TABLE $n.t (a int, b text);
--
CREATE VIEW $n.v AS SELECT a FROM $n.t; CREATE VIEW $n.w AS SELECT a FROM $n.v;
--
CREATE VIEW $n.v AS SELECT a::bigint AS a FROM $n.t; CREATE VIEW $n.w AS SELECT a FROM $n.v;
== view.options a security barrier
CREATE TABLE $n.t (a int, b text);
--
CREATE VIEW $n.v AS SELECT a FROM $n.t;
--
CREATE VIEW $n.v WITH (security_barrier) AS SELECT a FROM $n.t;
== view.options [15+] the invoker's rights
CREATE TABLE $n.t (a int, b text);
--
CREATE VIEW $n.v AS SELECT a FROM $n.t;
--
CREATE VIEW $n.v WITH (security_invoker = true) AS SELECT a FROM $n.t;
== view.options a local check option
CREATE TABLE $n.t (a int, b text);
--
CREATE VIEW $n.v AS SELECT a FROM $n.t WHERE a > 0;
--
CREATE VIEW $n.v AS SELECT a FROM $n.t WHERE a > 0 WITH LOCAL CHECK OPTION;
== view.options from a local to a cascaded check option
CREATE TABLE $n.t (a int, b text);
--
CREATE VIEW $n.v AS SELECT a FROM $n.t WHERE a > 0 WITH LOCAL CHECK OPTION;
--
CREATE VIEW $n.v WITH (security_barrier = false) AS SELECT a FROM $n.t WHERE a > 0 WITH CASCADED CHECK OPTION;
== view_column.default a default of a view's column
CREATE TABLE $n.t (a int, b text); CREATE VIEW $n.v AS SELECT a, b FROM $n.t;
--
--
ALTER VIEW $n.v ALTER a SET DEFAULT 5;
== view_column.default another default of a view's column
CREATE TABLE $n.t (a int, b text); CREATE VIEW $n.v AS SELECT a, b FROM $n.t;
--
ALTER VIEW $n.v ALTER a SET DEFAULT 5;
--
ALTER VIEW $n.v ALTER a SET DEFAULT 6;
== view.columns a default survives the view's rebuilding
CREATE TABLE $n.t (a int, b text);
--
CREATE VIEW $n.v AS SELECT a, b FROM $n.t; ALTER VIEW $n.v ALTER a SET DEFAULT 5;
--
CREATE VIEW $n.v AS SELECT b, a FROM $n.t; ALTER VIEW $n.v ALTER a SET DEFAULT 5; COMMENT ON COLUMN $n.v.a IS 'x';
== comment.text a comment on a view's column
CREATE TABLE $n.t (a int, b text); CREATE VIEW $n.v AS SELECT a, b FROM $n.t;
--
--
COMMENT ON COLUMN $n.v.a IS 'what it is';
== view.* a recursive view
CREATE SCHEMA $n_x;
--
--
CREATE RECURSIVE VIEW $n.v (x) AS VALUES (1) UNION ALL SELECT x + 1 FROM v WHERE x < 5;
== view.* views that stand on each other in a circle of rules
CREATE TABLE $n.t (a int);
--
--
CREATE VIEW $n.v AS SELECT a FROM $n.t; CREATE VIEW $n.w AS SELECT a FROM $n.v; CREATE RULE r AS ON INSERT TO $n.v DO INSTEAD SELECT * FROM $n.w;
== view.* a view of a function's rows
CREATE TABLE $n.t (a int, b text); CREATE FUNCTION $n.f() RETURNS SETOF $n.t LANGUAGE sql AS 'SELECT * FROM $n.t';
--
--
CREATE VIEW $n.v AS SELECT * FROM $n.f();
== view.definition a view grouped by its key
CREATE TABLE $n.t (a int PRIMARY KEY, b text);
--
CREATE VIEW $n.v AS SELECT a, b FROM $n.t;
--
CREATE VIEW $n.v AS SELECT a, b FROM $n.t GROUP BY a;
== trigger.* an instead of trigger
CREATE TABLE $n.t (a int, b text); CREATE VIEW $n.v AS SELECT a, b FROM $n.t; CREATE FUNCTION $n.f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END';
--
--
CREATE TRIGGER g INSTEAD OF INSERT OR UPDATE ON $n.v FOR EACH ROW EXECUTE FUNCTION $n.f('x', 'it''s');
== rule.* a rule comes
CREATE TABLE $n.t (a int, b text);
--
--
CREATE RULE r AS ON INSERT TO $n.t DO ALSO NOTIFY ch;
== rule.definition another rule
CREATE TABLE $n.t (a int, b text);
--
CREATE RULE r AS ON DELETE TO $n.t DO INSTEAD NOTHING;
--
CREATE RULE r AS ON DELETE TO $n.t WHERE old.a > 3 DO INSTEAD (UPDATE $n.t SET b = 'gone' WHERE a = old.a; DELETE FROM $n.t WHERE b = old.b);
== rule.enabled a rule is disabled
CREATE TABLE $n.t (a int, b text); CREATE RULE r AS ON DELETE TO $n.t DO INSTEAD NOTHING;
--
ALTER TABLE $n.t DISABLE RULE r;
--
ALTER TABLE $n.t ENABLE ALWAYS RULE r;
== rule.enabled a rule for replicas
CREATE TABLE $n.t (a int, b text); CREATE RULE r AS ON DELETE TO $n.t DO INSTEAD NOTHING;
--
--
ALTER TABLE $n.t ENABLE REPLICA RULE r;
== rule.* a rule of a view
CREATE TABLE $n.t (a int, b text);
--
CREATE VIEW $n.v AS SELECT a FROM $n.t;
--
CREATE VIEW $n.v AS SELECT a FROM $n.t; CREATE RULE r AS ON INSERT TO $n.v DO INSTEAD INSERT INTO $n.t (a) VALUES (new.a);
== materialized_view.* a materialized view comes
CREATE TABLE $n.t (a int, b text);
--
--
CREATE MATERIALIZED VIEW $n.m AS SELECT a, b FROM $n.t WITH NO DATA;
== materialized_view.definition another query, under an index
CREATE TABLE $n.t (a int, b text);
--
CREATE MATERIALIZED VIEW $n.m AS SELECT a, b FROM $n.t; CREATE UNIQUE INDEX i ON $n.m (a);
--
CREATE MATERIALIZED VIEW $n.m AS SELECT a, b FROM $n.t WHERE a > 1; CREATE UNIQUE INDEX i ON $n.m (a);
== materialized_view.options its options
CREATE TABLE $n.t (a int, b text); CREATE MATERIALIZED VIEW $n.m AS SELECT a, b FROM $n.t;
--
--
ALTER MATERIALIZED VIEW $n.m SET (fillfactor = 50, autovacuum_enabled = false);
== materialized_view.tablespace its tablespace
CREATE TABLE $n.t (a int, b text); CREATE MATERIALIZED VIEW $n.m AS SELECT a, b FROM $n.t;
--
--
ALTER MATERIALIZED VIEW $n.m SET TABLESPACE probe_space;
== materialized_view.access_method [15+] its access method
CREATE ACCESS METHOD $n_heap TYPE TABLE HANDLER heap_tableam_handler; CREATE TABLE $n.t (a int, b text);
--
CREATE MATERIALIZED VIEW $n.m AS SELECT a, b FROM $n.t;
--
CREATE MATERIALIZED VIEW $n.m USING $n_heap AS SELECT a, b FROM $n.t;
== index.clustered a materialized view is clustered
CREATE TABLE $n.t (a int, b text); CREATE MATERIALIZED VIEW $n.m AS SELECT a, b FROM $n.t; CREATE INDEX i ON $n.m (a);
--
--
ALTER MATERIALIZED VIEW $n.m CLUSTER ON i;
== view_column.statistics_target, view_column.storage, view_column.compression columns of a materialized view
CREATE TABLE $n.t (a int, b text); CREATE MATERIALIZED VIEW $n.m AS SELECT a, b FROM $n.t;
--
--
ALTER MATERIALIZED VIEW $n.m ALTER b SET STORAGE EXTERNAL, ALTER b SET STATISTICS 9, ALTER b SET COMPRESSION pglz;
== view_column.options n_distinct of a materialized view
CREATE TABLE $n.t (a int, b text); CREATE MATERIALIZED VIEW $n.m AS SELECT a, b FROM $n.t;
--
--
ALTER MATERIALIZED VIEW $n.m ALTER a SET (n_distinct = 5);
== statistics_object.* statistics of a materialized view
CREATE TABLE $n.t (a int, b int); CREATE MATERIALIZED VIEW $n.m AS SELECT a, b FROM $n.t;
--
--
CREATE STATISTICS $n.s ON a, b FROM $n.m;
== materialized_view.* a view becomes a materialized view
CREATE TABLE $n.t (a int, b int);
--
CREATE VIEW $n.m AS SELECT a, b FROM $n.t;
--
CREATE MATERIALIZED VIEW $n.m AS SELECT a, b FROM $n.t;
== materialized_view.options the toast table of a materialized view
CREATE TABLE $n.t (a text);
--
CREATE MATERIALIZED VIEW $n.m AS SELECT a FROM $n.t;
--
CREATE MATERIALIZED VIEW $n.m WITH (toast.autovacuum_enabled = false, fillfactor = 80) AS SELECT a FROM $n.t;
== materialized_view.depends_on_extensions a materialized view that goes with an extension
CREATE EXTENSION cube SCHEMA $n; CREATE TABLE $n.t (a text);
--
CREATE MATERIALIZED VIEW $n.m AS SELECT a FROM $n.t;
--
CREATE MATERIALIZED VIEW $n.m AS SELECT a FROM $n.t; ALTER MATERIALIZED VIEW $n.m DEPENDS ON EXTENSION cube;
