== operator.* an operator comes
CREATE SCHEMA $n_x;
--
--
CREATE OPERATOR $n.=== (leftarg = int, rightarg = int, function = int4eq);
== operator.attributes selectivity, hashes and merges
CREATE SCHEMA $n_x;
--
CREATE OPERATOR $n.=== (leftarg = int, rightarg = int, function = int4eq);
--
CREATE OPERATOR $n.=== (leftarg = int, rightarg = int, function = int4eq, restrict = eqsel, join = eqjoinsel, hashes, merges);
== operator.attributes commutator and negator
CREATE SCHEMA $n_x;
--
CREATE OPERATOR $n.=== (leftarg = int, rightarg = int, function = int4eq); CREATE OPERATOR $n.!== (leftarg = int, rightarg = int, function = int4ne);
--
CREATE OPERATOR $n.=== (leftarg = int, rightarg = int, function = int4eq, commutator = OPERATOR($n.===), negator = OPERATOR($n.!==)); CREATE OPERATOR $n.!== (leftarg = int, rightarg = int, function = int4ne, commutator = OPERATOR($n.!==));
== operator.attributes another function
CREATE FUNCTION $n.f(int, int) RETURNS boolean LANGUAGE sql AS 'SELECT true';
--
CREATE OPERATOR $n.=== (leftarg = int, rightarg = int, function = int4eq);
--
CREATE OPERATOR $n.=== (leftarg = int, rightarg = int, function = $n.f);
== operator.attributes an operator changes under a view and a check
CREATE TABLE $n.t (a int);
--
CREATE OPERATOR $n.=== (leftarg = int, rightarg = int, function = int4eq); CREATE VIEW $n.v AS SELECT a OPERATOR($n.===) 1 AS x FROM $n.t; ALTER TABLE $n.t ADD CONSTRAINT c CHECK (a OPERATOR($n.===) 4);
--
CREATE OPERATOR $n.=== (leftarg = int, rightarg = int, function = int4ne); CREATE VIEW $n.v AS SELECT a OPERATOR($n.===) 1 AS x FROM $n.t; ALTER TABLE $n.t ADD CONSTRAINT c CHECK (a OPERATOR($n.===) 4);
== operator.* a prefix operator
CREATE SCHEMA $n_x;
--
--
CREATE OPERATOR $n.!! (rightarg = int, function = int4abs);
== operator_family.* a family comes
CREATE SCHEMA $n_x;
--
--
CREATE OPERATOR FAMILY $n.fam USING btree;
== operator_family.members members of a family
CREATE OPERATOR FAMILY $n.fam USING btree;
--
--
ALTER OPERATOR FAMILY $n.fam USING btree ADD OPERATOR 1 < (int4, int8), OPERATOR 2 <= (int4, int8), OPERATOR 3 = (int4, int8), OPERATOR 4 >= (int4, int8), OPERATOR 5 > (int4, int8), FUNCTION 1 (int4, int8) btint48cmp(int4, int8);
== operator_class.* a class comes
CREATE SCHEMA $n_x;
--
--
CREATE OPERATOR CLASS $n.cls FOR TYPE int USING btree AS OPERATOR 1 <, OPERATOR 2 <=, OPERATOR 3 =, OPERATOR 4 >=, OPERATOR 5 >, FUNCTION 1 btint4cmp(int, int);
== operator_class.members other members of a class
CREATE SCHEMA $n_x;
--
CREATE OPERATOR CLASS $n.cls FOR TYPE int USING btree AS OPERATOR 1 <, OPERATOR 2 <=, OPERATOR 3 =, OPERATOR 4 >=, OPERATOR 5 >, FUNCTION 1 btint4cmp(int, int);
--
CREATE OPERATOR CLASS $n.cls FOR TYPE int USING btree AS OPERATOR 1 >, OPERATOR 2 >=, OPERATOR 3 =, OPERATOR 4 <=, OPERATOR 5 <, FUNCTION 1 btint4cmp(int, int), FUNCTION 2 btint4sortsupport(internal);
== operator_class.members a class changes under an index
CREATE TABLE $n.t (a int);
--
CREATE OPERATOR CLASS $n.cls FOR TYPE int USING btree AS OPERATOR 1 <, OPERATOR 2 <=, OPERATOR 3 =, OPERATOR 4 >=, OPERATOR 5 >, FUNCTION 1 btint4cmp(int, int); CREATE INDEX i ON $n.t (a $n.cls);
--
CREATE OPERATOR CLASS $n.cls FOR TYPE int USING btree AS OPERATOR 1 >, OPERATOR 2 >=, OPERATOR 3 =, OPERATOR 4 <=, OPERATOR 5 <, FUNCTION 1 btint4cmp(int, int); CREATE INDEX i ON $n.t (a $n.cls);
== operator_class.default, operator_class.type a default class for a type of ours
CREATE TYPE $n.e AS (a int);
--
CREATE OPERATOR CLASS $n.cls FOR TYPE $n.e USING hash AS OPERATOR 1 =(record, record), FUNCTION 1 hash_record(record);
--
CREATE OPERATOR CLASS $n.cls DEFAULT FOR TYPE $n.e USING hash AS OPERATOR 1 =(record, record), FUNCTION 1 hash_record(record);
== operator_class.family in a family of its own
CREATE OPERATOR FAMILY $n.fam USING btree;
--
CREATE OPERATOR CLASS $n.cls FOR TYPE int USING btree AS OPERATOR 3 =, FUNCTION 1 btint4cmp(int, int);
--
CREATE OPERATOR CLASS $n.cls FOR TYPE int USING btree FAMILY $n.fam AS OPERATOR 3 =, FUNCTION 1 btint4cmp(int, int);
== operator_class.storage another storage
CREATE SCHEMA $n_x;
--
CREATE OPERATOR CLASS $n.cls FOR TYPE text[] USING gin AS OPERATOR 1 &&(anyarray, anyarray), FUNCTION 2 ginarrayextract(anyarray, internal, internal), FUNCTION 3 ginqueryarrayextract(anyarray, internal, int2, internal, internal, internal, internal), FUNCTION 4 ginarrayconsistent(internal, int2, anyarray, int4, internal, internal, internal, internal), STORAGE text;
--
CREATE OPERATOR CLASS $n.cls FOR TYPE text[] USING gin AS OPERATOR 1 &&(anyarray, anyarray), FUNCTION 2 ginarrayextract(anyarray, internal, internal), FUNCTION 3 ginqueryarrayextract(anyarray, internal, int2, internal, internal, internal, internal), FUNCTION 4 ginarrayconsistent(internal, int2, anyarray, int4, internal, internal, internal, internal), STORAGE varchar;
== operator_class.members, operator_family.members ordering operators
CREATE SCHEMA $n_x;
--
CREATE OPERATOR CLASS $n.cls FOR TYPE point USING gist AS OPERATOR 11 |>>(point, point), FUNCTION 1 gist_point_consistent(internal, point, smallint, oid, internal), FUNCTION 2 gist_box_union(internal, internal), FUNCTION 5 gist_box_penalty(internal, internal, internal), FUNCTION 6 gist_box_picksplit(internal, internal), FUNCTION 7 gist_box_same(box, box, internal), STORAGE box;
--
CREATE OPERATOR CLASS $n.cls FOR TYPE point USING gist AS OPERATOR 11 |>>(point, point), OPERATOR 15 <->(point, point) FOR ORDER BY pg_catalog.float_ops, FUNCTION 1 gist_point_consistent(internal, point, smallint, oid, internal), FUNCTION 2 gist_box_union(internal, internal), FUNCTION 5 gist_box_penalty(internal, internal, internal), FUNCTION 6 gist_box_picksplit(internal, internal), FUNCTION 7 gist_box_same(box, box, internal), FUNCTION 8 (point, point) gist_point_distance(internal, point, smallint, oid, internal), STORAGE box;
== cast.* a cast comes
CREATE TYPE $n.e AS ENUM ('a'); CREATE FUNCTION $n.f($n.e) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT 1';
--
--
CREATE CAST ($n.e AS int) WITH FUNCTION $n.f($n.e);
== cast.context another context
CREATE TYPE $n.e AS ENUM ('a'); CREATE FUNCTION $n.f($n.e) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT 1';
--
CREATE CAST ($n.e AS int) WITH FUNCTION $n.f($n.e) AS ASSIGNMENT;
--
CREATE CAST ($n.e AS int) WITH FUNCTION $n.f($n.e) AS IMPLICIT;
== cast.method by the text of values
CREATE TYPE $n.c AS (a int); CREATE FUNCTION $n.f($n.c) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT 1';
--
CREATE CAST ($n.c AS int) WITH FUNCTION $n.f($n.c);
--
CREATE CAST ($n.c AS int) WITH INOUT;
== cast.function another function
CREATE TYPE $n.e AS ENUM ('a'); CREATE FUNCTION $n.f($n.e) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT 1'; CREATE FUNCTION $n.g($n.e) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT 2';
--
CREATE CAST ($n.e AS int) WITH FUNCTION $n.f($n.e);
--
CREATE CAST ($n.e AS int) WITH FUNCTION $n.g($n.e);
== language.* a language comes
CREATE SCHEMA $n_x;
--
--
CREATE LANGUAGE $n_l HANDLER plpgsql_call_handler;
== language.trusted, language.inline, language.validator trusted, with blocks and a validator
CREATE SCHEMA $n_x;
--
CREATE LANGUAGE $n_l HANDLER plpgsql_call_handler;
--
CREATE TRUSTED LANGUAGE $n_l HANDLER plpgsql_call_handler INLINE plpgsql_inline_handler VALIDATOR plpgsql_validator;
== language.trusted a language changes under a function
CREATE SCHEMA $n_x;
--
CREATE LANGUAGE $n_l HANDLER plpgsql_call_handler; CREATE FUNCTION $n.f() RETURNS int LANGUAGE $n_l AS 'BEGIN RETURN 1; END';
--
CREATE TRUSTED LANGUAGE $n_l HANDLER plpgsql_call_handler; CREATE FUNCTION $n.f() RETURNS int LANGUAGE $n_l AS 'BEGIN RETURN 1; END';
== language.handler another handler
CREATE FUNCTION $n.h() RETURNS language_handler LANGUAGE c AS '$libdir/plpgsql', 'plpgsql_call_handler';
--
CREATE LANGUAGE $n_l HANDLER plpgsql_call_handler;
--
CREATE LANGUAGE $n_l HANDLER $n.h;
== transform.* a transform comes
CREATE TYPE $n.e AS ENUM ('a'); CREATE FUNCTION $n.f(internal) RETURNS internal LANGUAGE internal IMMUTABLE STRICT AS 'textin';
--
--
CREATE TRANSFORM FOR $n.e LANGUAGE plpgsql (FROM SQL WITH FUNCTION $n.f(internal));
== transform.from_sql, transform.to_sql other functions
CREATE TYPE $n.e AS ENUM ('a'); CREATE FUNCTION $n.f(internal) RETURNS internal LANGUAGE internal IMMUTABLE STRICT AS 'textin'; CREATE FUNCTION $n.g(internal) RETURNS $n.e LANGUAGE internal IMMUTABLE STRICT AS 'textin';
--
CREATE TRANSFORM FOR $n.e LANGUAGE plpgsql (FROM SQL WITH FUNCTION $n.f(internal));
--
CREATE TRANSFORM FOR $n.e LANGUAGE plpgsql (TO SQL WITH FUNCTION $n.g(internal));
== access_method.* an access method comes
CREATE SCHEMA $n_x;
--
--
CREATE ACCESS METHOD $n_am TYPE TABLE HANDLER heap_tableam_handler;
== access_method.type, access_method.handler of another type
CREATE SCHEMA $n_x;
--
CREATE ACCESS METHOD $n_am TYPE TABLE HANDLER heap_tableam_handler;
--
CREATE ACCESS METHOD $n_am TYPE INDEX HANDLER bthandler;
== conversion.* a conversion comes
CREATE SCHEMA $n_x;
--
--
CREATE CONVERSION $n.c FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8;
== conversion.source, conversion.function from another encoding
CREATE SCHEMA $n_x;
--
CREATE CONVERSION $n.c FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8;
--
CREATE CONVERSION $n.c FOR 'KOI8R' TO 'UTF8' FROM koi8r_to_utf8;
== conversion.default a default conversion
CREATE SCHEMA $n_x;
--
CREATE CONVERSION $n.c FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8;
--
CREATE DEFAULT CONVERSION $n.c FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8;
== conversion.destination to another encoding
CREATE SCHEMA $n_x;
--
CREATE CONVERSION $n.c FOR 'UTF8' TO 'LATIN1' FROM utf8_to_iso8859_1;
--
CREATE CONVERSION $n.c FOR 'UTF8' TO 'KOI8R' FROM utf8_to_koi8r;
== collation.* a collation comes
CREATE SCHEMA $n_x;
--
--
CREATE COLLATION $n.co (locale = 'C');
== collation.attributes another locale
CREATE SCHEMA $n_x;
--
CREATE COLLATION $n.co (locale = 'C');
--
CREATE COLLATION $n.co (lc_collate = 'C', lc_ctype = 'POSIX');
== collation.attributes a collation changes under a column and an index
CREATE SCHEMA $n_x;
--
CREATE COLLATION $n.co (locale = 'C'); CREATE TABLE $n.t (v text COLLATE $n.co); CREATE INDEX i ON $n.t (v);
--
CREATE COLLATION $n.co (locale = 'POSIX'); CREATE TABLE $n.t (v text COLLATE $n.co); CREATE INDEX i ON $n.t (v);
== collation.attributes [17+] the built-in provider
CREATE SCHEMA $n_x;
--
CREATE COLLATION $n.co (provider = builtin, locale = 'C');
--
CREATE COLLATION $n.co (provider = builtin, locale = 'C.UTF-8');
== text_search_parser.* a parser comes
CREATE SCHEMA $n_x;
--
--
CREATE TEXT SEARCH PARSER $n.p (START = prsd_start, GETTOKEN = prsd_nexttoken, "end" = prsd_end, LEXTYPES = prsd_lextype);
== text_search_parser.attributes a parser with headlines
CREATE SCHEMA $n_x;
--
CREATE TEXT SEARCH PARSER $n.p (START = prsd_start, GETTOKEN = prsd_nexttoken, "end" = prsd_end, LEXTYPES = prsd_lextype);
--
CREATE TEXT SEARCH PARSER $n.p (START = prsd_start, GETTOKEN = prsd_nexttoken, "end" = prsd_end, LEXTYPES = prsd_lextype, HEADLINE = prsd_headline);
== text_search_template.* a template comes
CREATE SCHEMA $n_x;
--
--
CREATE TEXT SEARCH TEMPLATE $n.tt (LEXIZE = dsimple_lexize);
== text_search_template.attributes a template with an init function
CREATE SCHEMA $n_x;
--
CREATE TEXT SEARCH TEMPLATE $n.tt (LEXIZE = dsimple_lexize);
--
CREATE TEXT SEARCH TEMPLATE $n.tt (LEXIZE = dsimple_lexize, INIT = dsimple_init);
== text_search_dictionary.* a dictionary comes
CREATE SCHEMA $n_x;
--
--
CREATE TEXT SEARCH DICTIONARY $n.d (TEMPLATE = simple);
== text_search_dictionary.options other options
CREATE SCHEMA $n_x;
--
CREATE TEXT SEARCH DICTIONARY $n.d (TEMPLATE = simple);
--
CREATE TEXT SEARCH DICTIONARY $n.d (TEMPLATE = simple, ACCEPT = false);
== text_search_dictionary.options an option goes and another changes
CREATE SCHEMA $n_x;
--
CREATE TEXT SEARCH DICTIONARY $n.d (TEMPLATE = snowball, LANGUAGE = english, STOPWORDS = english);
--
CREATE TEXT SEARCH DICTIONARY $n.d (TEMPLATE = snowball, LANGUAGE = german);
== text_search_dictionary.template another template, in use
CREATE SCHEMA $n_x;
--
CREATE TEXT SEARCH DICTIONARY $n.d (TEMPLATE = simple); CREATE TEXT SEARCH CONFIGURATION $n.c (PARSER = default); ALTER TEXT SEARCH CONFIGURATION $n.c ADD MAPPING FOR word WITH $n.d;
--
CREATE TEXT SEARCH DICTIONARY $n.d (TEMPLATE = snowball, LANGUAGE = english); CREATE TEXT SEARCH CONFIGURATION $n.c (PARSER = default); ALTER TEXT SEARCH CONFIGURATION $n.c ADD MAPPING FOR word WITH $n.d;
== text_search_configuration.* a configuration comes
CREATE SCHEMA $n_x;
--
--
CREATE TEXT SEARCH CONFIGURATION $n.c (COPY = english);
== text_search_configuration.mappings other mappings
CREATE TEXT SEARCH DICTIONARY $n.d (TEMPLATE = simple); CREATE TEXT SEARCH CONFIGURATION $n.c (PARSER = default); ALTER TEXT SEARCH CONFIGURATION $n.c ADD MAPPING FOR word, asciiword WITH simple;
--
--
ALTER TEXT SEARCH CONFIGURATION $n.c ADD MAPPING FOR numword WITH $n.d, english_stem; ALTER TEXT SEARCH CONFIGURATION $n.c ALTER MAPPING FOR word WITH english_stem, simple; ALTER TEXT SEARCH CONFIGURATION $n.c DROP MAPPING FOR asciiword;
== text_search_configuration.parser another parser
CREATE TEXT SEARCH PARSER $n.p (START = prsd_start, GETTOKEN = prsd_nexttoken, "end" = prsd_end, LEXTYPES = prsd_lextype);
--
CREATE TEXT SEARCH CONFIGURATION $n.c (PARSER = default);
--
CREATE TEXT SEARCH CONFIGURATION $n.c (PARSER = $n.p);
== text_search_configuration.mappings a configuration used by an index
CREATE TEXT SEARCH CONFIGURATION $n.c (COPY = simple); CREATE TABLE $n.t (a text); CREATE INDEX i ON $n.t USING gin (to_tsvector('$n.c', a));
--
--
ALTER TEXT SEARCH CONFIGURATION $n.c ALTER MAPPING FOR word WITH english_stem;
== text_search_configuration.mappings dictionaries in another order
CREATE TEXT SEARCH DICTIONARY $n.d (TEMPLATE = simple, STOPWORDS = english); CREATE SCHEMA $n_x;
--
CREATE TEXT SEARCH CONFIGURATION $n.c (PARSER = default); ALTER TEXT SEARCH CONFIGURATION $n.c ADD MAPPING FOR asciiword, word WITH $n.d, english_stem;
--
CREATE TEXT SEARCH CONFIGURATION $n.c (PARSER = default); ALTER TEXT SEARCH CONFIGURATION $n.c ADD MAPPING FOR asciiword, word WITH english_stem, $n.d;
== collation.attributes characters of another locale than the order's
CREATE SCHEMA $n_x;
--
CREATE COLLATION $n.co (lc_collate = 'C', lc_ctype = 'C.UTF-8');
--
CREATE COLLATION $n.co (lc_collate = 'C', lc_ctype = 'POSIX');
