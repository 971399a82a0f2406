CREATE TABLE "line
break" ("line
break" int[] CONSTRAINT "line
break!" CHECK ("line
break"[1:array_length("line
break", 1)] <> '{}'), "PORT" int, b text DEFAULT 'line
break');
CREATE INDEX "i line
break" ON "line
break" (("line
break"[2: "PORT"]));
COMMENT ON TABLE "line
break" IS 'line
break';
CREATE TYPE "e line
break" AS ENUM ('line
break', 'x');
CREATE FUNCTION "f line
break"() RETURNS text LANGUAGE sql AS 'SELECT ''line
break''';
CREATE TABLE "q""uote" ("q""uote" int[] CONSTRAINT "q""uote!" CHECK ("q""uote"[1:array_length("q""uote", 1)] <> '{}'), "PORT" int, b text DEFAULT 'q"uote');
CREATE INDEX "i q""uote" ON "q""uote" (("q""uote"[2: "PORT"]));
COMMENT ON TABLE "q""uote" IS 'q"uote';
CREATE TYPE "e q""uote" AS ENUM ('q"uote', 'x');
CREATE FUNCTION "f q""uote"() RETURNS text LANGUAGE sql AS 'SELECT ''q"uote''';
CREATE TABLE "it's" ("it's" int[] CONSTRAINT "it's!" CHECK ("it's"[1:array_length("it's", 1)] <> '{}'), "PORT" int, b text DEFAULT 'it''s');
CREATE INDEX "i it's" ON "it's" (("it's"[2: "PORT"]));
COMMENT ON TABLE "it's" IS 'it''s';
CREATE TYPE "e it's" AS ENUM ('it''s', 'x');
CREATE FUNCTION "f it's"() RETURNS text LANGUAGE sql AS 'SELECT ''it''''s''';
CREATE TABLE "back\slash \! \n" ("back\slash \! \n" int[] CONSTRAINT "back\slash \! \n!" CHECK ("back\slash \! \n"[1:array_length("back\slash \! \n", 1)] <> '{}'), "PORT" int, b text DEFAULT 'back\slash \! \n');
CREATE INDEX "i back\slash \! \n" ON "back\slash \! \n" (("back\slash \! \n"[2: "PORT"]));
COMMENT ON TABLE "back\slash \! \n" IS 'back\slash \! \n';
CREATE TYPE "e back\slash \! \n" AS ENUM ('back\slash \! \n', 'x');
CREATE FUNCTION "f back\slash \! \n"() RETURNS text LANGUAGE sql AS 'SELECT ''back\slash \! \n''';
CREATE TABLE "$$dollar$$" ("$$dollar$$" int[] CONSTRAINT "$$dollar$$!" CHECK ("$$dollar$$"[1:array_length("$$dollar$$", 1)] <> '{}'), "PORT" int, b text DEFAULT '$$dollar$$');
CREATE INDEX "i $$dollar$$" ON "$$dollar$$" (("$$dollar$$"[2: "PORT"]));
COMMENT ON TABLE "$$dollar$$" IS '$$dollar$$';
CREATE TYPE "e $$dollar$$" AS ENUM ('$$dollar$$', 'x');
CREATE FUNCTION "f $$dollar$$"() RETURNS text LANGUAGE sql AS 'SELECT ''$$dollar$$''';
CREATE TABLE ":""PORT"" :name" (":""PORT"" :name" int[] CONSTRAINT ":""PORT"" :name!" CHECK (":""PORT"" :name"[1:array_length(":""PORT"" :name", 1)] <> '{}'), "PORT" int, b text DEFAULT ':"PORT" :name');
CREATE INDEX "i :""PORT"" :name" ON ":""PORT"" :name" ((":""PORT"" :name"[2: "PORT"]));
COMMENT ON TABLE ":""PORT"" :name" IS ':"PORT" :name';
CREATE TYPE "e :""PORT"" :name" AS ENUM (':"PORT" :name', 'x');
CREATE FUNCTION "f :""PORT"" :name"() RETURNS text LANGUAGE sql AS 'SELECT '':"PORT" :name''';
CREATE TABLE "ü 数据" ("ü 数据" int[] CONSTRAINT "ü 数据!" CHECK ("ü 数据"[1:array_length("ü 数据", 1)] <> '{}'), "PORT" int, b text DEFAULT 'ü 数据');
CREATE INDEX "i ü 数据" ON "ü 数据" (("ü 数据"[2: "PORT"]));
COMMENT ON TABLE "ü 数据" IS 'ü 数据';
CREATE TYPE "e ü 数据" AS ENUM ('ü 数据', 'x');
CREATE FUNCTION "f ü 数据"() RETURNS text LANGUAGE sql AS 'SELECT ''ü 数据''';
CREATE TABLE "*/ -- ; DROP TABLE x; /*" ("*/ -- ; DROP TABLE x; /*" int[] CONSTRAINT "*/ -- ; DROP TABLE x; /*!" CHECK ("*/ -- ; DROP TABLE x; /*"[1:array_length("*/ -- ; DROP TABLE x; /*", 1)] <> '{}'), "PORT" int, b text DEFAULT '*/ -- ; DROP TABLE x; /*');
CREATE INDEX "i */ -- ; DROP TABLE x; /*" ON "*/ -- ; DROP TABLE x; /*" (("*/ -- ; DROP TABLE x; /*"[2: "PORT"]));
COMMENT ON TABLE "*/ -- ; DROP TABLE x; /*" IS '*/ -- ; DROP TABLE x; /*';
CREATE TYPE "e */ -- ; DROP TABLE x; /*" AS ENUM ('*/ -- ; DROP TABLE x; /*', 'x');
CREATE FUNCTION "f */ -- ; DROP TABLE x; /*"() RETURNS text LANGUAGE sql AS 'SELECT ''*/ -- ; DROP TABLE x; /*''';
CREATE TABLE "percent %I %s" ("percent %I %s" int[] CONSTRAINT "percent %I %s!" CHECK ("percent %I %s"[1:array_length("percent %I %s", 1)] <> '{}'), "PORT" int, b text DEFAULT 'percent %I %s');
CREATE INDEX "i percent %I %s" ON "percent %I %s" (("percent %I %s"[2: "PORT"]));
COMMENT ON TABLE "percent %I %s" IS 'percent %I %s';
CREATE TYPE "e percent %I %s" AS ENUM ('percent %I %s', 'x');
CREATE FUNCTION "f percent %I %s"() RETURNS text LANGUAGE sql AS 'SELECT ''percent %I %s''';
