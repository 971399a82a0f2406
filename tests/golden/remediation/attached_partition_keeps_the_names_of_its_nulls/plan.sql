-- fleetdrift remediation
-- not proven: no attempt was made

\set ON_ERROR_STOP on
SET check_function_bodies = off;
SET client_min_messages = warning;
SET search_path = pg_catalog;

BEGIN;
SET lock_timeout = '3000ms';
SET statement_timeout = '0ms';
CREATE TABLE "public"."visits" (
    "day" date CONSTRAINT "visits_day_not_null" NOT NULL,
    "page" text CONSTRAINT "visits_page_not_null" NOT NULL
)
PARTITION BY RANGE (day);
CREATE TABLE "public"."visits_attached" (
    "day" date CONSTRAINT "visits_attached_day_not_null" NOT NULL,
    "page" text CONSTRAINT "page_is_known" NOT NULL
)
PARTITION BY RANGE (page);
CREATE TABLE "public"."visits_below" (
    "day" date CONSTRAINT "visits_attached_day_not_null" NOT NULL,
    "page" text CONSTRAINT "page_is_known" NOT NULL
);
CREATE TABLE "public"."visits_made" (
    "day" date CONSTRAINT "visits_day_not_null" NOT NULL,
    "page" text CONSTRAINT "visits_page_not_null" NOT NULL
);
-- blocks_writes: holds SHARE ROW EXCLUSIVE or SHARE on "public"."visits_attached": writes wait, reads go on
-- scans_table: reads every row of "public"."visits_attached" unless a CHECK proves the bound
ALTER TABLE ONLY "public"."visits" ATTACH PARTITION "public"."visits_attached" FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
-- blocks_writes: holds SHARE ROW EXCLUSIVE or SHARE on "public"."visits_below": writes wait, reads go on
-- scans_table: reads every row of "public"."visits_below" unless a CHECK proves the bound
ALTER TABLE ONLY "public"."visits_attached" ATTACH PARTITION "public"."visits_below" DEFAULT;
-- blocks_writes: holds SHARE ROW EXCLUSIVE or SHARE on "public"."visits_made": writes wait, reads go on
-- scans_table: reads every row of "public"."visits_made" unless a CHECK proves the bound
ALTER TABLE ONLY "public"."visits" ATTACH PARTITION "public"."visits_made" FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
DO 'BEGIN EXECUTE pg_catalog.format(''ALTER TABLE "public"."visits" OWNER TO %1$I'', (SELECT pg_catalog.pg_get_userbyid(datdba) FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())); END';
DO 'BEGIN EXECUTE pg_catalog.format(''ALTER TABLE "public"."visits_attached" OWNER TO %1$I'', (SELECT pg_catalog.pg_get_userbyid(datdba) FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())); END';
DO 'BEGIN EXECUTE pg_catalog.format(''ALTER TABLE "public"."visits_below" OWNER TO %1$I'', (SELECT pg_catalog.pg_get_userbyid(datdba) FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())); END';
DO 'BEGIN EXECUTE pg_catalog.format(''ALTER TABLE "public"."visits_made" OWNER TO %1$I'', (SELECT pg_catalog.pg_get_userbyid(datdba) FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())); END';
COMMIT;
