-- fleetdrift remediation
-- not proven: no attempt was made

\set ON_ERROR_STOP on
SET check_function_bodies = off;
SET client_min_messages = warning;
SET search_path = pg_catalog;

BEGIN;
SET lock_timeout = '3000ms';
SET statement_timeout = '0ms';
-- breaks_readers: calls of "old"."f"(old.t) fail
DROP FUNCTION "old"."f"(old.t);
CREATE SCHEMA "app";
CREATE EXTENSION "hstore" SCHEMA "app";
CREATE TABLE "app"."t" (
    "h" app.hstore
);
DO 'BEGIN EXECUTE pg_catalog.format(''ALTER SCHEMA "app" OWNER TO %1$I'', (SELECT pg_catalog.pg_get_userbyid(datdba) FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())); END';
DO 'BEGIN EXECUTE pg_catalog.format(''ALTER TABLE "app"."t" OWNER TO %1$I'', (SELECT pg_catalog.pg_get_userbyid(datdba) FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())); END';
COMMENT ON EXTENSION "hstore" IS 'data type for storing sets of (key, value) pairs';
-- blocks_reads: holds ACCESS EXCLUSIVE on "old"."t": reads and writes wait
-- loses_data: every row of "old"."t" cannot be brought back
DROP TABLE "old"."t";
-- breaks_readers: statements that name "old" fail
DROP SCHEMA "old";
COMMIT;
