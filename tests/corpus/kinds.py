"""The kinds of drift, each a function from a catalog to (what it is about, its DDL, rows that come with it)."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from tests.corpus.calls import ROLE
from tests.corpus.mutations import Catalog, Made, Maker, Mutation

_WIDER = {"smallint": "integer", "integer": "bigint", "real": "double precision"}
_NARROWER = {"bigint": "integer", "integer": "smallint", "double precision": "real", "text": "varchar(200)"}
_OTHER = {
    "text": ("bytea", "convert_to({}, 'UTF8')"), "boolean": ("integer", "{}::integer"), "uuid": ("text", "{}::text"),
    "timestamp with time zone": ("date", "{}::date"), "jsonb": ("text", "{}::text"), "integer": ("text", "{}::text"),
    "text[]": ("text", "array_to_string({}, ',')"), "date": ("timestamp", "{}::timestamp"),
    "bigint": ("numeric", "{}::numeric"), "smallint": ("text", "{}::text"),
}  # fmt: skip
_LARGE = {"smallint": "70000", "integer": "3000000000"}  # as the type before cannot hold
_ANOTHER = {
    **dict.fromkeys(("text", "email_address", "character varying(8)", "character varying(40)"), "'x' || {}"),
    "date": "{} + 1000", "timestamp with time zone": "{} + interval '1000 days'",
}  # fmt: skip
"""How another value is made of one, by type."""
_CONSTANTS = {
    "text": "'a'", "bigint": "1", "integer": "1", "smallint": "1", "boolean": "true", "jsonb": "'{}'::jsonb",
    "date": "'2025-01-01'::date", "uuid": "'00000000-0000-0000-0000-000000000001'::uuid", "bytea": "'a'::bytea",
    "timestamp with time zone": "timestamptz '2025-01-01 00:00+00'", "double precision": "1", "real": "1",
    "text[]": "'{}'::text[]",
}  # fmt: skip


def _free(catalog: Catalog) -> Iterator:
    """Give the columns in which no key, reference or check takes part, and which are not generated."""
    for c in catalog.columns:
        if not (c["in_key"] or c["in_reference"] or c["in_check"] or c["generated"] or c["identity"]):
            yield c


def _alter(c, action: str) -> str:
    return f"ALTER TABLE {c['table']} ALTER COLUMN {c['name']} {action}"


def _named(c) -> str:
    return f"{c['table']}.{c['name']}"


def drop_column(catalog: Catalog) -> Iterator[Made]:
    for c in catalog.columns:
        yield _named(c), (f"ALTER TABLE {c['table']} DROP COLUMN {c['name']} CASCADE",)


def rename_column(catalog: Catalog) -> Iterator[Made]:
    for c in catalog.columns:
        yield _named(c), (f"ALTER TABLE {c['table']} RENAME COLUMN {c['name']} TO renamed_by_hand",)


def widen_column(catalog: Catalog) -> Iterator[Made]:
    for c in _free(catalog):
        if wider := _WIDER.get(c["type"]):
            rows = (f"UPDATE {c['table']} SET {c['name']} = {_LARGE[c['type']]}",) if c["type"] in _LARGE else ()
            yield _named(c), catalog.without_views(_alter(c, f"TYPE {wider}")), rows


def narrow_column(catalog: Catalog) -> Iterator[Made]:
    for c in catalog.columns:
        if (narrower := _NARROWER.get(c["type"])) and not c["generated"]:
            yield _named(c), catalog.without_views(_alter(c, f"TYPE {narrower}"))


def retype_column(catalog: Catalog) -> Iterator[Made]:
    for c in _free(catalog):
        if found := _OTHER.get(c["type"]):
            other, using = found
            ddl = (_alter(c, "DROP DEFAULT"), _alter(c, f"TYPE {other} USING {using.format(c['name'])}"))
            back = (_alter(c, f"SET DEFAULT ({c['default']})::{other}"),) if c["default"] else ()
            yield _named(c), catalog.without_views(*ddl, *back)


def add_not_null(catalog: Catalog) -> Iterator[Made]:
    for c in catalog.columns:
        constant = _CONSTANTS.get(c["type"])
        if not c["not_null"] and constant and not c["in_key"] and not c["generated"] and not c["in_check"]:
            fill = f"UPDATE {c['table']} SET {c['name']} = {constant} WHERE {c['name']} IS NULL"
            yield _named(c), (fill, _alter(c, "SET NOT NULL"))


def drop_not_null(catalog: Catalog) -> Iterator[Made]:
    for c in catalog.columns:
        if c["not_null"] and not c["in_key"] and not c["identity"]:
            yield _named(c), (_alter(c, "DROP NOT NULL"),), (f"UPDATE {c['table']} SET {c['name']} = NULL",)


def drop_default(catalog: Catalog) -> Iterator[Made]:
    for c in catalog.columns:
        if c["default"]:
            yield _named(c), (_alter(c, "DROP DEFAULT"),)


def drop_identity(catalog: Catalog) -> Iterator[Made]:
    for c in catalog.columns:
        if c["identity"]:
            yield _named(c), (_alter(c, "DROP IDENTITY"),)


def make_generated(catalog: Catalog) -> Iterator[Made]:
    for c in _free(catalog):
        if constant := _CONSTANTS.get(c["type"]):
            made = f"{c['name']} {c['type']} GENERATED ALWAYS AS ({constant}) STORED"
            made += " NOT NULL" if c["not_null"] else ""
            drop = f"ALTER TABLE {c['table']} DROP COLUMN {c['name']}"
            yield _named(c), catalog.without_views(drop, f"ALTER TABLE {c['table']} ADD COLUMN {made}")


def move_column_to_the_end(catalog: Catalog) -> Iterator[Made]:
    for c in _free(catalog):
        t, name = c["table"], c["name"]
        rest = [_alter(c, f"SET DEFAULT {c['default']}")] if c["default"] else []
        rest += [_alter(c, "SET NOT NULL")] if c["not_null"] else []
        yield (
            _named(c),
            catalog.without_views(
                f"ALTER TABLE {t} RENAME COLUMN {name} TO moved_by_hand",
                f"ALTER TABLE {t} ADD COLUMN {name} {c['type']}",
                f"UPDATE {t} SET {name} = moved_by_hand",
                f"ALTER TABLE {t} DROP COLUMN moved_by_hand",
                *rest,
            ),
        )


def add_required_column(catalog: Catalog) -> Iterator[Made]:
    for t in catalog.tables:
        add = f"ALTER TABLE {t} ADD COLUMN region text NOT NULL DEFAULT 'a'"
        yield t, (add, f"ALTER TABLE {t} ALTER COLUMN region DROP DEFAULT")


def rename_table(catalog: Catalog) -> Iterator[Made]:
    for t in catalog.tables:
        yield t, (f"ALTER TABLE {t} RENAME TO renamed_by_hand",)


def drop_table(catalog: Catalog) -> Iterator[Made]:
    for t in catalog.tables:
        yield t, (f"DROP TABLE {t} CASCADE",)


def move_table(catalog: Catalog) -> Iterator[Made]:
    for t in catalog.tables:
        yield t, ("CREATE SCHEMA attic", f"GRANT USAGE ON SCHEMA attic TO {ROLE}", f"ALTER TABLE {t} SET SCHEMA attic")


def table_becomes_view(catalog: Catalog) -> Iterator[Made]:
    for t in catalog.tables:
        namespace, _, _ = t.partition(".")
        yield t, (
            f"ALTER TABLE {t} RENAME TO kept_by_hand", f"CREATE VIEW {t} AS SELECT * FROM {namespace}.kept_by_hand",
            f"GRANT ALL ON {t} TO {ROLE}",
        )  # fmt: skip


def enable_row_security(catalog: Catalog) -> Iterator[Made]:
    for t in catalog.tables:
        yield t, (f"ALTER TABLE {t} ENABLE ROW LEVEL SECURITY",)


def revoke(catalog: Catalog) -> Iterator[Made]:
    for t in catalog.tables:
        for right in ("SELECT", "INSERT", "UPDATE", "DELETE"):
            yield f"{right} on {t}", (f"REVOKE {right} ON {t} FROM {ROLE}",)
    for view in catalog.views:
        yield f"SELECT on {view['name']}", (f"REVOKE SELECT ON {view['name']} FROM {ROLE}",)
    for namespace in catalog.of("namespace"):
        yield f"USAGE on {namespace['name']}", (f"REVOKE USAGE ON SCHEMA {namespace['name']} FROM {ROLE}",)
    for function in catalog.of("function"):
        yield f"EXECUTE on {function['name']}", (f"REVOKE EXECUTE ON FUNCTION {function['name']} FROM PUBLIC",)


def _twice(catalog: Catalog, table: str, key: Collection[str]) -> str:
    """Make each row of a table once more: with the same key, and with others of every other key."""
    values: dict[str, str] = {}
    for c in catalog.columns:
        if c["table"] != table or c["generated"]:
            continue
        other = (c["in_key"] or c["in_unique_expression"]) and c["name"] not in key
        if other and (c["identity"] or c["default"]):
            continue
        values[c["name"]] = (
            _ANOTHER.get(c["type"], "{}").format(c["name"]) if other and not c["in_reference"] else c["name"]
        )
    return f"INSERT INTO {table} ({', '.join(values)}) SELECT {', '.join(values.values())} FROM {table}"


def drop_unique_key(catalog: Catalog) -> Iterator[Made]:
    for k in catalog.constraints:
        if k["type"] in "pu":
            drop = f"ALTER TABLE {k['table']} DROP CONSTRAINT {k['name']} CASCADE"
            yield f"{k['table']} {k['name']}", (drop,), (_twice(catalog, k["table"], k["columns"]),)
    for index in catalog.of("unique index"):
        table, *columns = index["more"]
        rows = (_twice(catalog, table, columns),) if table in catalog.tables else ()
        yield index["name"], (f"DROP INDEX {index['name']}",), rows


def make_key_deferrable(catalog: Catalog) -> Iterator[Made]:
    for k in catalog.constraints:
        if k["type"] == "u":
            drop = f"ALTER TABLE {k['table']} DROP CONSTRAINT {k['name']}"
            add = f"ALTER TABLE {k['table']} ADD CONSTRAINT {k['name']} {k['definition']} DEFERRABLE"
            yield f"{k['table']} {k['name']}", (drop, add)


def drop_reference(catalog: Catalog) -> Iterator[Made]:
    for k in catalog.constraints:
        if k["type"] == "f":
            yield f"{k['table']} {k['name']}", (f"ALTER TABLE {k['table']} DROP CONSTRAINT {k['name']}",)


def narrow_check(catalog: Catalog) -> Iterator[Made]:
    """One value less of `IN (…)`; only values that no row has, so that it speaks of what statements write."""
    for k in catalog.constraints:
        if k["type"] == "c" and "ARRAY[" in k["definition"]:
            values = [
                part.partition("'")[2].partition("'")[0] for part in k["definition"].split("ARRAY[")[1].split(",")
            ]
            for value in values:
                unless = (
                    f"DO $$BEGIN IF EXISTS (SELECT FROM {k['table']} WHERE {k['columns'][0]} = '{value}') THEN"
                    " RAISE 'rows have it'; END IF; END$$"
                )
                add = f"ADD CONSTRAINT narrower CHECK ({k['columns'][0]} <> '{value}')"
                yield f"{k['table']} {k['name']} {value}", (unless, f"ALTER TABLE {k['table']} {add}")


def rename_label(catalog: Catalog) -> Iterator[Made]:
    for enum in catalog.of("enum"):
        for label in enum["more"]:
            yield f"{enum['name']} {label}", (f"ALTER TYPE {enum['name']} RENAME VALUE '{label}' TO 'by_hand'",)


def add_label(catalog: Catalog) -> Iterator[Made]:
    for enum in catalog.of("enum"):
        columns = catalog.of_type(enum["name"])
        rows = tuple(f"UPDATE {c['table']} SET {c['name']} = 'by_hand'" for c in columns)
        yield enum["name"], (f"ALTER TYPE {enum['name']} ADD VALUE 'by_hand'",), rows


def remove_label(catalog: Catalog) -> Iterator[Made]:
    for enum in catalog.of("enum"):
        name, columns = enum["name"], catalog.of_type(enum["name"])
        for label in enum["more"]:
            left = [each for each in enum["more"] if each != label]
            listed = ", ".join(f"'{each}'" for each in left)
            ddl = [f"ALTER TYPE {name} RENAME TO old_by_hand", f"CREATE TYPE {name} AS ENUM ({listed})"]
            for c in columns:
                using = f"(CASE {c['name']}::text WHEN '{label}' THEN '{left[0]}' ELSE {c['name']}::text END)::{name}"
                ddl += [_alter(c, "DROP DEFAULT"), _alter(c, f"TYPE {name} USING {using}")]
                if c["default"] and f"'{label}'" not in c["default"]:
                    ddl.append(_alter(c, f"SET DEFAULT {c['default']}"))
            yield f"{name} {label}", catalog.without_views(*ddl)


def drop_view(catalog: Catalog) -> Iterator[Made]:
    for view in catalog.views:
        word = "MATERIALIZED VIEW" if view["materialized"] else "VIEW"
        yield view["name"], (f"DROP {word} {view['name']}",)


def drop_view_column(catalog: Catalog) -> Iterator[Made]:
    for view in catalog.views:
        word = "MATERIALIZED VIEW" if view["materialized"] else "VIEW"
        for column in view["columns"]:
            left = ", ".join(each for each in view["columns"] if each != column)
            made = f"CREATE {word} {view['name']} AS SELECT {left} FROM ({view['definition']}) AS kept"
            grant = f"GRANT ALL ON {view['name']} TO {ROLE}"
            yield f"{view['name']}.{column}", (f"DROP {word} {view['name']}", made, grant)


def drop_function(catalog: Catalog) -> Iterator[Made]:
    for function in catalog.of("function"):
        yield function["name"], (f"DROP FUNCTION {function['name']}",)


def change_signature(catalog: Catalog) -> Iterator[Made]:
    for function in catalog.of("function"):
        definition, _, arguments, _ = function["more"]
        made = definition.replace(f"({arguments})", f"({arguments}, added_by_hand boolean)", 1)
        yield function["name"], (f"DROP FUNCTION {function['name']}", made)


def change_result(catalog: Catalog) -> Iterator[Made]:
    for function in catalog.of("function"):
        definition, result, _, _ = function["more"]
        made = definition.replace(f"RETURNS {result}", "RETURNS text", 1).replace("SELECT ", "SELECT (", 1)
        select, _, rest = made.partition("SELECT (")
        expression, _, tail = rest.partition(" FROM ")
        yield (
            function["name"],
            (f"DROP FUNCTION {function['name']}", f"{select}SELECT ({expression})::text FROM {tail}"),
        )


def drop_trigger(catalog: Catalog) -> Iterator[Made]:
    for trigger in catalog.of("trigger"):
        yield trigger["name"], (f"DROP TRIGGER {trigger['name']} ON {trigger['more'][0]}",)


def tighten_domain(catalog: Catalog) -> Iterator[Made]:
    for domain in catalog.of("domain"):
        if domain["more"][0] == "integer":
            yield (
                domain["name"],
                (f"ALTER DOMAIN {domain['name']} ADD CONSTRAINT by_hand CHECK (VALUE > 10) NOT VALID",),
            )
        else:
            yield domain["name"], (f"ALTER DOMAIN {domain['name']} ADD CONSTRAINT by_hand CHECK (length(VALUE) < 99)",)


def change_composite(catalog: Catalog) -> Iterator[Made]:
    for composite in catalog.of("composite"):
        for attribute in composite["more"]:
            name = composite["name"]
            yield f"{name}.{attribute}", (f"ALTER TYPE {name} RENAME ATTRIBUTE {attribute} TO by_hand CASCADE",)
            yield f"{name} without {attribute}", (f"ALTER TYPE {name} DROP ATTRIBUTE {attribute} CASCADE",)


def drop_sequence(catalog: Catalog) -> Iterator[Made]:
    for sequence in catalog.of("sequence"):
        yield sequence["name"], (f"DROP SEQUENCE {sequence['name']} CASCADE",)


def harmless(catalog: Catalog) -> Iterator[Made]:
    """What breaks nobody: each of these must bring no verdict at all."""
    yield "a table more", ("CREATE TABLE unrelated_by_hand (id int PRIMARY KEY)",)
    for t in catalog.tables:
        yield f"a nullable column of {t}", (f"ALTER TABLE {t} ADD COLUMN added_by_hand text",)
        yield f"a column with a default of {t}", (f"ALTER TABLE {t} ADD COLUMN added_by_hand int NOT NULL DEFAULT 0",)
        yield f"a comment on {t}", (f"COMMENT ON TABLE {t} IS 'by hand'",)
    for c in catalog.columns:
        yield f"an index on {_named(c)}", (f"CREATE INDEX ON {c['table']} ({c['name']})",)
        if c["default"] in {"0", "false", "true", "100"}:
            yield f"another default of {_named(c)}", (_alter(c, f"SET DEFAULT {c['default']}::text::{c['type']}"),)
    for index in catalog.of("index"):
        yield f"without index {index['name']}", (f"DROP INDEX {index['name']}",)
    for k in catalog.constraints:
        if k["type"] == "c":
            yield f"without check {k['name']}", (f"ALTER TABLE {k['table']} DROP CONSTRAINT {k['name']}",)


_MAKERS: tuple[Maker, ...] = (
    drop_column, rename_column, widen_column, narrow_column, retype_column, add_not_null, drop_not_null, drop_default,
    drop_identity, make_generated, move_column_to_the_end, add_required_column, rename_table, drop_table, move_table,
    table_becomes_view, enable_row_security, revoke, drop_unique_key, make_key_deferrable, drop_reference, narrow_check,
    rename_label, add_label, remove_label, drop_view, drop_view_column, drop_function, change_signature, change_result,
    drop_trigger, tighten_domain, change_composite, drop_sequence, harmless,
)  # fmt: skip
KINDS: dict[str, Maker] = {maker.__name__.replace("_", " "): maker for maker in _MAKERS}


def mutations_of(catalog: Catalog) -> list[Mutation]:
    """Make every drift of every kind, in a fixed order."""
    return [Mutation(kind, *made) for kind, make in KINDS.items() for made in make(catalog)]
