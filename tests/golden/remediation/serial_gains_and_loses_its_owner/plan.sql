-- fleetdrift remediation
-- not proven: no attempt was made

\set ON_ERROR_STOP on
SET check_function_bodies = off;
SET client_min_messages = warning;
SET search_path = pg_catalog;

BEGIN;
SET lock_timeout = '3000ms';
SET statement_timeout = '0ms';
ALTER SEQUENCE "public"."s" OWNED BY NONE;
DO 'BEGIN PERFORM pg_catalog.setval(''"public"."s"''::pg_catalog.regclass, LEAST(GREATEST(last_value, 100), 2147483647), is_called) FROM "public"."s"; END';
ALTER SEQUENCE "public"."s" AS integer INCREMENT BY 5 MINVALUE 100 MAXVALUE 2147483647 START WITH 100 CACHE 3 CYCLE;
DO $n_$BEGIN EXECUTE (SELECT pg_catalog.format('ALTER SEQUENCE %s OWNER TO %I', $n$"public"."r"$n$, pg_catalog.pg_get_userbyid(c.relowner)) FROM pg_catalog.pg_class c WHERE c.oid = pg_catalog.to_regclass($n$"public"."t"$n$)); END$n_$;
ALTER SEQUENCE "public"."r" OWNED BY "public"."t"."a";
-- blocks_reads: holds ACCESS EXCLUSIVE on "public"."t": reads and writes wait
ALTER TABLE ONLY "public"."t" ALTER COLUMN "b" SET DEFAULT nextval('public.s'::regclass);
DO 'BEGIN EXECUTE pg_catalog.format(''ALTER SEQUENCE "public"."s" OWNER TO %1$I'', (SELECT pg_catalog.pg_get_userbyid(datdba) FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())); END';
COMMIT;
