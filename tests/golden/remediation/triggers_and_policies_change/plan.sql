-- fleetdrift remediation
-- not proven: no attempt was made

\set ON_ERROR_STOP on
SET check_function_bodies = off;
SET client_min_messages = warning;
SET search_path = pg_catalog;

BEGIN;
SET lock_timeout = '3000ms';
SET statement_timeout = '0ms';
-- blocks_reads: holds ACCESS EXCLUSIVE on "public"."orders": reads and writes wait
DROP POLICY "q" ON "public"."orders";
-- blocks_reads: holds ACCESS EXCLUSIVE on "public"."orders": reads and writes wait
DROP TRIGGER "a" ON "public"."orders";
-- blocks_reads: holds ACCESS EXCLUSIVE on "public"."orders": reads and writes wait
ALTER TABLE "public"."orders" ENABLE ROW LEVEL SECURITY;
-- blocks_reads: holds ACCESS EXCLUSIVE on "public"."orders": reads and writes wait
ALTER TABLE "public"."orders" FORCE ROW LEVEL SECURITY;
-- blocks_writes: holds SHARE ROW EXCLUSIVE or SHARE on "public"."orders": writes wait, reads go on
CREATE TRIGGER a BEFORE UPDATE OF note ON public.orders FOR EACH ROW WHEN ((new.total > (1)::numeric)) EXECUTE FUNCTION public.tf();
-- blocks_writes: holds SHARE ROW EXCLUSIVE or SHARE on "public"."orders": writes wait, reads go on
ALTER TABLE "public"."orders" DISABLE TRIGGER "a";
-- blocks_reads: holds ACCESS EXCLUSIVE on "public"."orders": reads and writes wait
CREATE POLICY "q" ON "public"."orders" AS RESTRICTIVE USING (true);
-- blocks_reads: holds ACCESS EXCLUSIVE on "public"."orders": reads and writes wait
ALTER POLICY "p" ON "public"."orders" USING ((total > (2)::numeric));
COMMIT;
