-- fleetdrift remediation
-- not proven: no attempt was made

\set ON_ERROR_STOP on
SET check_function_bodies = off;
SET client_min_messages = warning;
SET search_path = pg_catalog;

BEGIN;
SET lock_timeout = '3000ms';
SET statement_timeout = '0ms';
CREATE OR REPLACE VIEW "public"."v" WITH ("security_barrier" = 'true') AS
 SELECT id,
    total
   FROM public.orders;
ALTER VIEW "public"."v" ALTER COLUMN "id" SET DEFAULT 7;
COMMIT;
