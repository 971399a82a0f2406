"""The two places on a tenant where a plan notes facts that it gives back later."""

from __future__ import annotations

import msgspec

_TAG = "$fleetdrift$"


class FactStore(msgspec.Struct, frozen=True):
    """A place where facts are noted, as SQL.

    Args:
        note: SQL that notes `facts` of `item`, within the loop.
        source: A query for place and facts of `kept.spelling`.
        forget: SQL that removes them at `item.place`, within the loop; may be empty.
    """

    note: str
    source: str
    forget: str = ""


SESSION = FactStore(
    note="""PERFORM pg_catalog.set_config('fleetdrift.kept', (
            COALESCE(NULLIF(pg_catalog.current_setting('fleetdrift.kept', true), ''), '{}')::jsonb
            || pg_catalog.jsonb_build_object(item.spelling, facts)
        )::text, false);""",
    source="SELECT NULL, NULLIF(pg_catalog.current_setting('fleetdrift.kept', true), '')::jsonb -> kept.spelling",
)
"""A setting of the session, for objects that are made again in the same transaction; a rollback removes the note."""

_NOTED = """d.classoid = 'pg_catalog.pg_largeobject'::regclass
            AND pg_catalog.starts_with(d.description, 'fleetdrift keeps ' || {}.spelling || pg_catalog.chr(10))"""

DATABASE = FactStore(
    note=f"""PERFORM pg_catalog.lo_unlink(d.objoid) FROM pg_catalog.pg_description d
        WHERE {_NOTED.format("item")};
        place := pg_catalog.lo_create(0);
        EXECUTE pg_catalog.format('COMMENT ON LARGE OBJECT %s IS %L', place,
            'fleetdrift keeps ' || item.spelling || pg_catalog.chr(10) || facts::text);""",
    source=f"""SELECT d.objoid, pg_catalog.substr(
                d.description, pg_catalog.length('fleetdrift keeps ' || kept.spelling || pg_catalog.chr(10)) + 1
            )::jsonb
            FROM pg_catalog.pg_description d WHERE {_NOTED.format("kept")}""",
    forget="PERFORM pg_catalog.lo_unlink(item.place);",
)
"""Comments of empty large objects, for objects that are made in a later transaction, perhaps of another session."""


def fill_block(template: str, **parts: str) -> str:
    """Fill in a DO block; its dollar quotes are chosen so that no part ends them."""
    tag = _TAG
    while any(tag in part for part in parts.values()):
        tag = tag[:-1] + "_$"
    return template.format(tag=tag, **parts)
