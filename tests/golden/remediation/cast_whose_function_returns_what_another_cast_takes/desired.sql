CREATE DOMAIN unused AS int;
CREATE TYPE code;
CREATE FUNCTION code_in(cstring) RETURNS code LANGUAGE internal STRICT IMMUTABLE AS 'textin';
CREATE FUNCTION code_out(code) RETURNS cstring LANGUAGE internal STRICT IMMUTABLE AS 'textout';
CREATE TYPE code (INPUT = code_in, OUTPUT = code_out, LIKE = text);
CREATE FUNCTION spelt(int) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT chr($1)';
CREATE CAST (text AS code) WITHOUT FUNCTION;
CREATE CAST (int AS code) WITH FUNCTION spelt(int);
