-- fleetdrift remediation
-- not proven: no attempt was made

\set ON_ERROR_STOP on
SET check_function_bodies = off;
SET client_min_messages = warning;
SET search_path = pg_catalog;

BEGIN;
SET lock_timeout = '3000ms';
SET statement_timeout = '0ms';
CREATE TABLE "public"."m" (
    "at" date CONSTRAINT "m_at_not_null" NOT NULL,
    "v" integer,
    CONSTRAINT "m_pkey" PRIMARY KEY (at)
)
PARTITION BY RANGE (at);
CREATE TABLE "public"."m1" (
    "at" date CONSTRAINT "m_at_not_null" NOT NULL,
    "v" integer,
    CONSTRAINT "m1_pkey" PRIMARY KEY (at)
);
CREATE TABLE "public"."rest" (
    "at" date CONSTRAINT "m_at_not_null" NOT NULL,
    "v" integer,
    CONSTRAINT "rest_pkey" PRIMARY KEY (at)
);
CREATE INDEX "odd_name" ON public.m1 USING btree (v);
-- blocks_writes: holds SHARE ROW EXCLUSIVE or SHARE on "public"."m1": writes wait, reads go on
-- scans_table: reads every row of "public"."m1" unless a CHECK proves the bound
ALTER TABLE ONLY "public"."m" ATTACH PARTITION "public"."m1" FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE INDEX "rest_v_idx" ON public.rest USING btree (v);
-- blocks_writes: holds SHARE ROW EXCLUSIVE or SHARE on "public"."rest": writes wait, reads go on
-- scans_table: reads every row of "public"."rest" unless a CHECK proves the bound
ALTER TABLE ONLY "public"."m" ATTACH PARTITION "public"."rest" DEFAULT;
CREATE INDEX "by_v" ON public.m USING btree (v);
DO 'BEGIN EXECUTE pg_catalog.format(''ALTER TABLE "public"."m" OWNER TO %1$I'', (SELECT pg_catalog.pg_get_userbyid(datdba) FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())); END';
DO 'BEGIN EXECUTE pg_catalog.format(''ALTER TABLE "public"."m1" OWNER TO %1$I'', (SELECT pg_catalog.pg_get_userbyid(datdba) FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())); END';
DO 'BEGIN EXECUTE pg_catalog.format(''ALTER TABLE "public"."rest" OWNER TO %1$I'', (SELECT pg_catalog.pg_get_userbyid(datdba) FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())); END';
COMMIT;
