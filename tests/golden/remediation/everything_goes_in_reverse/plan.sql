-- fleetdrift remediation
-- not proven: no attempt was made
-- with rows: not tried: no attempt was made
-- 27 statements in 1 transaction
-- blocks_reads: table public.$$dollar$$, table public.*/ -- ; DROP TABLE x; /*, table public.:"PORT" :name and 6 more
-- breaks_readers: routine public.f $$dollar$$, routine public.f */ -- ; DROP TABLE x; /*, routine public.f :"PORT" :name and 15 more
-- loses_data: table public.$$dollar$$, table public.*/ -- ; DROP TABLE x; /*, table public.:"PORT" :name and 6 more

\set ON_ERROR_STOP on

-- What each transaction pins, whatever settings the database or the role has of its own.
\set fleetdrift_pin 'SET LOCAL quote_all_identifiers = ''off'' \\; SET LOCAL search_path = pg_catalog, pg_temp \\; SET LOCAL TimeZone = ''UTC'' \\; SET LOCAL DateStyle = ''ISO, MDY'' \\; SET LOCAL IntervalStyle = ''postgres'' \\; SET LOCAL bytea_output = ''hex'' \\; SET LOCAL extra_float_digits = ''1'' \\; SET LOCAL lc_monetary = ''C'' \\; SET LOCAL xmlbinary = ''base64'' \\; SET LOCAL xmloption = ''content'' \\; SET LOCAL standard_conforming_strings = ''on'' \\; SET LOCAL row_security = ''off'' \\; SET LOCAL client_encoding = ''UTF8'' \\; SET LOCAL client_min_messages = ''warning'' \\; SET LOCAL escape_string_warning = ''off'' \\; SET LOCAL backslash_quote = ''safe_encoding'' \\; SET LOCAL array_nulls = ''on'' \\; SET LOCAL transform_null_equals = ''off'' \\; SET LOCAL lc_numeric = ''C'' \\; SET LOCAL lc_time = ''C'' \\; SET LOCAL check_function_bodies = ''off'' \\; SET LOCAL default_tablespace = '''' \\; SET LOCAL default_table_access_method = ''heap'' \\; SET LOCAL synchronize_seqscans = ''off'' \\; SET LOCAL idle_in_transaction_session_timeout = ''60s'''

-- stage 1 of 1, in one transaction
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
SET LOCAL lock_timeout = '3000ms'; SET LOCAL statement_timeout = '0ms';
-- breaks_readers: calls of "public"."f $$dollar$$"() fail
DROP FUNCTION "public"."f $$dollar$$"();
-- breaks_readers: calls of "public"."f */ -- ; DROP TABLE x; /*"() fail
DROP FUNCTION "public"."f */ -- ; DROP TABLE x; /*"();
-- breaks_readers: calls of "public"."f :""PORT"" :name"() fail
DROP FUNCTION "public"."f :""PORT"" :name"();
-- breaks_readers: calls of "public"."f back\slash \! \n"() fail
DROP FUNCTION "public"."f back\slash \! \n"();
-- breaks_readers: calls of "public"."f it's"() fail
DROP FUNCTION "public"."f it's"();
-- breaks_readers: calls of "public"."f line
-- break"() fail
DROP FUNCTION "public"."f line
break"();
-- breaks_readers: calls of "public"."f percent %I %s"() fail
DROP FUNCTION "public"."f percent %I %s"();
-- breaks_readers: calls of "public"."f q""uote"() fail
DROP FUNCTION "public"."f q""uote"();
-- breaks_readers: calls of "public"."f ü 数据"() fail
DROP FUNCTION "public"."f ü 数据"();
-- breaks_readers: statements that name "public"."e $$dollar$$" fail
DROP TYPE "public"."e $$dollar$$";
-- breaks_readers: statements that name "public"."e */ -- ; DROP TABLE x; /*" fail
DROP TYPE "public"."e */ -- ; DROP TABLE x; /*";
-- breaks_readers: statements that name "public"."e :""PORT"" :name" fail
DROP TYPE "public"."e :""PORT"" :name";
-- breaks_readers: statements that name "public"."e back\slash \! \n" fail
DROP TYPE "public"."e back\slash \! \n";
-- breaks_readers: statements that name "public"."e it's" fail
DROP TYPE "public"."e it's";
-- breaks_readers: statements that name "public"."e line
-- break" fail
DROP TYPE "public"."e line
break";
-- breaks_readers: statements that name "public"."e percent %I %s" fail
DROP TYPE "public"."e percent %I %s";
-- breaks_readers: statements that name "public"."e q""uote" fail
DROP TYPE "public"."e q""uote";
-- breaks_readers: statements that name "public"."e ü 数据" fail
DROP TYPE "public"."e ü 数据";
-- loses_data: every row of "public"."$$dollar$$" cannot be brought back
DROP TABLE "public"."$$dollar$$";
-- loses_data: every row of "public"."*/ -- ; DROP TABLE x; /*" cannot be brought back
DROP TABLE "public"."*/ -- ; DROP TABLE x; /*";
-- loses_data: every row of "public".":""PORT"" :name" cannot be brought back
DROP TABLE "public".":""PORT"" :name";
-- loses_data: every row of "public"."back\slash \! \n" cannot be brought back
DROP TABLE "public"."back\slash \! \n";
-- loses_data: every row of "public"."it's" cannot be brought back
DROP TABLE "public"."it's";
-- loses_data: every row of "public"."line
-- break" cannot be brought back
DROP TABLE "public"."line
break";
-- loses_data: every row of "public"."percent %I %s" cannot be brought back
DROP TABLE "public"."percent %I %s";
-- loses_data: every row of "public"."q""uote" cannot be brought back
DROP TABLE "public"."q""uote";
-- loses_data: every row of "public"."ü 数据" cannot be brought back
DROP TABLE "public"."ü 数据";
COMMIT;
