-- fleetdrift remediation
-- not proven: no attempt was made

\set ON_ERROR_STOP on
SET check_function_bodies = off;
SET client_min_messages = warning;
SET search_path = pg_catalog;

BEGIN;
SET lock_timeout = '3000ms';
SET statement_timeout = '0ms';
-- blocks_reads: holds ACCESS EXCLUSIVE on "public"."t": reads and writes wait
-- breaks_readers: inserts that leave the column out get another value, or fail
ALTER TABLE ONLY "public"."t" ALTER COLUMN "a" DROP DEFAULT;
-- breaks_readers: nextval of "public"."t_a_seq" fails
-- loses_data: the position of "public"."t_a_seq" cannot be brought back
DROP SEQUENCE "public"."t_a_seq";
-- blocks_reads: holds ACCESS EXCLUSIVE on "public"."t": reads and writes wait
-- breaks_readers: inserts that leave the column out get another value, or fail
ALTER TABLE "public"."t" ALTER COLUMN "a" ADD GENERATED ALWAYS AS IDENTITY (SEQUENCE NAME "public"."t_a_seq" MINVALUE 5 START WITH 10);
-- blocks_reads: holds ACCESS EXCLUSIVE on "public"."t": reads and writes wait
ALTER TABLE ONLY "public"."t" ALTER COLUMN "b" SET DEFAULT 2;
ALTER TABLE ONLY "public"."t" ALTER COLUMN "b" SET STATISTICS 50;
ALTER TABLE ONLY "public"."t" ALTER COLUMN "b" SET (n_distinct=-0.5);
-- blocks_reads: holds ACCESS EXCLUSIVE on "public"."t": reads and writes wait
-- rewrites_table: rewrites "public"."t" and its indexes under the lock
ALTER TABLE "public"."t" ALTER COLUMN "c" SET EXPRESSION AS ((b * 3));
-- blocks_reads: holds ACCESS EXCLUSIVE on "public"."t": reads and writes wait
ALTER TABLE ONLY "public"."t" ALTER COLUMN "d" SET STORAGE EXTERNAL;
-- blocks_reads: holds ACCESS EXCLUSIVE on "public"."t": reads and writes wait
ALTER TABLE ONLY "public"."t" ALTER COLUMN "d" SET COMPRESSION pglz;
COMMIT;
