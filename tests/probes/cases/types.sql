== enum_type.* an enum comes
CREATE SCHEMA $n_x;
--
--
CREATE TYPE $n.e AS ENUM ('a', 'it''s', 'B b');
== enum_type.labels a label is appended
CREATE SCHEMA $n_x;
--
CREATE TYPE $n.e AS ENUM ('a', 'b');
--
CREATE TYPE $n.e AS ENUM ('a', 'b', 'c');
== enum_type.labels labels in the middle and at the beginning, in use
CREATE SCHEMA $n_x;
--
CREATE TYPE $n.e AS ENUM ('b', 'd'); CREATE TABLE $n.t (v $n.e DEFAULT 'b');
--
CREATE TYPE $n.e AS ENUM ('a', 'b', 'c', 'd'); CREATE TABLE $n.t (v $n.e DEFAULT 'b');
== enum_type.labels another order, in use
CREATE SCHEMA $n_x;
--
CREATE TYPE $n.e AS ENUM ('a', 'b', 'c'); CREATE TABLE $n.t (v $n.e DEFAULT 'b', w $n.e[]);
--
CREATE TYPE $n.e AS ENUM ('c', 'b', 'a'); CREATE TABLE $n.t (v $n.e DEFAULT 'b', w $n.e[]);
== enum_type.labels a renamed label, in use
CREATE SCHEMA $n_x;
--
CREATE TYPE $n.e AS ENUM ('a', 'b'); CREATE TABLE $n.t (v $n.e); CREATE INDEX i ON $n.t (v) WHERE v = 'b';
--
CREATE TYPE $n.e AS ENUM ('a', 'z'); CREATE TABLE $n.t (v $n.e); CREATE INDEX i ON $n.t (v) WHERE v = 'a';
== enum_type.labels labels used by a view, a function and a policy
CREATE SCHEMA $n_x;
--
CREATE TYPE $n.e AS ENUM ('a', 'b'); CREATE TABLE $n.t (v $n.e); CREATE VIEW $n.w AS SELECT v FROM $n.t WHERE v = 'a'; CREATE FUNCTION $n.f($n.e) RETURNS $n.e LANGUAGE sql AS 'SELECT $1'; CREATE POLICY p ON $n.t USING (v = 'a');
--
CREATE TYPE $n.e AS ENUM ('a'); CREATE TABLE $n.t (v $n.e); CREATE VIEW $n.w AS SELECT v FROM $n.t WHERE v = 'a'; CREATE FUNCTION $n.f($n.e) RETURNS $n.e LANGUAGE sql AS 'SELECT $1'; CREATE POLICY p ON $n.t USING (v = 'a');
== domain_type.* a domain comes
CREATE SCHEMA $n_x;
--
--
CREATE DOMAIN $n.d AS varchar(10) COLLATE "C" DEFAULT 'x' NOT NULL CONSTRAINT short CHECK (length(value) < 4);
== domain_type.base_type another base type, in use
CREATE SCHEMA $n_x;
--
CREATE DOMAIN $n.d AS int; CREATE TABLE $n.t (v $n.d);
--
CREATE DOMAIN $n.d AS bigint; CREATE TABLE $n.t (v $n.d);
== domain_type.default another default
CREATE SCHEMA $n_x;
--
CREATE DOMAIN $n.d AS int DEFAULT 1; CREATE TABLE $n.t (v $n.d);
--
CREATE DOMAIN $n.d AS int DEFAULT 2; CREATE TABLE $n.t (v $n.d);
== domain_type.default a default comes
CREATE DOMAIN $n.d AS int;
--
--
ALTER DOMAIN $n.d SET DEFAULT 7;
== domain_type.not_null not null
CREATE DOMAIN $n.d AS int;
--
--
ALTER DOMAIN $n.d SET NOT NULL;
== domain_type.collation another collation
CREATE SCHEMA $n_x;
--
CREATE DOMAIN $n.d AS text;
--
CREATE DOMAIN $n.d AS text COLLATE "C";
== domain_constraint.* a check of a domain comes
CREATE DOMAIN $n.d AS int; CREATE TABLE $n.t (v $n.d);
--
--
ALTER DOMAIN $n.d ADD CONSTRAINT c CHECK (value > 0);
== domain_constraint.definition another check of a domain
CREATE DOMAIN $n.d AS int;
--
ALTER DOMAIN $n.d ADD CONSTRAINT c CHECK (value > 0);
--
ALTER DOMAIN $n.d ADD CONSTRAINT c CHECK (value > 1);
== domain_constraint.validated a check of a domain that is not valid
CREATE DOMAIN $n.d AS int;
--
ALTER DOMAIN $n.d ADD CONSTRAINT c CHECK (value > 0);
--
ALTER DOMAIN $n.d ADD CONSTRAINT c CHECK (value > 0) NOT VALID;
== domain_constraint.name, domain_constraint.type [17+] a named not null of a domain
CREATE DOMAIN $n.d AS int;
--
ALTER DOMAIN $n.d SET NOT NULL;
--
ALTER DOMAIN $n.d ADD CONSTRAINT mine NOT NULL;
== domain_type.* a domain over a domain
CREATE DOMAIN $n.d AS int CHECK (value > 0);
--
--
CREATE DOMAIN $n.dd AS $n.d DEFAULT 5 CHECK (value < 100);
== composite_type.* a composite comes
CREATE SCHEMA $n_x;
--
--
CREATE TYPE $n.c AS (a int, "b B" text COLLATE "C", d numeric(4,1)[]);
== composite_type.attributes an attribute comes
CREATE SCHEMA $n_x;
--
CREATE TYPE $n.c AS (a int);
--
CREATE TYPE $n.c AS (a int, b text);
== composite_type.attributes an attribute has another type
CREATE SCHEMA $n_x;
--
CREATE TYPE $n.c AS (a int, b text);
--
CREATE TYPE $n.c AS (a bigint, b text COLLATE "C");
== composite_type.attributes another order of attributes
CREATE SCHEMA $n_x;
--
CREATE TYPE $n.c AS (a int, b text);
--
CREATE TYPE $n.c AS (b text, a int);
== composite_type.attributes an attribute goes from a composite in use
CREATE SCHEMA $n_x;
--
CREATE TYPE $n.c AS (a int, b text); CREATE TABLE $n.t (v $n.c, w $n.c[]);
--
CREATE TYPE $n.c AS (a int, d date); CREATE TABLE $n.t (v $n.c, w $n.c[]);
== composite_type.attributes a typed table follows its type
CREATE SCHEMA $n_x;
--
CREATE TYPE $n.c AS (a int, b text); CREATE TABLE $n.t OF $n.c;
--
CREATE TYPE $n.c AS (a bigint, b text, d date); CREATE TABLE $n.t OF $n.c;
== composite_type.attributes a composite without attributes
CREATE SCHEMA $n_x;
--
CREATE TYPE $n.c AS ();
--
CREATE TYPE $n.c AS (a int);
== range_type.* a range comes
CREATE SCHEMA $n_x;
--
--
CREATE TYPE $n.r AS RANGE (subtype = float8, subtype_diff = float8mi);
== range_type.subtype another subtype
CREATE SCHEMA $n_x;
--
CREATE TYPE $n.r AS RANGE (subtype = float8);
--
CREATE TYPE $n.r AS RANGE (subtype = text);
== range_type.operator_class, range_type.collation another operator class and collation
CREATE SCHEMA $n_x;
--
CREATE TYPE $n.r AS RANGE (subtype = text);
--
CREATE TYPE $n.r AS RANGE (subtype = text, subtype_opclass = text_pattern_ops, collation = "C");
== range_type.subtype_diff a difference function
CREATE FUNCTION $n.diff(text, text) RETURNS float8 LANGUAGE sql IMMUTABLE AS 'SELECT 1.0::float8';
--
CREATE TYPE $n.r AS RANGE (subtype = text); CREATE TABLE $n.t (v $n.r);
--
CREATE TYPE $n.r AS RANGE (subtype = text, subtype_diff = $n.diff); CREATE TABLE $n.t (v $n.r);
== range_type.canonical a canonical function
CREATE TYPE $n.r; CREATE FUNCTION $n.canon($n.r) RETURNS $n.r LANGUAGE internal IMMUTABLE STRICT AS 'int4range_canonical';
--
CREATE TYPE $n.r AS RANGE (subtype = int);
--
CREATE TYPE $n.r AS RANGE (subtype = int, canonical = $n.canon);
== range_type.multirange_name another name of the multirange
CREATE SCHEMA $n_x;
--
CREATE TYPE $n.r AS RANGE (subtype = float8);
--
CREATE TYPE $n.r AS RANGE (subtype = float8, multirange_type_name = many);
== base_type.* a base type
CREATE SCHEMA $n_x;
--
--
CREATE TYPE $n.b; CREATE FUNCTION $n.b_in(cstring) RETURNS $n.b LANGUAGE internal IMMUTABLE STRICT AS 'textin'; CREATE FUNCTION $n.b_out($n.b) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'textout'; CREATE TYPE $n.b (input = $n.b_in, output = $n.b_out, like = text);
== base_type.attributes other attributes of a base type
CREATE TYPE $n.b; CREATE FUNCTION $n.b_in(cstring) RETURNS $n.b LANGUAGE internal IMMUTABLE STRICT AS 'textin'; CREATE FUNCTION $n.b_out($n.b) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'textout';
--
CREATE TYPE $n.b (input = $n.b_in, output = $n.b_out, like = text);
--
CREATE TYPE $n.b (input = $n.b_in, output = $n.b_out, internallength = variable, alignment = int4, storage = main, category = 'S', preferred = false, delimiter = ';', default = 'x');
== base_type.shell a shell type becomes a type
CREATE SCHEMA $n_x;
--
CREATE TYPE $n.b;
--
CREATE TYPE $n.b; CREATE FUNCTION $n.b_in(cstring) RETURNS $n.b LANGUAGE internal IMMUTABLE STRICT AS 'textin'; CREATE FUNCTION $n.b_out($n.b) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'textout'; CREATE TYPE $n.b (input = $n.b_in, output = $n.b_out, like = text);
== base_type.shell a shell type
CREATE SCHEMA $n_x;
--
--
CREATE TYPE $n.b;
== sequence.* a sequence comes
CREATE SCHEMA $n_x;
--
--
CREATE SEQUENCE $n.s AS smallint INCREMENT BY 2 MINVALUE -5 MAXVALUE 99 START WITH 3 CACHE 4 CYCLE;
== sequence.type another type
CREATE SCHEMA $n_x;
--
CREATE SEQUENCE $n.s AS int;
--
CREATE SEQUENCE $n.s AS bigint;
== sequence.type to a narrower type
CREATE SCHEMA $n_x;
--
CREATE SEQUENCE $n.s AS bigint MAXVALUE 30000;
--
CREATE SEQUENCE $n.s AS smallint;
== sequence.start another start
CREATE SEQUENCE $n.s;
--
--
ALTER SEQUENCE $n.s START 50;
== sequence.increment downwards
CREATE SCHEMA $n_x;
--
CREATE SEQUENCE $n.s;
--
CREATE SEQUENCE $n.s INCREMENT BY -1;
== sequence.minimum, sequence.maximum other bounds
CREATE SCHEMA $n_x;
--
CREATE SEQUENCE $n.s MINVALUE 0 MAXVALUE 100 START 1;
--
CREATE SEQUENCE $n.s MINVALUE -10 MAXVALUE 200 START 1;
== sequence.cache, sequence.cycle caching and cycling
CREATE SEQUENCE $n.s;
--
--
ALTER SEQUENCE $n.s CACHE 10 CYCLE;
== sequence.owned_by_table, sequence.owned_by_column an owner
CREATE SEQUENCE $n.s; CREATE TABLE $n.t (a int, b int);
--
ALTER SEQUENCE $n.s OWNED BY $n.t.a;
--
ALTER SEQUENCE $n.s OWNED BY $n.t.b;
== sequence.owned_by_table no owner
CREATE SEQUENCE $n.s; CREATE TABLE $n.t (a int, b int);
--
ALTER SEQUENCE $n.s OWNED BY $n.t.a;
--
ALTER SEQUENCE $n.s OWNED BY NONE;
== sequence.identity_of_column an identity becomes a default
CREATE SCHEMA $n_x;
--
CREATE TABLE $n.t (a int GENERATED ALWAYS AS IDENTITY);
--
CREATE SEQUENCE $n.t_a_seq AS int; CREATE TABLE $n.t (a int NOT NULL DEFAULT nextval('$n.t_a_seq'));
== composite_type.attributes the collation of an attribute
CREATE SCHEMA $n_x;
--
CREATE TYPE $n.c AS (a text, b int);
--
CREATE TYPE $n.c AS (a text COLLATE "C", b int);
== domain_constraint.* two checks and a default of a domain
CREATE SCHEMA $n_x;
--
CREATE DOMAIN $n.d AS text DEFAULT 'a' CONSTRAINT one CHECK (value <> '') CONSTRAINT two CHECK (length(value) < 9);
--
CREATE DOMAIN $n.d AS text COLLATE "C" DEFAULT upper('b') CONSTRAINT one CHECK (value <> 'z') NOT NULL;
== range_type.subtype a range with everything
CREATE FUNCTION $n.diff(float8, float8) RETURNS float8 LANGUAGE sql IMMUTABLE AS 'SELECT $1 - $2';
--
CREATE TYPE $n.r AS RANGE (subtype = float8);
--
CREATE TYPE $n.r AS RANGE (subtype = text, subtype_opclass = text_pattern_ops, collation = "C", multirange_type_name = $n.many);
== transform.from_sql a transform of one way
CREATE TYPE $n.c AS (a int); CREATE FUNCTION $n.f(internal) RETURNS internal LANGUAGE internal IMMUTABLE STRICT AS 'textin'; CREATE FUNCTION $n.g(internal) RETURNS $n.c LANGUAGE internal IMMUTABLE STRICT AS 'textin';
--
CREATE TRANSFORM FOR $n.c LANGUAGE plpgsql (TO SQL WITH FUNCTION $n.g(internal));
--
CREATE TRANSFORM FOR $n.c LANGUAGE plpgsql (FROM SQL WITH FUNCTION $n.f(internal));
