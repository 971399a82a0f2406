"""Types with `(…)` after their names: a stand-in's writes and reads back any words, as the real type spells them.

A modifier is one number. The real types pack the words into its bits; a stand-in keeps each text that was written as a
label of an enum, and the modifier is the label's oid: so PostgreSQL's own `enum_out` prints it.
"""

from __future__ import annotations

from collections.abc import Iterator

from shared.embedded.stand_ins.facts import MemberType
from shared.sql import quote_identifier, quote_literal

LABELS = "stand_in_modifiers"
_READ = """
DECLARE
    allowed text[] := {words};
    defaults text[] := {defaults};
    labels pg_catalog.regtype;
    word text;
    label text;
BEGIN
    FOR place IN 1 .. greatest(array_length(words, 1), array_length(defaults, 1)) LOOP
        word := coalesce(words[place], defaults[place]);
        IF place = 1 AND allowed <> '{{}}' THEN
            SELECT a INTO word FROM unnest(allowed) AS a WHERE lower(a) = lower(words[1]);
            IF word IS NULL THEN
                RAISE EXCEPTION 'type {type} has no modifier "%"', words[1] USING ERRCODE = '22023';
            END IF;
        END IF;
        words[place] := word;
    END LOOP;
    WHILE defaults[array_length(words, 1)] = '' AND words[array_length(words, 1)] IN ('', '0', '-1') LOOP
        words := trim_array(words, 1);
    END LOOP;
    IF words = ARRAY[{plain}] THEN
        RETURN -1;
    END IF;
    label := '(' || array_to_string(words, ',') || ')';
    SELECT t.oid INTO labels FROM pg_type AS t JOIN pg_extension AS e ON e.extnamespace = t.typnamespace
    WHERE e.extname = {extension} AND t.typname = {labels};
    IF NOT EXISTS (SELECT FROM pg_enum WHERE enumtypid = labels AND enumlabel = label) THEN
        IF current_setting('transaction_read_only')::boolean THEN
            RETURN -1;  -- nothing is made there that would keep it
        END IF;
        EXECUTE format('ALTER TYPE %s ADD VALUE %L', labels, label);
    END IF;
    RETURN (SELECT oid::bigint::integer FROM pg_enum WHERE enumtypid = labels AND enumlabel = label);
END"""
# PostgreSQL lets no function in SQL take cstring[] when it is created.
_AS_SQL = """
UPDATE pg_catalog.pg_proc SET
    prolang = (SELECT oid FROM pg_catalog.pg_language WHERE lanname = 'sql'),
    prosrc = pg_catalog.format({body}, pg_catalog.current_schema())
WHERE oid = {function}::pg_catalog.regprocedure
"""
_AS_TEXTS = """SELECT %I.{reader}(ARRAY(
    SELECT pg_catalog.textin($1[i]) FROM pg_catalog.generate_series(1, pg_catalog.array_length($1, 1)) AS i
))"""


def modifier_statements(extension: str, types: tuple[MemberType, ...]) -> Iterator[str]:
    """Give the statements that let the functions `modifier_input` of an extension's types read what is written."""
    with_modifiers = [made for made in types if made.modifier_input]
    if with_modifiers:
        yield f"CREATE TYPE {LABELS} AS ENUM ()"
    for made in with_modifiers:
        reader = quote_identifier(f"stand_in_{made.name}_modifier")
        body = _READ.format(
            words=_array(made.modifiers.words),
            defaults=_array(made.modifiers.defaults),
            plain=quote_literal(made.modifiers.plain),
            type=made.name,
            extension=quote_literal(extension),
            labels=quote_literal(LABELS),
        )
        rights = "SECURITY DEFINER SET search_path = pg_catalog, pg_temp"
        head = f"CREATE FUNCTION {reader}(words text[]) RETURNS integer LANGUAGE plpgsql {rights}"
        yield f"{head} AS {quote_literal(body)}"
        called = _AS_TEXTS.format(reader=reader)
        taken = quote_literal(f"{quote_identifier(made.modifier_input)}(cstring[])")
        yield _AS_SQL.format(body=quote_literal(called), function=taken)


def _array(words: tuple[str, ...]) -> str:
    return f"ARRAY[{', '.join(map(quote_literal, words))}]::text[]"
