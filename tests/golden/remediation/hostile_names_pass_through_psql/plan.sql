-- fleetdrift remediation
-- not proven: no attempt was made
-- with rows: not tried: no attempt was made
-- 63 statements in 1 transaction, 9 outside of transactions
-- blocks_reads: owner of table public.$$dollar$$, owner of table public.*/ -- ; DROP TABLE x; /*, owner of table public.:"PORT" :name and 6 more

\set ON_ERROR_STOP on

-- A statement below runs outside of transactions, under settings of the session. So this script connects anew,
-- with an option that no pooler passes on: no application is served by the same server process afterwards.
\set fleetdrift_options ''
\getenv fleetdrift_options PGOPTIONS
\set fleetdrift_connection 'options=''' :fleetdrift_options ' -c search_path=pg_catalog,pg_temp'''
\connect -reuse-previous=on :fleetdrift_connection
SELECT COALESCE((SELECT s.source OPERATOR(pg_catalog.=) 'client' FROM pg_catalog.pg_settings s
    WHERE s.name OPERATOR(pg_catalog.=) 'search_path'), false) AS fleetdrift_own_process \gset
\if :fleetdrift_own_process
\else
DO $$ BEGIN RAISE EXCEPTION 'fleetdrift: a pooler stands in front of the server; connect past it'; END $$;
\endif

-- What each transaction pins, whatever settings the database or the role has of its own.
\set fleetdrift_pin 'SET LOCAL quote_all_identifiers = ''off'' \\; SET LOCAL search_path = pg_catalog, pg_temp \\; SET LOCAL TimeZone = ''UTC'' \\; SET LOCAL DateStyle = ''ISO, MDY'' \\; SET LOCAL IntervalStyle = ''postgres'' \\; SET LOCAL bytea_output = ''hex'' \\; SET LOCAL extra_float_digits = ''1'' \\; SET LOCAL lc_monetary = ''C'' \\; SET LOCAL xmlbinary = ''base64'' \\; SET LOCAL xmloption = ''content'' \\; SET LOCAL standard_conforming_strings = ''on'' \\; SET LOCAL row_security = ''off'' \\; SET LOCAL client_encoding = ''UTF8'' \\; SET LOCAL client_min_messages = ''warning'' \\; SET LOCAL escape_string_warning = ''off'' \\; SET LOCAL backslash_quote = ''safe_encoding'' \\; SET LOCAL array_nulls = ''on'' \\; SET LOCAL transform_null_equals = ''off'' \\; SET LOCAL lc_numeric = ''C'' \\; SET LOCAL lc_time = ''C'' \\; SET LOCAL check_function_bodies = ''off'' \\; SET LOCAL default_tablespace = '''' \\; SET LOCAL default_table_access_method = ''heap'' \\; SET LOCAL synchronize_seqscans = ''off'' \\; SET LOCAL idle_in_transaction_session_timeout = ''60s'''
\set fleetdrift_pin_session 'SET SESSION quote_all_identifiers = ''off'' \\; SET SESSION search_path = pg_catalog, pg_temp \\; SET SESSION TimeZone = ''UTC'' \\; SET SESSION DateStyle = ''ISO, MDY'' \\; SET SESSION IntervalStyle = ''postgres'' \\; SET SESSION bytea_output = ''hex'' \\; SET SESSION extra_float_digits = ''1'' \\; SET SESSION lc_monetary = ''C'' \\; SET SESSION xmlbinary = ''base64'' \\; SET SESSION xmloption = ''content'' \\; SET SESSION standard_conforming_strings = ''on'' \\; SET SESSION row_security = ''off'' \\; SET SESSION client_encoding = ''UTF8'' \\; SET SESSION client_min_messages = ''warning'' \\; SET SESSION escape_string_warning = ''off'' \\; SET SESSION backslash_quote = ''safe_encoding'' \\; SET SESSION array_nulls = ''on'' \\; SET SESSION transform_null_equals = ''off'' \\; SET SESSION lc_numeric = ''C'' \\; SET SESSION lc_time = ''C'' \\; SET SESSION check_function_bodies = ''off'' \\; SET SESSION default_tablespace = '''' \\; SET SESSION default_table_access_method = ''heap'' \\; SET SESSION synchronize_seqscans = ''off'' \\; SET SESSION idle_in_transaction_session_timeout = ''60s'''
\set fleetdrift_unpin_session 'RESET quote_all_identifiers \\; RESET search_path \\; RESET TimeZone \\; RESET DateStyle \\; RESET IntervalStyle \\; RESET bytea_output \\; RESET extra_float_digits \\; RESET lc_monetary \\; RESET xmlbinary \\; RESET xmloption \\; RESET standard_conforming_strings \\; RESET row_security \\; RESET client_encoding \\; RESET client_min_messages \\; RESET escape_string_warning \\; RESET backslash_quote \\; RESET array_nulls \\; RESET transform_null_equals \\; RESET lc_numeric \\; RESET lc_time \\; RESET check_function_bodies \\; RESET default_tablespace \\; RESET default_table_access_method \\; RESET synchronize_seqscans \\; RESET idle_in_transaction_session_timeout \\; RESET lock_timeout \\; RESET statement_timeout'

-- stage 1 of 10, in one transaction
-- blocks_reads: holds ACCESS EXCLUSIVE on "public"."$$dollar$$": reads and writes wait
-- blocks_reads: holds ACCESS EXCLUSIVE on "public"."*/ -- ; DROP TABLE x; /*": reads and writes wait
-- blocks_reads: holds ACCESS EXCLUSIVE on "public".":""PORT"" :name": reads and writes wait
-- blocks_reads: holds ACCESS EXCLUSIVE on "public"."back\slash \! \n": reads and writes wait
-- blocks_reads: holds ACCESS EXCLUSIVE on "public"."it's": reads and writes wait
-- blocks_reads: holds ACCESS EXCLUSIVE on "public"."line
-- break": reads and writes wait
-- blocks_reads: holds ACCESS EXCLUSIVE on "public"."percent %I %s": reads and writes wait
-- blocks_reads: holds ACCESS EXCLUSIVE on "public"."q""uote": reads and writes wait
-- blocks_reads: holds ACCESS EXCLUSIVE on "public"."ü 数据": reads and writes wait
BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE \; :fleetdrift_pin;
SELECT EXISTS (SELECT FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = '$$dollar$$' AND c.relkind IN ('r', 'p'))
    AND EXISTS (SELECT FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = '*/ -- ; DROP TABLE x; /*' AND c.relkind IN ('r', 'p'))
    AND EXISTS (SELECT FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = ':"PORT" :name' AND c.relkind IN ('r', 'p'))
    AND EXISTS (SELECT FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = E'back\\slash \\! \\n' AND c.relkind IN ('r', 'p'))
    AND EXISTS (SELECT FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'it''s' AND c.relkind IN ('r', 'p'))
    AND EXISTS (SELECT FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'line
break' AND c.relkind IN ('r', 'p'))
    AND EXISTS (SELECT FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'percent %I %s' AND c.relkind IN ('r', 'p'))
    AND EXISTS (SELECT FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'q"uote' AND c.relkind IN ('r', 'p'))
    AND EXISTS (SELECT FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'ü 数据' AND c.relkind IN ('r', 'p'))
    AND pg_catalog.to_regprocedure('"public"."f $$dollar$$"()') IS NOT NULL
    AND pg_catalog.to_regprocedure('"public"."f */ -- ; DROP TABLE x; /*"()') IS NOT NULL
    AND pg_catalog.to_regprocedure('"public"."f :""PORT"" :name"()') IS NOT NULL
    AND pg_catalog.to_regprocedure(E'"public"."f back\\slash \\! \\n"()') IS NOT NULL
    AND pg_catalog.to_regprocedure('"public"."f it''s"()') IS NOT NULL
    AND pg_catalog.to_regprocedure('"public"."f line
break"()') IS NOT NULL
    AND pg_catalog.to_regprocedure('"public"."f percent %I %s"()') IS NOT NULL
    AND pg_catalog.to_regprocedure('"public"."f q""uote"()') IS NOT NULL
    AND pg_catalog.to_regprocedure('"public"."f ü 数据"()') IS NOT NULL
    AND EXISTS (SELECT FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'i $$dollar$$' AND c.relkind IN ('i', 'I'))
    AND EXISTS (SELECT FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'i */ -- ; DROP TABLE x; /*' AND c.relkind IN ('i', 'I'))
    AND EXISTS (SELECT FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'i :"PORT" :name' AND c.relkind IN ('i', 'I'))
    AND EXISTS (SELECT FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = E'i back\\slash \\! \\n' AND c.relkind IN ('i', 'I'))
    AND EXISTS (SELECT FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'i it''s' AND c.relkind IN ('i', 'I'))
    AND EXISTS (SELECT FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'i line
break' AND c.relkind IN ('i', 'I'))
    AND EXISTS (SELECT FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'i percent %I %s' AND c.relkind IN ('i', 'I'))
    AND EXISTS (SELECT FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'i q"uote' AND c.relkind IN ('i', 'I'))
    AND EXISTS (SELECT FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relname = 'i ü 数据' AND c.relkind IN ('i', 'I')) AS fleetdrift_done \gset
\if :fleetdrift_done
\else
SET LOCAL lock_timeout = '3000ms'; SET LOCAL statement_timeout = '0ms';
CREATE TABLE "public"."$$dollar$$" (
    "$$dollar$$" integer[],
    "PORT" integer,
    "b" text DEFAULT '$$dollar$$'::text,
    CONSTRAINT "$$dollar$$!" CHECK (("$$dollar$$"[1: array_length("$$dollar$$", 1)] <> '{}'::integer[]))
);
CREATE TABLE "public"."*/ -- ; DROP TABLE x; /*" (
    "*/ -- ; DROP TABLE x; /*" integer[],
    "PORT" integer,
    "b" text DEFAULT '*/ -- ; DROP TABLE x; /*'::text,
    CONSTRAINT "*/ -- ; DROP TABLE x; /*!" CHECK (("*/ -- ; DROP TABLE x; /*"[1: array_length("*/ -- ; DROP TABLE x; /*", 1)] <> '{}'::integer[]))
);
CREATE TABLE "public".":""PORT"" :name" (
    ":""PORT"" :name" integer[],
    "PORT" integer,
    "b" text DEFAULT ':"PORT" :name'::text,
    CONSTRAINT ":""PORT"" :name!" CHECK ((":""PORT"" :name"[1: array_length(":""PORT"" :name", 1)] <> '{}'::integer[]))
);
CREATE TABLE "public"."back\slash \! \n" (
    "back\slash \! \n" integer[],
    "PORT" integer,
    "b" text DEFAULT 'back\slash \! \n'::text,
    CONSTRAINT "back\slash \! \n!" CHECK (("back\slash \! \n"[1: array_length("back\slash \! \n", 1)] <> '{}'::integer[]))
);
CREATE TABLE "public"."it's" (
    "it's" integer[],
    "PORT" integer,
    "b" text DEFAULT 'it''s'::text,
    CONSTRAINT "it's!" CHECK (("it's"[1: array_length("it's", 1)] <> '{}'::integer[]))
);
CREATE TABLE "public"."line
break" (
    "line
break" integer[],
    "PORT" integer,
    "b" text DEFAULT 'line
break'::text,
    CONSTRAINT "line
break!" CHECK (("line
break"[1: array_length("line
break", 1)] <> '{}'::integer[]))
);
CREATE TABLE "public"."percent %I %s" (
    "percent %I %s" integer[],
    "PORT" integer,
    "b" text DEFAULT 'percent %I %s'::text,
    CONSTRAINT "percent %I %s!" CHECK (("percent %I %s"[1: array_length("percent %I %s", 1)] <> '{}'::integer[]))
);
CREATE TABLE "public"."q""uote" (
    "q""uote" integer[],
    "PORT" integer,
    "b" text DEFAULT 'q"uote'::text,
    CONSTRAINT "q""uote!" CHECK (("q""uote"[1: array_length("q""uote", 1)] <> '{}'::integer[]))
);
CREATE TABLE "public"."ü 数据" (
    "ü 数据" integer[],
    "PORT" integer,
    "b" text DEFAULT 'ü 数据'::text,
    CONSTRAINT "ü 数据!" CHECK (("ü 数据"[1: array_length("ü 数据", 1)] <> '{}'::integer[]))
);
CREATE OR REPLACE FUNCTION public."f $$dollar$$"()
 RETURNS text
 LANGUAGE sql
AS $function$SELECT '$$dollar$$'$function$;
CREATE OR REPLACE FUNCTION public."f */ -- ; DROP TABLE x; /*"()
 RETURNS text
 LANGUAGE sql
AS $function$SELECT '*/ -- ; DROP TABLE x; /*'$function$;
CREATE OR REPLACE FUNCTION public."f :""PORT"" :name"()
 RETURNS text
 LANGUAGE sql
AS $function$SELECT ':"PORT" :name'$function$;
CREATE OR REPLACE FUNCTION public."f back\slash \! \n"()
 RETURNS text
 LANGUAGE sql
AS $function$SELECT 'back\slash \! \n'$function$;
CREATE OR REPLACE FUNCTION public."f it's"()
 RETURNS text
 LANGUAGE sql
AS $function$SELECT 'it''s'$function$;
CREATE OR REPLACE FUNCTION public."f line
break"()
 RETURNS text
 LANGUAGE sql
AS $function$SELECT 'line
break'$function$;
CREATE OR REPLACE FUNCTION public."f percent %I %s"()
 RETURNS text
 LANGUAGE sql
AS $function$SELECT 'percent %I %s'$function$;
CREATE OR REPLACE FUNCTION public."f q""uote"()
 RETURNS text
 LANGUAGE sql
AS $function$SELECT 'q"uote'$function$;
CREATE OR REPLACE FUNCTION public."f ü 数据"()
 RETURNS text
 LANGUAGE sql
AS $function$SELECT 'ü 数据'$function$;
CREATE INDEX "i $$dollar$$" ON public."$$dollar$$" USING btree (("$$dollar$$"[2: "PORT"]));
CREATE INDEX "i */ -- ; DROP TABLE x; /*" ON public."*/ -- ; DROP TABLE x; /*" USING btree (("*/ -- ; DROP TABLE x; /*"[2: "PORT"]));
CREATE INDEX "i :""PORT"" :name" ON public.":""PORT"" :name" USING btree ((":""PORT"" :name"[2: "PORT"]));
CREATE INDEX "i back\slash \! \n" ON public."back\slash \! \n" USING btree (("back\slash \! \n"[2: "PORT"]));
CREATE INDEX "i it's" ON public."it's" USING btree (("it's"[2: "PORT"]));
CREATE INDEX "i line
break" ON public."line
break" USING btree (("line
break"[2: "PORT"]));
CREATE INDEX "i percent %I %s" ON public."percent %I %s" USING btree (("percent %I %s"[2: "PORT"]));
CREATE INDEX "i q""uote" ON public."q""uote" USING btree (("q""uote"[2: "PORT"]));
CREATE INDEX "i ü 数据" ON public."ü 数据" USING btree (("ü 数据"[2: "PORT"]));
DO 'BEGIN EXECUTE pg_catalog.format(''ALTER TABLE "public"."$$dollar$$" OWNER TO %1$I'', (SELECT pg_catalog.pg_get_userbyid(datdba) FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())); END';
DO 'BEGIN EXECUTE pg_catalog.format(''ALTER TABLE "public"."*/ -- ; DROP TABLE x; /*" OWNER TO %1$I'', (SELECT pg_catalog.pg_get_userbyid(datdba) FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())); END';
DO 'BEGIN EXECUTE pg_catalog.format(''ALTER TABLE "public".":""PORT"" :name" OWNER TO %1$I'', (SELECT pg_catalog.pg_get_userbyid(datdba) FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())); END';
DO E'BEGIN EXECUTE pg_catalog.format(E''ALTER TABLE "public"."back\\\\slash \\\\! \\\\n" OWNER TO %1$I'', (SELECT pg_catalog.pg_get_userbyid(datdba) FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())); END';
DO 'BEGIN EXECUTE pg_catalog.format(''ALTER ROUTINE "public"."f $$dollar$$"() OWNER TO %1$I'', (SELECT pg_catalog.pg_get_userbyid(datdba) FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())); END';
DO 'BEGIN EXECUTE pg_catalog.format(''ALTER ROUTINE "public"."f */ -- ; DROP TABLE x; /*"() OWNER TO %1$I'', (SELECT pg_catalog.pg_get_userbyid(datdba) FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())); END';
DO 'BEGIN EXECUTE pg_catalog.format(''ALTER ROUTINE "public"."f :""PORT"" :name"() OWNER TO %1$I'', (SELECT pg_catalog.pg_get_userbyid(datdba) FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())); END';
DO E'BEGIN EXECUTE pg_catalog.format(E''ALTER ROUTINE "public"."f back\\\\slash \\\\! \\\\n"() OWNER TO %1$I'', (SELECT pg_catalog.pg_get_userbyid(datdba) FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())); END';
DO 'BEGIN EXECUTE pg_catalog.format(''ALTER ROUTINE "public"."f it''''s"() OWNER TO %1$I'', (SELECT pg_catalog.pg_get_userbyid(datdba) FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())); END';
DO 'BEGIN EXECUTE pg_catalog.format(''ALTER ROUTINE "public"."f line
break"() OWNER TO %1$I'', (SELECT pg_catalog.pg_get_userbyid(datdba) FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())); END';
DO 'BEGIN EXECUTE pg_catalog.format(''ALTER ROUTINE "public"."f percent %%I %%s"() OWNER TO %1$I'', (SELECT pg_catalog.pg_get_userbyid(datdba) FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())); END';
DO 'BEGIN EXECUTE pg_catalog.format(''ALTER ROUTINE "public"."f q""uote"() OWNER TO %1$I'', (SELECT pg_catalog.pg_get_userbyid(datdba) FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())); END';
DO 'BEGIN EXECUTE pg_catalog.format(''ALTER ROUTINE "public"."f ü 数据"() OWNER TO %1$I'', (SELECT pg_catalog.pg_get_userbyid(datdba) FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())); END';
DO 'BEGIN EXECUTE pg_catalog.format(''ALTER TABLE "public"."it''''s" OWNER TO %1$I'', (SELECT pg_catalog.pg_get_userbyid(datdba) FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())); END';
DO 'BEGIN EXECUTE pg_catalog.format(''ALTER TABLE "public"."line
break" OWNER TO %1$I'', (SELECT pg_catalog.pg_get_userbyid(datdba) FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())); END';
DO 'BEGIN EXECUTE pg_catalog.format(''ALTER TABLE "public"."percent %%I %%s" OWNER TO %1$I'', (SELECT pg_catalog.pg_get_userbyid(datdba) FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())); END';
DO 'BEGIN EXECUTE pg_catalog.format(''ALTER TABLE "public"."q""uote" OWNER TO %1$I'', (SELECT pg_catalog.pg_get_userbyid(datdba) FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())); END';
DO 'BEGIN EXECUTE pg_catalog.format(''ALTER TABLE "public"."ü 数据" OWNER TO %1$I'', (SELECT pg_catalog.pg_get_userbyid(datdba) FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())); END';
COMMENT ON TABLE "public"."$$dollar$$" IS '$$dollar$$';
COMMENT ON TABLE "public"."*/ -- ; DROP TABLE x; /*" IS '*/ -- ; DROP TABLE x; /*';
COMMENT ON TABLE "public".":""PORT"" :name" IS ':"PORT" :name';
COMMENT ON TABLE "public"."back\slash \! \n" IS E'back\\slash \\! \\n';
COMMENT ON TABLE "public"."it's" IS 'it''s';
COMMENT ON TABLE "public"."line
break" IS 'line
break';
COMMENT ON TABLE "public"."percent %I %s" IS 'percent %I %s';
COMMENT ON TABLE "public"."q""uote" IS 'q"uote';
COMMENT ON TABLE "public"."ü 数据" IS 'ü 数据';
\endif
COMMIT;

-- stage 2 of 10, outside a transaction
:fleetdrift_pin_session;
SET SESSION lock_timeout = '0ms'; SET SESSION statement_timeout = '0ms';
ALTER TYPE "public"."e $$dollar$$" ADD VALUE IF NOT EXISTS '$$dollar$$' BEFORE 'x';
:fleetdrift_unpin_session;

-- stage 3 of 10, outside a transaction
:fleetdrift_pin_session;
SET SESSION lock_timeout = '0ms'; SET SESSION statement_timeout = '0ms';
ALTER TYPE "public"."e */ -- ; DROP TABLE x; /*" ADD VALUE IF NOT EXISTS '*/ -- ; DROP TABLE x; /*' BEFORE 'x';
:fleetdrift_unpin_session;

-- stage 4 of 10, outside a transaction
:fleetdrift_pin_session;
SET SESSION lock_timeout = '0ms'; SET SESSION statement_timeout = '0ms';
ALTER TYPE "public"."e :""PORT"" :name" ADD VALUE IF NOT EXISTS ':"PORT" :name' BEFORE 'x';
:fleetdrift_unpin_session;

-- stage 5 of 10, outside a transaction
:fleetdrift_pin_session;
SET SESSION lock_timeout = '0ms'; SET SESSION statement_timeout = '0ms';
ALTER TYPE "public"."e back\slash \! \n" ADD VALUE IF NOT EXISTS E'back\\slash \\! \\n' BEFORE 'x';
:fleetdrift_unpin_session;

-- stage 6 of 10, outside a transaction
:fleetdrift_pin_session;
SET SESSION lock_timeout = '0ms'; SET SESSION statement_timeout = '0ms';
ALTER TYPE "public"."e it's" ADD VALUE IF NOT EXISTS 'it''s' BEFORE 'x';
:fleetdrift_unpin_session;

-- stage 7 of 10, outside a transaction
:fleetdrift_pin_session;
SET SESSION lock_timeout = '0ms'; SET SESSION statement_timeout = '0ms';
ALTER TYPE "public"."e line
break" ADD VALUE IF NOT EXISTS 'line
break' BEFORE 'x';
:fleetdrift_unpin_session;

-- stage 8 of 10, outside a transaction
:fleetdrift_pin_session;
SET SESSION lock_timeout = '0ms'; SET SESSION statement_timeout = '0ms';
ALTER TYPE "public"."e percent %I %s" ADD VALUE IF NOT EXISTS 'percent %I %s' BEFORE 'x';
:fleetdrift_unpin_session;

-- stage 9 of 10, outside a transaction
:fleetdrift_pin_session;
SET SESSION lock_timeout = '0ms'; SET SESSION statement_timeout = '0ms';
ALTER TYPE "public"."e q""uote" ADD VALUE IF NOT EXISTS 'q"uote' BEFORE 'x';
:fleetdrift_unpin_session;

-- stage 10 of 10, outside a transaction
:fleetdrift_pin_session;
SET SESSION lock_timeout = '0ms'; SET SESSION statement_timeout = '0ms';
ALTER TYPE "public"."e ü 数据" ADD VALUE IF NOT EXISTS 'ü 数据' BEFORE 'x';
:fleetdrift_unpin_session;
