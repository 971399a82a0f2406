-- fleetdrift remediation
-- not proven: no attempt was made

\set ON_ERROR_STOP on
SET check_function_bodies = off;
SET client_min_messages = warning;
SET search_path = pg_catalog;

SELECT EXISTS (SELECT FROM pg_catalog.pg_description d WHERE d.classoid = 'pg_catalog.pg_largeobject'::pg_catalog.regclass AND pg_catalog.starts_with(d.description, 'fleetdrift has run this: stage 1 of 3')) AS fleetdrift_done \gset
\if :fleetdrift_done
\else
BEGIN;
SET lock_timeout = '3000ms';
SET statement_timeout = '0ms';
-- blocks_reads: holds ACCESS EXCLUSIVE on "public"."m": reads and writes wait
-- breaks_readers: queries of "public"."m" fail
DROP MATERIALIZED VIEW "public"."m";
-- breaks_readers: queries of "public"."v" fail
DROP VIEW "public"."v";
-- blocks_reads: holds ACCESS EXCLUSIVE on "public"."orders": reads and writes wait
-- rewrites_table: rewrites "public"."orders" and its indexes under the lock
ALTER TABLE "public"."orders" ALTER COLUMN "total" SET DATA TYPE numeric(14,4);
CREATE VIEW "public"."v" AS
 SELECT id,
    (total * (2)::numeric) AS double
   FROM public.orders
  WHERE ((status)::text = ANY ((ARRAY['new'::character varying, 'paid'::character varying]::character varying[])::text[]));
DO 'BEGIN EXECUTE pg_catalog.format(''COMMENT ON LARGE OBJECT %s IS ''''fleetdrift has run this: stage 1 of 3'''''', pg_catalog.lo_create(0)); END';
COMMIT;
\endif

SELECT EXISTS (SELECT FROM pg_catalog.pg_description d WHERE d.classoid = 'pg_catalog.pg_largeobject'::pg_catalog.regclass AND pg_catalog.starts_with(d.description, 'fleetdrift has run this: stage 2 of 3')) AS fleetdrift_done \gset
\if :fleetdrift_done
\else
BEGIN;
SET lock_timeout = '3000ms';
SET statement_timeout = '0ms';
-- scans_table: reads every row of what "public"."m" selects from
CREATE MATERIALIZED VIEW "public"."m" AS
 SELECT double
   FROM public.v;
DO 'BEGIN EXECUTE pg_catalog.format(''COMMENT ON LARGE OBJECT %s IS ''''fleetdrift has run this: stage 2 of 3'''''', pg_catalog.lo_create(0)); END';
COMMIT;
\endif

SELECT EXISTS (SELECT FROM pg_catalog.pg_description d WHERE d.classoid = 'pg_catalog.pg_largeobject'::pg_catalog.regclass AND pg_catalog.starts_with(d.description, 'fleetdrift has run this: stage 3 of 3')) AS fleetdrift_done \gset
\if :fleetdrift_done
\else
BEGIN;
SET lock_timeout = '3000ms';
SET statement_timeout = '0ms';
DO 'BEGIN EXECUTE pg_catalog.format(''ALTER VIEW "public"."v" OWNER TO %1$I'', (SELECT pg_catalog.pg_get_userbyid(datdba) FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())); END';
COMMENT ON VIEW "public"."v" IS 'twice';
CREATE INDEX "m_i" ON public.m USING btree (double);
DO 'BEGIN EXECUTE pg_catalog.format(''ALTER MATERIALIZED VIEW "public"."m" OWNER TO %1$I'', (SELECT pg_catalog.pg_get_userbyid(datdba) FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())); END';
DO 'BEGIN EXECUTE pg_catalog.format(''COMMENT ON LARGE OBJECT %s IS ''''fleetdrift has run this: stage 3 of 3'''''', pg_catalog.lo_create(0)); END';
COMMIT;
\endif

DO 'BEGIN PERFORM pg_catalog.lo_unlink(d.objoid) FROM pg_catalog.pg_description d WHERE d.classoid = ''pg_catalog.pg_largeobject''::pg_catalog.regclass AND pg_catalog.starts_with(d.description, ''fleetdrift has run this:''); END';
