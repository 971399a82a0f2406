== owner.role another owner of a table and its sequence
CREATE TABLE $n.t (a serial PRIMARY KEY);
--
--
ALTER TABLE $n.t OWNER TO probe_alice;
== owner.role from one owner to another, in a namespace
CREATE SCHEMA $n_x;
--
CREATE TABLE $n.t (a int); ALTER TABLE $n.t OWNER TO probe_alice; ALTER SCHEMA $n_x OWNER TO probe_alice;
--
CREATE TABLE $n.t (a int); ALTER TABLE $n.t OWNER TO probe_bob; ALTER SCHEMA $n_x OWNER TO probe_bob;
== owner.role owners of views, sequences, types and functions
CREATE TABLE $n.t (a int); CREATE VIEW $n.v AS SELECT a FROM $n.t; CREATE MATERIALIZED VIEW $n.m AS SELECT a FROM $n.t; CREATE SEQUENCE $n.s; CREATE TYPE $n.e AS ENUM ('a'); CREATE DOMAIN $n.d AS int; CREATE TYPE $n.c AS (a int); CREATE TYPE $n.r AS RANGE (subtype = float8); CREATE FUNCTION $n.f() RETURNS int LANGUAGE sql AS 'SELECT 1'; CREATE PROCEDURE $n.p() LANGUAGE sql AS 'SELECT 1'; CREATE AGGREGATE $n.g(int) (sfunc = int4pl, stype = int);
--
--
ALTER VIEW $n.v OWNER TO probe_alice; ALTER MATERIALIZED VIEW $n.m OWNER TO probe_alice; ALTER SEQUENCE $n.s OWNER TO probe_alice; ALTER TYPE $n.e OWNER TO probe_alice; ALTER DOMAIN $n.d OWNER TO probe_alice; ALTER TYPE $n.c OWNER TO probe_alice; ALTER TYPE $n.r OWNER TO probe_alice; ALTER FUNCTION $n.f() OWNER TO probe_alice; ALTER PROCEDURE $n.p() OWNER TO probe_alice; ALTER AGGREGATE $n.g(int) OWNER TO probe_alice;
== owner.role owners of operators and their kin
CREATE OPERATOR $n.=== (leftarg = int, rightarg = int, function = int4eq); CREATE OPERATOR FAMILY $n.fam USING btree; CREATE OPERATOR CLASS $n.cls FOR TYPE int USING btree FAMILY $n.fam AS OPERATOR 3 =, FUNCTION 1 btint4cmp(int, int); CREATE COLLATION $n.co (locale = 'C'); CREATE CONVERSION $n.c FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8; CREATE TEXT SEARCH DICTIONARY $n.d (TEMPLATE = simple); CREATE TEXT SEARCH CONFIGURATION $n.c (PARSER = default); CREATE TABLE $n.t (a int, b int); CREATE STATISTICS $n.s ON a, b FROM $n.t; CREATE LANGUAGE $n_l HANDLER plpgsql_call_handler;
--
--
ALTER OPERATOR $n.=== (int, int) OWNER TO probe_alice; ALTER OPERATOR FAMILY $n.fam USING btree OWNER TO probe_alice; ALTER OPERATOR CLASS $n.cls USING btree OWNER TO probe_alice; ALTER COLLATION $n.co OWNER TO probe_alice; ALTER CONVERSION $n.c OWNER TO probe_alice; ALTER TEXT SEARCH DICTIONARY $n.d OWNER TO probe_alice; ALTER TEXT SEARCH CONFIGURATION $n.c OWNER TO probe_alice; ALTER STATISTICS $n.s OWNER TO probe_alice; ALTER LANGUAGE $n_l OWNER TO probe_alice;
== owner.role owners of what belongs to the database
CREATE FOREIGN DATA WRAPPER $n_w; CREATE SERVER $n_s FOREIGN DATA WRAPPER $n_w; CREATE FOREIGN TABLE $n.t (a int) SERVER $n_s; CREATE PUBLICATION $n_p;
--
--
ALTER SERVER $n_s OWNER TO probe_alice; ALTER FOREIGN TABLE $n.t OWNER TO probe_alice; ALTER PUBLICATION $n_p OWNER TO probe_alice;
== privileges.grants privileges on a table
CREATE TABLE $n.t (a int, b int);
--
GRANT SELECT, INSERT ON $n.t TO probe_alice;
--
GRANT SELECT, UPDATE ON $n.t TO probe_alice WITH GRANT OPTION; GRANT SELECT ON $n.t TO PUBLIC;
== privileges.grants privileges on columns
CREATE TABLE $n.t (a int, b int);
--
GRANT SELECT (a), UPDATE (b) ON $n.t TO probe_alice;
--
GRANT SELECT (b) ON $n.t TO probe_alice; GRANT INSERT (a) ON $n.t TO probe_bob WITH GRANT OPTION;
== privileges.grants privileges on columns beside those on the table
CREATE TABLE $n.t (a int, b int); GRANT UPDATE (a) ON $n.t TO probe_alice;
--
GRANT SELECT, UPDATE ON $n.t TO probe_alice;
--
GRANT SELECT ON $n.t TO probe_alice;
== privileges.grants the owner loses a privilege
CREATE TABLE $n.t (a int, b int);
--
--
REVOKE DELETE ON $n.t FROM postgres;
== privileges.grants nobody has any privilege
CREATE TABLE $n.t (a int, b int); CREATE FUNCTION $n.f() RETURNS int LANGUAGE sql AS 'SELECT 1';
--
--
REVOKE ALL ON $n.t FROM postgres; REVOKE ALL ON FUNCTION $n.f() FROM PUBLIC, postgres;
== privileges.grants [17+] to maintain a table
CREATE TABLE $n.t (a int, b int);
--
--
GRANT MAINTAIN ON $n.t TO probe_alice;
== privileges.grants privileges on everything else
CREATE SCHEMA $n_x; CREATE SEQUENCE $n.s; CREATE FUNCTION $n.f() RETURNS int LANGUAGE sql AS 'SELECT 1'; CREATE PROCEDURE $n.p() LANGUAGE sql AS 'SELECT 1'; CREATE TYPE $n.e AS ENUM ('a'); CREATE DOMAIN $n.d AS int; CREATE VIEW $n.v AS SELECT 1 AS a; CREATE FOREIGN DATA WRAPPER $n_w; CREATE SERVER $n_srv FOREIGN DATA WRAPPER $n_w; CREATE TRUSTED LANGUAGE $n_l HANDLER plpgsql_call_handler; CREATE AGGREGATE $n.g(int) (sfunc = int4pl, stype = int);
--
--
GRANT USAGE, CREATE ON SCHEMA $n_x TO probe_alice; GRANT USAGE ON SEQUENCE $n.s TO probe_alice; REVOKE EXECUTE ON FUNCTION $n.f() FROM PUBLIC; GRANT EXECUTE ON PROCEDURE $n.p() TO probe_bob; REVOKE USAGE ON TYPE $n.e FROM PUBLIC; GRANT USAGE ON DOMAIN $n.d TO probe_alice; GRANT SELECT ON $n.v TO probe_alice; GRANT USAGE ON FOREIGN DATA WRAPPER $n_w TO probe_alice; GRANT USAGE ON FOREIGN SERVER $n_srv TO probe_bob; REVOKE USAGE ON LANGUAGE $n_l FROM PUBLIC; GRANT EXECUTE ON FUNCTION $n.g(int) TO probe_bob;
== privileges.grants privileges given on by others
CREATE TABLE $n.t (a int); GRANT USAGE ON SCHEMA $n TO probe_alice;
--
--
GRANT SELECT ON $n.t TO probe_alice WITH GRANT OPTION; SET ROLE probe_alice; GRANT SELECT ON $n.t TO probe_bob; RESET ROLE;
== privileges.grants privileges of another owner
CREATE TABLE $n.t (a int);
--
ALTER TABLE $n.t OWNER TO probe_alice; GRANT SELECT ON $n.t TO probe_bob;
--
ALTER TABLE $n.t OWNER TO probe_carol; GRANT INSERT ON $n.t TO probe_bob;
== view.columns privileges survive a rebuilding
CREATE TABLE $n.t (a int, b int);
--
CREATE VIEW $n.v AS SELECT a, b FROM $n.t; GRANT SELECT ON $n.v TO probe_alice; GRANT UPDATE (a) ON $n.v TO probe_bob; ALTER VIEW $n.v OWNER TO probe_carol;
--
CREATE VIEW $n.v AS SELECT b, a FROM $n.t; GRANT SELECT ON $n.v TO probe_alice; GRANT UPDATE (a) ON $n.v TO probe_bob; ALTER VIEW $n.v OWNER TO probe_carol;
== default_privileges.grants default privileges
CREATE SCHEMA $n_x;
--
ALTER DEFAULT PRIVILEGES IN SCHEMA $n GRANT SELECT ON TABLES TO probe_alice;
--
ALTER DEFAULT PRIVILEGES IN SCHEMA $n GRANT SELECT, INSERT ON TABLES TO probe_alice WITH GRANT OPTION; ALTER DEFAULT PRIVILEGES FOR ROLE probe_bob IN SCHEMA $n GRANT USAGE ON SEQUENCES TO probe_alice;
== default_privileges.grants [alone] default privileges everywhere
CREATE SCHEMA $n_x;
--
ALTER DEFAULT PRIVILEGES FOR ROLE probe_bob REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
--
ALTER DEFAULT PRIVILEGES FOR ROLE probe_bob GRANT USAGE ON SCHEMAS TO probe_alice; ALTER DEFAULT PRIVILEGES FOR ROLE probe_bob REVOKE USAGE ON TYPES FROM PUBLIC;
== table.*, view.* objects made where default privileges hold
ALTER DEFAULT PRIVILEGES IN SCHEMA $n GRANT SELECT ON TABLES TO probe_alice;
--
CREATE TABLE $n.t (a int); REVOKE ALL ON $n.t FROM probe_alice;
--
CREATE TABLE $n.t (a int); CREATE VIEW $n.v AS SELECT a FROM $n.t; REVOKE ALL ON $n.v FROM probe_alice;
== comment.text comments on a table and what hangs on it
CREATE TABLE $n.t (a int CONSTRAINT pk PRIMARY KEY, b text); CREATE INDEX i ON $n.t (b); CREATE FUNCTION $n.f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END'; CREATE TRIGGER g BEFORE INSERT ON $n.t FOR EACH ROW EXECUTE FUNCTION $n.f(); CREATE POLICY p ON $n.t USING (true); CREATE RULE r AS ON DELETE TO $n.t DO INSTEAD NOTHING; CREATE STATISTICS $n.s ON a, b FROM $n.t;
--
COMMENT ON TABLE $n.t IS 'it''s'; COMMENT ON COLUMN $n.t.a IS 'a'; COMMENT ON CONSTRAINT pk ON $n.t IS 'pk'; COMMENT ON INDEX $n.i IS 'i'; COMMENT ON TRIGGER g ON $n.t IS 'g'; COMMENT ON POLICY p ON $n.t IS 'p'; COMMENT ON RULE r ON $n.t IS 'r'; COMMENT ON STATISTICS $n.s IS 's'; COMMENT ON FUNCTION $n.f() IS 'f';
--
COMMENT ON TABLE $n.t IS 'multi
line \x $$'; COMMENT ON COLUMN $n.t.b IS 'b'; COMMENT ON INDEX $n.pk IS 'its index'; COMMENT ON TRIGGER g ON $n.t IS 'g2';
== comment.text comments on types
CREATE TYPE $n.e AS ENUM ('a'); CREATE DOMAIN $n.d AS int CONSTRAINT k CHECK (value > 0); CREATE TYPE $n.c AS (a int); CREATE TYPE $n.r AS RANGE (subtype = float8); CREATE SEQUENCE $n.s; CREATE TYPE $n.sh;
--
--
COMMENT ON TYPE $n.e IS 'e'; COMMENT ON DOMAIN $n.d IS 'd'; COMMENT ON CONSTRAINT k ON DOMAIN $n.d IS 'k'; COMMENT ON TYPE $n.c IS 'c'; COMMENT ON COLUMN $n.c.a IS 'c.a'; COMMENT ON TYPE $n.r IS 'r'; COMMENT ON SEQUENCE $n.s IS 's'; COMMENT ON TYPE $n.sh IS 'sh';
== comment.text comments on routines, operators and casts
CREATE FUNCTION $n.f(int) RETURNS int LANGUAGE sql AS 'SELECT 1'; CREATE PROCEDURE $n.p(int) LANGUAGE sql AS 'SELECT 1'; CREATE AGGREGATE $n.g(int) (sfunc = int4pl, stype = int); CREATE OPERATOR $n.=== (leftarg = int, rightarg = int, function = int4eq); CREATE OPERATOR FAMILY $n.fam USING btree; CREATE OPERATOR CLASS $n.cls FOR TYPE int USING btree FAMILY $n.fam AS OPERATOR 3 =, FUNCTION 1 btint4cmp(int, int); CREATE TYPE $n.c AS (a int); CREATE CAST ($n.c AS int) WITH INOUT; CREATE LANGUAGE $n_l HANDLER plpgsql_call_handler; CREATE FUNCTION $n.tf(internal) RETURNS internal LANGUAGE internal IMMUTABLE STRICT AS 'textin'; CREATE TRANSFORM FOR $n.c LANGUAGE plpgsql (FROM SQL WITH FUNCTION $n.tf(internal));
--
--
COMMENT ON FUNCTION $n.f(int) IS 'f'; COMMENT ON PROCEDURE $n.p(int) IS 'p'; COMMENT ON AGGREGATE $n.g(int) IS 'g'; COMMENT ON OPERATOR $n.=== (int, int) IS 'o'; COMMENT ON OPERATOR FAMILY $n.fam USING btree IS 'fam'; COMMENT ON OPERATOR CLASS $n.cls USING btree IS 'cls'; COMMENT ON CAST ($n.c AS int) IS 'cast'; COMMENT ON LANGUAGE $n_l IS 'l'; COMMENT ON TRANSFORM FOR $n.c LANGUAGE plpgsql IS 't';
== comment.text comments on views and their columns
CREATE TABLE $n.t (a int); CREATE VIEW $n.v AS SELECT a FROM $n.t; CREATE MATERIALIZED VIEW $n.m AS SELECT a FROM $n.t;
--
--
COMMENT ON VIEW $n.v IS 'v'; COMMENT ON MATERIALIZED VIEW $n.m IS 'm'; COMMENT ON COLUMN $n.v.a IS 'v.a'; COMMENT ON COLUMN $n.m.a IS 'm.a';
== comment.text [alone] comments on the database's objects
CREATE SCHEMA $n_x; CREATE EXTENSION citext SCHEMA $n; CREATE FUNCTION $n.f() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END'; CREATE EVENT TRIGGER $n_e ON sql_drop EXECUTE FUNCTION $n.f(); CREATE FOREIGN DATA WRAPPER $n_w; CREATE SERVER $n_s FOREIGN DATA WRAPPER $n_w; CREATE FOREIGN TABLE $n.ft (a int) SERVER $n_s; CREATE PUBLICATION $n_p; CREATE ACCESS METHOD $n_am TYPE TABLE HANDLER heap_tableam_handler; CREATE COLLATION $n.co (locale = 'C'); CREATE CONVERSION $n.cv FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8;
--
--
COMMENT ON SCHEMA $n_x IS 'x'; COMMENT ON EXTENSION citext IS 'ours'; COMMENT ON EVENT TRIGGER $n_e IS 'e'; COMMENT ON FOREIGN DATA WRAPPER $n_w IS 'w'; COMMENT ON SERVER $n_s IS 's'; COMMENT ON FOREIGN TABLE $n.ft IS 'ft'; COMMENT ON COLUMN $n.ft.a IS 'ft.a'; COMMENT ON PUBLICATION $n_p IS 'p'; COMMENT ON ACCESS METHOD $n_am IS 'am'; COMMENT ON COLLATION $n.co IS 'co'; COMMENT ON CONVERSION $n.cv IS 'cv';
== comment.text comments on text search objects
CREATE TEXT SEARCH PARSER $n.p (START = prsd_start, GETTOKEN = prsd_nexttoken, "end" = prsd_end, LEXTYPES = prsd_lextype); CREATE TEXT SEARCH TEMPLATE $n.tt (LEXIZE = dsimple_lexize); CREATE TEXT SEARCH DICTIONARY $n.d (TEMPLATE = simple); CREATE TEXT SEARCH CONFIGURATION $n.c (PARSER = default);
--
--
COMMENT ON TEXT SEARCH PARSER $n.p IS 'p'; COMMENT ON TEXT SEARCH TEMPLATE $n.tt IS 'tt'; COMMENT ON TEXT SEARCH DICTIONARY $n.d IS 'd'; COMMENT ON TEXT SEARCH CONFIGURATION $n.c IS 'c';
== index.definition a comment survives a rebuilding
CREATE TABLE $n.t (a int, b int);
--
CREATE INDEX i ON $n.t (a); COMMENT ON INDEX $n.i IS 'i'; CREATE FUNCTION $n.f() RETURNS int LANGUAGE sql AS 'SELECT 1'; COMMENT ON FUNCTION $n.f() IS 'f';
--
CREATE INDEX i ON $n.t (b); COMMENT ON INDEX $n.i IS 'i'; CREATE FUNCTION $n.f() RETURNS bigint LANGUAGE sql AS 'SELECT 1::bigint'; COMMENT ON FUNCTION $n.f() IS 'f';
== comment.text comments on a constraint of another definition
CREATE TABLE $n.t (a int, b int);
--
ALTER TABLE $n.t ADD CONSTRAINT c CHECK (a > 0); COMMENT ON CONSTRAINT c ON $n.t IS 'one';
--
ALTER TABLE $n.t ADD CONSTRAINT c CHECK (a > 1); COMMENT ON CONSTRAINT c ON $n.t IS 'two';
== privileges.grants privileges given on and on
CREATE TABLE $n.t (a int); CREATE FUNCTION $n.f() RETURNS int LANGUAGE sql AS 'SELECT 1'; GRANT USAGE ON SCHEMA $n TO PUBLIC;
--
GRANT SELECT, INSERT ON $n.t TO probe_alice WITH GRANT OPTION; SET ROLE probe_alice; GRANT SELECT, INSERT ON $n.t TO probe_bob WITH GRANT OPTION; SET ROLE probe_bob; GRANT SELECT ON $n.t TO probe_carol; RESET ROLE; GRANT UPDATE (a) ON $n.t TO probe_bob WITH GRANT OPTION; SET ROLE probe_bob; GRANT UPDATE (a) ON $n.t TO PUBLIC; RESET ROLE;
--
GRANT SELECT ON $n.t TO probe_bob WITH GRANT OPTION; SET ROLE probe_bob; GRANT SELECT ON $n.t TO probe_alice, probe_carol; RESET ROLE; GRANT SELECT ON $n.t TO probe_carol; GRANT EXECUTE ON FUNCTION $n.f() TO probe_alice WITH GRANT OPTION; SET ROLE probe_alice; GRANT EXECUTE ON FUNCTION $n.f() TO probe_bob; RESET ROLE;
== default_privileges.grants default privileges of each kind
CREATE SCHEMA $n_x;
--
ALTER DEFAULT PRIVILEGES IN SCHEMA $n GRANT EXECUTE ON ROUTINES TO probe_alice; ALTER DEFAULT PRIVILEGES IN SCHEMA $n GRANT USAGE ON TYPES TO probe_bob;
--
ALTER DEFAULT PRIVILEGES IN SCHEMA $n GRANT ALL ON SEQUENCES TO probe_alice WITH GRANT OPTION; ALTER DEFAULT PRIVILEGES IN SCHEMA $n GRANT TRUNCATE, TRIGGER ON TABLES TO PUBLIC;
== default_privileges.grants [18+] [alone] default privileges on large objects
CREATE SCHEMA $n_x;
--
--
ALTER DEFAULT PRIVILEGES GRANT SELECT ON LARGE OBJECTS TO probe_alice;
== comment.text comments on a key of a partitioned table and on a member of a composite
CREATE TABLE $n.t (a int, b int, CONSTRAINT k PRIMARY KEY (a)) PARTITION BY LIST (a); CREATE TABLE $n.t1 PARTITION OF $n.t FOR VALUES IN (1); CREATE INDEX i ON $n.t (b); CREATE FUNCTION $n.f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END'; CREATE TRIGGER g AFTER INSERT ON $n.t FOR EACH ROW EXECUTE FUNCTION $n.f();
--
--
COMMENT ON CONSTRAINT k ON $n.t IS 'k'; COMMENT ON CONSTRAINT t1_pkey ON $n.t1 IS 't1'; COMMENT ON INDEX $n.i IS 'i'; COMMENT ON INDEX $n.t1_b_idx IS 'i1'; COMMENT ON TABLE $n.t1 IS 't1'; COMMENT ON COLUMN $n.t1.a IS 'a1'; COMMENT ON TRIGGER g ON $n.t IS 'g';
== comment.text [18+] a comment on an automatic not null constraint
CREATE TABLE $n.t (a int NOT NULL);
--
--
COMMENT ON CONSTRAINT t_a_not_null ON $n.t IS 'never';
== owner.role owners of an event trigger and a wrapper
CREATE FOREIGN DATA WRAPPER $n_w; CREATE FUNCTION $n.f() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END'; CREATE EVENT TRIGGER $n_e ON sql_drop WHEN TAG IN ('ALTER CONVERSION') EXECUTE FUNCTION $n.f(); CREATE TYPE $n.sh;
--
--
ALTER TYPE $n.sh OWNER TO probe_alice;
== privileges.revoked, privileges.beside_initial [alone] privileges on what initdb and an extension made
CREATE EXTENSION seg SCHEMA $n;
--
GRANT EXECUTE ON FUNCTION pg_read_file(text) TO probe_alice; REVOKE USAGE ON LANGUAGE plpgsql FROM PUBLIC;
--
GRANT SELECT ON pg_authid TO probe_bob; REVOKE EXECUTE ON FUNCTION $n.seg_cmp($n.seg, $n.seg) FROM PUBLIC; REVOKE SELECT ON pg_roles FROM PUBLIC;
