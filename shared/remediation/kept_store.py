"""Where a plan's own statements note what they give back later, and how their SQL is filled in."""

from __future__ import annotations

import msgspec

_TAG = "$fleetdrift$"


class FactStore(msgspec.Struct, frozen=True):
    """Where facts are noted.

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
"""For what comes again in the same transaction; a rollback takes it back."""

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
"""For what comes again in a later transaction, perhaps of another session."""


def fill_block(template: str, **parts: str) -> str:
    """Fill in a DO block; its dollar quotes are chosen so that no part ends them."""
    tag = _TAG
    while any(tag in part for part in parts.values()):
        tag = tag[:-1] + "_$"
    return template.format(tag=tag, **parts)
