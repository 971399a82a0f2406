-- fleetdrift remediation
-- not proven: no attempt was made

\set ON_ERROR_STOP on
SET check_function_bodies = off;
SET client_min_messages = warning;
SET search_path = pg_catalog;

BEGIN;
SET lock_timeout = '3000ms';
SET statement_timeout = '0ms';
-- blocks_reads: holds ACCESS EXCLUSIVE on "public"."doctors": reads and writes wait
DROP POLICY "with_patients" ON "public"."doctors";
-- blocks_reads: holds ACCESS EXCLUSIVE on "public"."patients": reads and writes wait
DROP POLICY "with_doctors" ON "public"."patients";
-- breaks_readers: queries of "public"."all_doctors" fail
DROP VIEW "public"."all_doctors";
-- breaks_readers: queries of "public"."all_patients" fail
DROP VIEW "public"."all_patients";
CREATE TABLE "public"."wards" (
    "id" integer
);
DO 'BEGIN EXECUTE pg_catalog.format(''ALTER TABLE "public"."wards" OWNER TO %1$I'', (SELECT pg_catalog.pg_get_userbyid(datdba) FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())); END';
-- blocks_reads: holds ACCESS EXCLUSIVE on "public"."doctors": reads and writes wait
-- loses_data: every row of "public"."doctors" cannot be brought back
DROP TABLE "public"."doctors";
-- blocks_reads: holds ACCESS EXCLUSIVE on "public"."patients": reads and writes wait
-- loses_data: every row of "public"."patients" cannot be brought back
DROP TABLE "public"."patients";
COMMIT;
