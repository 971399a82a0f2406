-- fleetdrift remediation
-- not proven: no attempt was made

\set ON_ERROR_STOP on
SET check_function_bodies = off;
SET client_min_messages = warning;
SET search_path = pg_catalog;

BEGIN;
SET lock_timeout = '3000ms';
SET statement_timeout = '0ms';
CREATE TEXT SEARCH DICTIONARY "public"."d" (TEMPLATE = pg_catalog.simple, stopwords = 'english');
ALTER TEXT SEARCH CONFIGURATION "public"."c" DROP MAPPING FOR "asciiword";
ALTER TEXT SEARCH CONFIGURATION "public"."c" ALTER MAPPING FOR "word" WITH public.d, pg_catalog.simple;
DO 'BEGIN EXECUTE pg_catalog.format(''ALTER TEXT SEARCH DICTIONARY "public"."d" OWNER TO %1$I'', (SELECT pg_catalog.pg_get_userbyid(datdba) FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())); END';
COMMIT;
