"""Atlas HCL becomes statements, in an order in which each finds what it needs; what is not read is said."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from coordinator.iac.atlas.located import read_located_schema
from coordinator.iac.atlas.schema import AtlasSchema, SourceText, read_schema
from coordinator.iac.expressions.files import Files
from coordinator.iac.hcl.native_syntax import parse_body
from coordinator.iac.hcl.structure import parse_structure
from coordinator.iac.located_text import LocatedText, Span
from coordinator.iac.source import SourceError
from shared.schema.schema import Origin


def read(text: str, folder: Path, **inputs: object) -> AtlasSchema:
    return read_schema((SourceText('schema "public" {}\n' + text, "schema.hcl"),), inputs, Files(folder))


def said(text: str, folder: Path, **inputs: object) -> list[str]:
    return [" ".join(item.sql.split()) for item in read(text, folder, **inputs).declarations[1:]]


def gaps(text: str, folder: Path, **inputs: object) -> list[str]:
    return [f"{gap.at} {gap.address}: {gap.reason}" for gap in read(text, folder, **inputs).gaps]


def table(body: str, name: str = "t") -> str:
    return f'table "{name}" {{\n  schema = schema.public\n{body}\n}}\n'


ID = '  column "id" {\n    type = int\n  }\n'


def column(body: str) -> str:
    return table(f'  column "c" {{\n    null = true\n    {body}\n  }}')


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("type = varchar(255)", "varchar(255)"),
        ("type = character_varying", "character varying"),
        ("type = numeric(10,2)", "numeric(10, 2)"),
        ("type = double_precision", "double precision"),
        ("type = timestamp(4)", "timestamp(4)"),
        ("type = day_to_second(3)", "interval day to second(3)"),
        ("type = year_to_month", "interval year to month"),
        ('type = sql("text[]")', "text[]"),
        ('type = text\n    default = "it\'s"', "text DEFAULT 'it''s'"),
        ('type = text\n    default = "5"', "text DEFAULT '5'"),
        ("type = int\n    default = 5", "int DEFAULT 5"),
        ("type = bool\n    default = true", "bool DEFAULT true"),
        ('type = sql("int[]")\n    default = "{}"', "int[] DEFAULT '{}'"),
        ('type = timestamptz\n    default = sql("now()")', "timestamptz DEFAULT (now())"),
        ('type = text\n    collate = "es_ES"', 'text COLLATE "es_ES"'),
        ('type = int\n    as = "1 + 1"', "int GENERATED ALWAYS AS (1 + 1) STORED"),
        ('type = int\n    as {\n      expr = "1"\n      type = VIRTUAL\n    }', "int GENERATED ALWAYS AS (1) VIRTUAL"),
        (
            "type = int\n    identity {\n      generated = ALWAYS\n      start = 10\n    }",
            "int GENERATED ALWAYS AS IDENTITY (START WITH 10)",
        ),
    ],
)
def test_a_column_is_what_its_block_says(written: str, meant: str, tmp_path: Path) -> None:
    assert said(column(written), tmp_path) == [f'CREATE TABLE "public"."t" ( "c" {meant} )']


def test_a_column_is_not_null_unless_it_says_so(tmp_path: Path) -> None:
    assert said(table(ID), tmp_path) == ['CREATE TABLE "public"."t" ( "id" int NOT NULL )']


def test_a_foreign_key_follows_both_tables_and_the_index_it_needs(tmp_path: Path) -> None:
    key = (
        '  foreign_key "fk" {\n    columns = [column.id]\n    ref_columns = [table.b.column.id]\n'
        "    on_delete = SET_NULL\n  }\n"
    )
    index = '  index "u" {\n    unique = true\n    columns = [column.id]\n  }\n'
    assert said(table(ID + key, "a") + table(ID + index, "b"), tmp_path) == [
        'CREATE TABLE "public"."a" ( "id" int NOT NULL )',
        'CREATE TABLE "public"."b" ( "id" int NOT NULL )',
        'CREATE UNIQUE INDEX "u" ON "public"."b" ("id")',
        (
            'ALTER TABLE "public"."a" ADD CONSTRAINT "fk" FOREIGN KEY ("id") REFERENCES "public"."b" ("id") '
            "ON DELETE SET NULL"
        ),
    ]


def test_a_name_in_sql_text_orders_statements_too(tmp_path: Path) -> None:
    first = 'view "first" {\n  schema = schema.public\n  as = "SELECT id FROM second"\n}\n'
    second = 'view "second" {\n  schema = schema.public\n  as = "SELECT double(1) AS id"\n}\n'
    function = (
        'function "double" {\n  schema = schema.public\n  lang = SQL\n  arg "v" {\n    type = int\n  }\n'
        '  return = int\n  as = "SELECT v * 2"\n}\n'
    )
    found = said(first + second + function, tmp_path)
    assert [sql.split("(")[0].split(" AS ")[0] for sql in found] == [
        'CREATE FUNCTION "public"."double"',
        'CREATE VIEW "public"."second"',
        'CREATE VIEW "public"."first"',
    ]


def test_tables_of_one_name_are_told_apart_by_their_qualifiers(tmp_path: Path) -> None:
    text = (
        'schema "other" {}\n'
        + table(ID, "users").replace('table "users"', 'table "public" "users"')
        + table(
            ID
            + '  foreign_key "fk" {\n    columns = [column.id]\n    ref_columns = [table.public.users.column.id]\n  }',
            "users",
        )
        .replace('table "users"', 'table "other" "users"')
        .replace("schema.public\n", "schema.other\n", 1)
    )
    assert said(text, tmp_path)[-1] == (
        'ALTER TABLE "other"."users" ADD CONSTRAINT "fk" FOREIGN KEY ("id") REFERENCES "public"."users" ("id")'
    )


def test_variables_locals_for_each_and_dynamic_blocks_are_evaluated(tmp_path: Path) -> None:
    text = """
variable "size" {
  type    = number
  default = 10
}
locals {
  names = ["x", "y"]
}
table "copies" {
  for_each = toset(local.names)
  name     = "t_${each.value}"
  schema   = schema.public
  dynamic "column" {
    for_each = local.names
    labels   = [column.value]
    content {
      type = varchar(var.size)
    }
  }
}
"""
    made = '( "x" varchar({0}) NOT NULL, "y" varchar({0}) NOT NULL )'
    assert said(text, tmp_path) == [f'CREATE TABLE "public"."t_{name}" ' + made.format(10) for name in "xy"]
    assert said(text, tmp_path, size="20")[0] == 'CREATE TABLE "public"."t_x" ' + made.format(20)


def test_a_trigger_is_for_each_row_and_a_policy_says_whom_it_is_for(tmp_path: Path) -> None:
    text = (
        table(ID)
        + 'function "f" {\n  schema = schema.public\n  lang = PLpgSQL\n  return = trigger\n  as = "BEGIN END"\n}\n'
        + 'trigger "g" {\n  on = table.t\n  before {\n    insert = true\n    update_of = [table.t.column.id]\n  }\n'
        + "  execute {\n    function = function.f\n  }\n}\n"
        + 'policy "p" {\n  on = table.t\n  for = SELECT\n  to = [PUBLIC, "app"]\n  using = "id > 0"\n}\n'
    )
    assert said(text, tmp_path)[-2:] == [
        (
            'CREATE TRIGGER "g" BEFORE INSERT OR UPDATE OF "id" ON "public"."t" FOR EACH ROW '
            'EXECUTE FUNCTION "public"."f"()'
        ),
        'CREATE POLICY "p" ON "public"."t" FOR SELECT TO PUBLIC, "app" USING (id > 0)',
    ]


def test_what_is_not_known_or_not_supported_is_said_with_its_place(tmp_path: Path) -> None:
    unset = 'variable "n" {\n  type = string\n}\n' + column("type = text\n    default = var.n")
    assert gaps(unset, tmp_path) == [
        "schema.hcl:5 table.public.t: line 10: default: its value is not known; a variable that it needs has none"
    ]
    assert gaps(table(ID + "  engine = InnoDB"), tmp_path) == ["schema.hcl:2 table.public.t: not read of it: engine"]
    assert gaps('role "app" {}\n', tmp_path) == ["schema.hcl:2 role.app: blocks of this kind (role) are not read"]


def test_what_needs_an_unreadable_object_is_not_declared_either(tmp_path: Path) -> None:
    broken = column("type = enum.ghost")
    view = 'view "v" {\n  schema = schema.public\n  as = "SELECT 1"\n  depends_on = [table.t]\n}\n'
    assert said(broken + view, tmp_path) == []
    assert gaps(broken + view, tmp_path) == [
        "schema.hcl:2 table.public.t: line 6: Unsupported attribute: this object has no 'ghost'",
        "schema.hcl:9 view.public.v: needs table.public.t, which could not be read",
    ]


def test_hostile_names_stay_names(tmp_path: Path) -> None:
    text = 'table "a\\"; DROP TABLE b; --" {\n  schema = schema.public\n  column "x\\"y" {\n    type = int\n  }\n}\n'
    assert said(text, tmp_path) == ['CREATE TABLE "public"."a""; DROP TABLE b; --" ( "x""y" int NOT NULL )']


def test_a_schema_within_another_file_names_lines_of_that_file(tmp_path: Path) -> None:
    text = LocatedText('table "t" {\n  column "id" {\n    type = int\n  }\n}\n', (Span(0, "main.tf", 10),))
    found = read_located_schema(text, Origin("main.tf", 3, "atlas_schema.a"), {}, Files(tmp_path))
    assert [item.origin for item in found.declarations] == [Origin("main.tf", 10, "atlas_schema.a")]
    with pytest.raises(SourceError, match=r"main\.tf:11: "):
        read_located_schema(
            LocatedText('table "t" {\n  = 3\n}\n', (Span(0, "main.tf", 10),)), Origin("main.tf", 3), {}, Files(tmp_path)
        )


STRUCTURES = (
    'a "b" c {\n  d = [1, # e\n    2]\n  f = { g = 1, h = "i" }\n  j { k = null }\n}\n',
    "a = <<-E\n  b\n    ${c}\n  E\nnull = false\n",
    'x = a ? b : c\ny = d[*].e\nz = f("g")\n\n# end',
    "one { two = 2 }\r\nthree {\r\n  four = 4\r\n}\r\n",
    'a "b\\"c" {}',
)


@pytest.mark.parametrize("text", STRUCTURES)
def test_python_hcl2_and_our_own_reader_see_the_same_structure(text: str) -> None:
    assert repr(parse_structure(text, "x.hcl")) == repr(parse_body(text, "x.hcl"))


def test_thousands_of_heredocs_are_looked_at_once() -> None:
    names = [f"E{i}" for i in range(10_000)]
    text = "".join(f"a{name} = <<{name}\n" for name in names) + "".join(f"{name}\n" for name in names)
    started = time.process_time()
    with pytest.raises(SourceError):
        parse_structure(text[:250_000], "x.hcl")
    assert time.process_time() - started < 5  # seconds: quadratic work takes minutes


@pytest.mark.parametrize(
    "text", ["a = <<E\n" + "x" * 300_000, "a = " + "[" * 150 + "]" * 150, "a = 1\na = 2\n", "a = core::upper(b)\n"]
)
def test_what_python_hcl2_is_not_given_or_cannot_read_our_own_reader_answers(text: str) -> None:
    try:
        expected = repr(parse_body(text, "x.hcl"))
    except SourceError as error:
        expected = str(error)
    try:
        found = repr(parse_structure(text, "x.hcl"))
    except SourceError as error:
        found = str(error)
    assert found == expected
