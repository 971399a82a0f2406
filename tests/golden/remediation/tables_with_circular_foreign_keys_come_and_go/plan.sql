-- fleetdrift remediation
-- not proven: no attempt was made

\set ON_ERROR_STOP on
SET check_function_bodies = off;
SET client_min_messages = warning;
SET search_path = pg_catalog;

BEGIN;
SET lock_timeout = '3000ms';
SET statement_timeout = '0ms';
-- blocks_reads: holds ACCESS EXCLUSIVE on "public"."x": reads and writes wait
-- breaks_readers: what the constraint guaranteed is not guaranteed any more
ALTER TABLE "public"."x" DROP CONSTRAINT "x_b_fkey";
-- blocks_reads: holds ACCESS EXCLUSIVE on "public"."y": reads and writes wait
-- breaks_readers: what the constraint guaranteed is not guaranteed any more
ALTER TABLE "public"."y" DROP CONSTRAINT "y_a_fkey";
CREATE TABLE "public"."a" (
    "id" integer NOT NULL,
    "b" integer,
    CONSTRAINT "a_pkey" PRIMARY KEY (id)
);
CREATE TABLE "public"."b" (
    "id" integer NOT NULL,
    "a" integer,
    CONSTRAINT "b_pkey" PRIMARY KEY (id)
);
ALTER TABLE "public"."a" ADD CONSTRAINT "a_b_fkey" FOREIGN KEY (b) REFERENCES public.b(id);
ALTER TABLE "public"."b" ADD CONSTRAINT "b_a_fkey" FOREIGN KEY (a) REFERENCES public.a(id);
DO 'BEGIN EXECUTE pg_catalog.format(''ALTER TABLE "public"."a" OWNER TO %1$I'', (SELECT pg_catalog.pg_get_userbyid(datdba) FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())); END';
DO 'BEGIN EXECUTE pg_catalog.format(''ALTER TABLE "public"."b" OWNER TO %1$I'', (SELECT pg_catalog.pg_get_userbyid(datdba) FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())); END';
-- blocks_reads: holds ACCESS EXCLUSIVE on "public"."x": reads and writes wait
-- loses_data: every row of "public"."x" cannot be brought back
DROP TABLE "public"."x";
-- blocks_reads: holds ACCESS EXCLUSIVE on "public"."y": reads and writes wait
-- loses_data: every row of "public"."y" cannot be brought back
DROP TABLE "public"."y";
COMMIT;
