-- fleetdrift remediation
-- not proven: no attempt was made

\set ON_ERROR_STOP on
SET check_function_bodies = off;
SET client_min_messages = warning;
SET search_path = pg_catalog;

BEGIN;
SET lock_timeout = '3000ms';
SET statement_timeout = '0ms';
DO 'BEGIN EXECUTE pg_catalog.format(''ALTER DATABASE %I RESET "TimeZone"'', pg_catalog.current_database()); END';
DO 'BEGIN EXECUTE pg_catalog.format(''ALTER DATABASE %I SET "search_path" TO ''''app'''', ''''a b'''''', pg_catalog.current_database()); END';
DO 'BEGIN EXECUTE pg_catalog.format(''ALTER DATABASE %I SET "work_mem" TO ''''8MB'''''', pg_catalog.current_database()); END';
COMMIT;
