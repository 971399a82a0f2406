== routine.* a function comes
CREATE SCHEMA $n_x;
--
--
CREATE FUNCTION $n.f(a int, b text DEFAULT 'x') RETURNS text LANGUAGE plpgsql AS $f$BEGIN RETURN b || '\x $$'; END$f$;
== routine.definition another body
CREATE SCHEMA $n_x;
--
CREATE FUNCTION $n.f(a int) RETURNS int LANGUAGE sql AS 'SELECT 1';
--
CREATE FUNCTION $n.f(a int) RETURNS int LANGUAGE sql AS 'SELECT 2';
== routine.definition volatility
CREATE SCHEMA $n_x;
--
CREATE FUNCTION $n.f(a int) RETURNS int LANGUAGE sql STABLE AS 'SELECT 1';
--
CREATE FUNCTION $n.f(a int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT 1';
== routine.definition strict
CREATE SCHEMA $n_x;
--
CREATE FUNCTION $n.f(a int) RETURNS int LANGUAGE sql AS 'SELECT 1';
--
CREATE FUNCTION $n.f(a int) RETURNS int LANGUAGE sql STRICT AS 'SELECT 1';
== routine.definition leakproof
CREATE SCHEMA $n_x;
--
CREATE FUNCTION $n.f(a int) RETURNS int LANGUAGE sql AS 'SELECT 1';
--
CREATE FUNCTION $n.f(a int) RETURNS int LANGUAGE sql LEAKPROOF AS 'SELECT 1';
== routine.definition the definer's rights
CREATE SCHEMA $n_x;
--
CREATE FUNCTION $n.f(a int) RETURNS int LANGUAGE sql AS 'SELECT 1';
--
CREATE FUNCTION $n.f(a int) RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1';
== routine.definition parallel safety
CREATE SCHEMA $n_x;
--
CREATE FUNCTION $n.f(a int) RETURNS int LANGUAGE sql PARALLEL RESTRICTED AS 'SELECT 1';
--
CREATE FUNCTION $n.f(a int) RETURNS int LANGUAGE sql PARALLEL SAFE AS 'SELECT 1';
== routine.definition cost
CREATE SCHEMA $n_x;
--
CREATE FUNCTION $n.f(a int) RETURNS int LANGUAGE sql AS 'SELECT 1';
--
CREATE FUNCTION $n.f(a int) RETURNS int LANGUAGE sql COST 7 AS 'SELECT 1';
== routine.definition rows
CREATE SCHEMA $n_x;
--
CREATE FUNCTION $n.f(a int) RETURNS SETOF int LANGUAGE sql AS 'SELECT 1';
--
CREATE FUNCTION $n.f(a int) RETURNS SETOF int LANGUAGE sql ROWS 7 AS 'SELECT 1';
== routine.definition settings
CREATE SCHEMA $n_x;
--
CREATE FUNCTION $n.f(a int) RETURNS int LANGUAGE sql SET search_path = 'pg_catalog', "$n", '' AS 'SELECT 1';
--
CREATE FUNCTION $n.f(a int) RETURNS int LANGUAGE sql SET work_mem = '8MB' SET "my.x" = 'it''s' AS 'SELECT 1';
== routine.support a support function
CREATE SCHEMA $n_x;
--
CREATE FUNCTION $n.f(a int, b int) RETURNS SETOF int LANGUAGE sql AS 'SELECT 1';
--
CREATE FUNCTION $n.f(a int, b int) RETURNS SETOF int LANGUAGE sql SUPPORT generate_series_int4_support AS 'SELECT 1';
== routine.language another language
CREATE SCHEMA $n_x;
--
CREATE FUNCTION $n.f(a int) RETURNS int LANGUAGE sql AS 'SELECT 1';
--
CREATE FUNCTION $n.f(a int) RETURNS int LANGUAGE plpgsql AS 'BEGIN RETURN 1; END';
== routine.language a function in C
CREATE SCHEMA $n_x;
--
CREATE FUNCTION $n.f(text) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT upper($1)';
--
CREATE FUNCTION $n.f(text) RETURNS text LANGUAGE internal IMMUTABLE STRICT AS 'upper';
== routine.result another result
CREATE SCHEMA $n_x;
--
CREATE FUNCTION $n.f(a int) RETURNS int LANGUAGE sql AS 'SELECT 1';
--
CREATE FUNCTION $n.f(a int) RETURNS text LANGUAGE sql AS 'SELECT ''1''';
== routine.result another result under a view and a default
CREATE TABLE $n.t (a int);
--
CREATE FUNCTION $n.f(a int) RETURNS int LANGUAGE sql AS 'SELECT 1'; CREATE VIEW $n.v AS SELECT $n.f(a) AS x FROM $n.t; ALTER TABLE $n.t ALTER a SET DEFAULT $n.f(1);
--
CREATE FUNCTION $n.f(a int) RETURNS bigint LANGUAGE sql AS 'SELECT 1::bigint'; CREATE VIEW $n.v AS SELECT $n.f(a) AS x FROM $n.t; ALTER TABLE $n.t ALTER a SET DEFAULT $n.f(1);
== routine.result rows of a table
CREATE SCHEMA $n_x;
--
CREATE FUNCTION $n.f(a int) RETURNS TABLE (x int, y text) LANGUAGE sql AS 'SELECT 1, ''a''';
--
CREATE FUNCTION $n.f(a int) RETURNS TABLE (x int, z text) LANGUAGE sql AS 'SELECT 1, ''a''';
== routine.arguments other names of arguments
CREATE SCHEMA $n_x;
--
CREATE FUNCTION $n.f(a int) RETURNS int LANGUAGE sql AS 'SELECT 1';
--
CREATE FUNCTION $n.f(z int) RETURNS int LANGUAGE sql AS 'SELECT 1';
== routine.arguments other defaults of arguments
CREATE SCHEMA $n_x;
--
CREATE FUNCTION $n.f(a int, b int DEFAULT 3) RETURNS int LANGUAGE sql AS 'SELECT 1';
--
CREATE FUNCTION $n.f(a int DEFAULT 2, b int DEFAULT 4) RETURNS int LANGUAGE sql AS 'SELECT 1';
== routine.arguments output arguments
CREATE SCHEMA $n_x;
--
CREATE FUNCTION $n.f(a int, OUT b int) LANGUAGE sql AS 'SELECT 1';
--
CREATE FUNCTION $n.f(a int, OUT b int, OUT c text) LANGUAGE sql AS 'SELECT 1, ''x''';
== routine.signature, routine.arguments other types of arguments
CREATE SCHEMA $n_x;
--
CREATE FUNCTION $n.f(a int) RETURNS int LANGUAGE sql AS 'SELECT 1';
--
CREATE FUNCTION $n.f(a bigint, VARIADIC b text[]) RETURNS int LANGUAGE sql AS 'SELECT 1';
== routine.type a function becomes a procedure
CREATE SCHEMA $n_x;
--
CREATE FUNCTION $n.f(a int) RETURNS void LANGUAGE plpgsql AS 'BEGIN END';
--
CREATE PROCEDURE $n.f(a int) LANGUAGE plpgsql AS 'BEGIN END';
== routine.type a window function
CREATE SCHEMA $n_x;
--
CREATE FUNCTION $n.f() RETURNS bigint LANGUAGE internal AS 'pg_backend_pid';
--
CREATE FUNCTION $n.f() RETURNS bigint WINDOW LANGUAGE internal AS 'window_row_number';
== routine.definition a body in the SQL standard's form
CREATE TABLE $n.t (a int);
--
CREATE FUNCTION $n.f(x int) RETURNS int LANGUAGE sql AS 'SELECT x';
--
CREATE FUNCTION $n.f(x int) RETURNS int LANGUAGE sql BEGIN ATOMIC INSERT INTO $n.t VALUES (x); SELECT count(*)::int FROM $n.t; END;
== routine.definition another body in the SQL standard's form
CREATE TABLE $n.t (a int, b int);
--
CREATE FUNCTION $n.f(x int) RETURNS int LANGUAGE sql RETURN (SELECT max(a) FROM $n.t);
--
CREATE FUNCTION $n.f(x int) RETURNS int LANGUAGE sql RETURN (SELECT max(b) FROM $n.t);
== routine.definition a procedure with its settings
CREATE SCHEMA $n_x;
--
CREATE PROCEDURE $n.p(INOUT a int, b text DEFAULT 'q') LANGUAGE plpgsql AS 'BEGIN a := 1; END';
--
CREATE PROCEDURE $n.p(INOUT a int, b text DEFAULT 'q') LANGUAGE plpgsql SECURITY DEFINER SET work_mem = '9MB' AS 'BEGIN a := 2; END';
== routine.arguments a procedure with an output argument
CREATE SCHEMA $n_x;
--
CREATE PROCEDURE $n.p(a int) LANGUAGE plpgsql AS 'BEGIN END';
--
CREATE PROCEDURE $n.p(a int, OUT b int) LANGUAGE plpgsql AS 'BEGIN b := a; END';
== routine.* polymorphic and variadic arguments
CREATE SCHEMA $n_x;
--
--
CREATE FUNCTION $n.f(anyelement, VARIADIC anyarray) RETURNS anyelement LANGUAGE sql AS 'SELECT $1';
== routine.* functions that call each other
CREATE SCHEMA $n_x;
--
--
CREATE FUNCTION $n.a(int) RETURNS int LANGUAGE plpgsql AS 'BEGIN RETURN $n.b($1); END'; CREATE FUNCTION $n.b(int) RETURNS int LANGUAGE plpgsql AS 'BEGIN RETURN $n.a($1); END';
== routine.* a function of a table's rows
CREATE TABLE $n.t (a int);
--
--
CREATE FUNCTION $n.f($n.t) RETURNS $n.t LANGUAGE sql AS 'SELECT $1';
== routine.definition a transform for a type
CREATE SCHEMA $n_x; CREATE FUNCTION $n.into(internal) RETURNS internal LANGUAGE internal IMMUTABLE STRICT AS 'textin'; CREATE TYPE $n.e AS ENUM ('a'); CREATE TRANSFORM FOR $n.e LANGUAGE plpgsql (FROM SQL WITH FUNCTION $n.into(internal));
--
CREATE FUNCTION $n.f($n.e) RETURNS int LANGUAGE plpgsql AS 'BEGIN RETURN 1; END';
--
CREATE FUNCTION $n.f($n.e) RETURNS int TRANSFORM FOR TYPE $n.e LANGUAGE plpgsql AS 'BEGIN RETURN 1; END';
== aggregate.* an aggregate comes
CREATE SCHEMA $n_x;
--
--
CREATE AGGREGATE $n.g(int) (sfunc = int4pl, stype = int, initcond = '0');
== aggregate.attributes another initial value
CREATE SCHEMA $n_x;
--
CREATE AGGREGATE $n.g(int) (sfunc = int4pl, stype = int, initcond = '0');
--
CREATE AGGREGATE $n.g(int) (sfunc = int4pl, stype = int, initcond = '1', parallel = safe, combinefunc = int4pl);
== aggregate.attributes a final function and its ways
CREATE FUNCTION $n.done(int) RETURNS text LANGUAGE sql AS 'SELECT $1::text';
--
CREATE AGGREGATE $n.g(int) (sfunc = int4pl, stype = int);
--
CREATE AGGREGATE $n.g(int) (sfunc = int4pl, stype = int, sspace = 64, finalfunc = $n.done, finalfunc_modify = shareable);
== aggregate.attributes a moving aggregate
CREATE SCHEMA $n_x;
--
CREATE AGGREGATE $n.g(int) (sfunc = int4pl, stype = int, initcond = '0');
--
CREATE AGGREGATE $n.g(int) (sfunc = int4pl, stype = int, initcond = '0', msfunc = int4pl, minvfunc = int4mi, mstype = int, minitcond = '0');
== aggregate.attributes a sort operator
CREATE SCHEMA $n_x;
--
CREATE AGGREGATE $n.g(int) (sfunc = int4smaller, stype = int);
--
CREATE AGGREGATE $n.g(int) (sfunc = int4smaller, stype = int, sortop = <);
== aggregate.attributes serialized between workers
CREATE SCHEMA $n_x;
--
CREATE AGGREGATE $n.g(int8) (sfunc = int8_avg_accum, stype = internal, finalfunc = numeric_poly_avg, combinefunc = int8_avg_combine);
--
CREATE AGGREGATE $n.g(int8) (sfunc = int8_avg_accum, stype = internal, finalfunc = numeric_poly_avg, combinefunc = int8_avg_combine, serialfunc = int8_avg_serialize, deserialfunc = int8_avg_deserialize, parallel = safe);
== aggregate.* an ordered-set aggregate
CREATE SCHEMA $n_x;
--
--
CREATE AGGREGATE $n.g(float8 ORDER BY anyelement) (sfunc = ordered_set_transition, stype = internal, finalfunc = percentile_disc_final, finalfunc_extra);
== aggregate.attributes a hypothetical-set aggregate
CREATE SCHEMA $n_x;
--
CREATE AGGREGATE $n.g(VARIADIC "any" ORDER BY VARIADIC "any") (sfunc = ordered_set_transition_multi, stype = internal, finalfunc = rank_final, finalfunc_extra);
--
CREATE AGGREGATE $n.g(VARIADIC "any" ORDER BY VARIADIC "any") (sfunc = ordered_set_transition_multi, stype = internal, finalfunc = rank_final, finalfunc_extra, hypothetical);
== aggregate.arguments named arguments of an aggregate
CREATE SCHEMA $n_x;
--
CREATE AGGREGATE $n.g(int) (sfunc = int4pl, stype = int);
--
CREATE AGGREGATE $n.g(x int) (sfunc = int4pl, stype = int);
== aggregate.* an aggregate of everything
CREATE SCHEMA $n_x;
--
--
CREATE AGGREGATE $n.g(*) (sfunc = int8inc, stype = int8, initcond = '0');
== aggregate.attributes an aggregate changes under a view
CREATE TABLE $n.t (a int);
--
CREATE AGGREGATE $n.g(int) (sfunc = int4pl, stype = int); CREATE VIEW $n.v AS SELECT $n.g(a) FROM $n.t;
--
CREATE AGGREGATE $n.g(int) (sfunc = int4mul, stype = int); CREATE VIEW $n.v AS SELECT $n.g(a) FROM $n.t;
== routine.definition settings that are lists, empty or of a name of ours
CREATE SCHEMA $n_x;
--
CREATE FUNCTION $n.f() RETURNS int LANGUAGE sql SET search_path = '' AS 'SELECT 1';
--
CREATE FUNCTION $n.f() RETURNS int LANGUAGE sql SET search_path = pg_catalog, "$user", "A b" SET "my.x" = 'it''s' SET timezone = 'UTC' AS 'SELECT 1';
== routine.definition a procedure in the SQL standard's form
CREATE TABLE $n.t (a int);
--
CREATE PROCEDURE $n.p(x int, INOUT y int DEFAULT 2) LANGUAGE sql BEGIN ATOMIC INSERT INTO $n.t VALUES (x); SELECT y; END;
--
CREATE PROCEDURE $n.p(x int, INOUT y int DEFAULT 2) LANGUAGE sql BEGIN ATOMIC INSERT INTO $n.t VALUES (x + 1); DELETE FROM $n.t WHERE a = x; SELECT y; END;
== routine.definition a function that returns an expression of the SQL standard's form
CREATE TABLE $n.t (a int);
--
CREATE FUNCTION $n.f(x int) RETURNS int RETURN x + 1;
--
CREATE FUNCTION $n.f(x int) RETURNS int STRICT STABLE RETURN (SELECT max(a) FROM $n.t) + x;
== aggregate.* a variadic aggregate that runs in parallel
CREATE FUNCTION $n.f(bigint, VARIADIC "any") RETURNS bigint LANGUAGE internal IMMUTABLE AS 'int8inc_any';
--
--
CREATE AGGREGATE $n.g(VARIADIC "any") (sfunc = $n.f, stype = bigint, sspace = 32, initcond = '0', parallel = safe);
== routine.depends_on_extensions a function that goes with an extension
CREATE EXTENSION isn SCHEMA $n;
--
CREATE FUNCTION $n.f() RETURNS int LANGUAGE sql AS 'SELECT 1'; CREATE PROCEDURE $n.p() LANGUAGE sql AS 'SELECT 1';
--
CREATE FUNCTION $n.f() RETURNS int LANGUAGE sql AS 'SELECT 1'; ALTER FUNCTION $n.f() DEPENDS ON EXTENSION isn; CREATE PROCEDURE $n.p() LANGUAGE sql AS 'SELECT 1'; ALTER PROCEDURE $n.p() DEPENDS ON EXTENSION isn;
