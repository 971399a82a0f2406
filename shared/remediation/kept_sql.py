"""Write the SQL that keeps owner, grants, comments, labels and position of an object that a plan drops and makes again.

They differ from tenant to tenant, and one plan serves many tenants, so the plan cannot state them. It asks for them
with a query (KEEP), whoever applies the plan holds the answer, and a block gives them back from it (RESTORE). The
answer is data (`kept_facts`): nothing of it is run, its names and texts are quoted by `format()` where they are used,
and nothing of it stays on the tenant's server. Names of the plan stand in dollar quotes, so that a tenant's namespace
can be put in.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from shared.remediation.blocks import fill_block
from shared.remediation.kept_facts import SETTING
from shared.sql import dollar_quote

_OWNERS = {
    "pg_class": ("relowner", "relacl", "CASE o.relkind WHEN 'S' THEN 's' ELSE 'r' END::\"char\""),
    "pg_proc": ("proowner", "proacl", "'f'"),
    "pg_type": ("typowner", "typacl", "'T'"),
}
"""Catalog → owner, access control list, and the kind of object that its default is asked for by (acldefault)."""

_KEEP = """-- {summary}
SELECT COALESCE(pg_catalog.jsonb_object_agg(kept.spelling, pg_catalog.jsonb_build_object(
    {facts}
)), '{{}}')
FROM (VALUES
    {rows}
) AS kept(spelling, catalog, id, part{position}){own}
WHERE kept.id IS NOT NULL"""

_LEFT_JOIN = """
LEFT JOIN LATERAL (
    {own}
) AS own(owner, acl) ON true"""

_OWN = """SELECT o.{owner}, COALESCE(o.{acl}, pg_catalog.acldefault({kind}, o.{owner}))
    FROM pg_catalog.{catalog} o WHERE kept.catalog = '{catalog}' AND o.oid = kept.id{more}"""

_OWNER = "'owner', pg_catalog.pg_get_userbyid(own.owner)"

_GRANTS = """'grants', COALESCE((
        SELECT pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object(
            'part', g.part, 'grantor', pg_catalog.pg_get_userbyid(g.grantor), 'grantee', CASE g.grantee
                WHEN 0 THEN 'public' ELSE pg_catalog.pg_get_userbyid(g.grantee)
            END, 'privilege', g.privilege_type, 'grantable', g.is_grantable
        ) ORDER BY g.part NULLS FIRST, g.place) FROM (
            SELECT NULL::name, x.* FROM pg_catalog.aclexplode(own.acl) WITH ORDINALITY AS x WHERE kept.part IS NULL
            UNION ALL
            SELECT a.attname, x.* FROM pg_catalog.pg_attribute a
            CROSS JOIN LATERAL pg_catalog.aclexplode(a.attacl) WITH ORDINALITY AS x
            WHERE kept.catalog = 'pg_class' AND a.attrelid = kept.id AND COALESCE(a.attname = kept.part, true)
        ) AS g(part, grantor, grantee, privilege_type, is_grantable, place)
    ), '[]')"""

_COMMENTS = """'comments', COALESCE((
        SELECT pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object('part', a.attname, 'text', d.description)
            ORDER BY d.objsubid)
        FROM pg_catalog.pg_description d
        LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = d.objoid AND a.attnum = d.objsubid AND d.objsubid > 0
        WHERE d.classoid = ('pg_catalog.' || kept.catalog)::regclass AND d.objoid = kept.id
            AND (kept.part IS NULL OR a.attname = kept.part)
    ), '[]')"""

_LABELS = """'labels', COALESCE((
        SELECT pg_catalog.jsonb_agg(
            pg_catalog.jsonb_build_object('part', a.attname, 'provider', l.provider, 'text', l.label)
            ORDER BY l.objsubid, l.provider)
        FROM pg_catalog.pg_seclabel l
        LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = l.objoid AND a.attnum = l.objsubid AND l.objsubid > 0
        WHERE l.classoid = ('pg_catalog.' || kept.catalog)::regclass AND l.objoid = kept.id
            AND (kept.part IS NULL OR a.attname = kept.part)
    ), '[]')"""

_CHECK = """DO {tag}
-- {summary}
DECLARE
    stranger record;
BEGIN
    SELECT kept.key AS spelling, r.name INTO stranger
    FROM pg_catalog.jsonb_each(pg_catalog.current_setting('{setting}')::jsonb) AS kept
    CROSS JOIN LATERAL (
        SELECT kept.value ->> 'owner'
        UNION ALL SELECT g.value ->> 'grantor' FROM pg_catalog.jsonb_array_elements(kept.value -> 'grants') AS g
    ) AS r(name)
    WHERE NOT pg_catalog.pg_has_role(r.name::name, 'MEMBER') LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'fleetdrift: % is made again, and % may not act for %, to whom it or a grant on it belongs',
            stranger.spelling, current_user, stranger.name USING ERRCODE = '42501';
    END IF;
END
{tag}"""
CHECK_SUMMARY = "Stops here if whoever runs this may not give that back."

_RESTORE = """DO {tag}
-- {summary}
DECLARE
    facts CONSTANT jsonb := pg_catalog.current_setting('{setting}');
    runner CONSTANT text := pg_catalog.current_setting('role');
    item record;
    given record;
BEGIN
    FOR item IN
        SELECT kept.*, n.nspname, c.relname, facts -> kept.spelling AS facts
        FROM (VALUES
            {rows}
        ) AS kept(spelling, target, id, part)
        LEFT JOIN pg_catalog.pg_class c ON c.oid = kept.id
        LEFT JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        WHERE kept.id IS NOT NULL
    LOOP
        IF item.facts IS NULL THEN
            RAISE EXCEPTION 'fleetdrift: owner, grants and comments of % are not known any more', item.spelling
                USING HINT = 'They were noted in the progress file of the run that dropped it. Without that file, '
                    'scan again: the next plan makes it as it is declared.';
        END IF;
{steps}    END LOOP;
END
{tag}"""
RESTORE_SUMMARY = "Gives it back."

_GIVE_OWNER = """        IF item.target <> '' AND item.part IS NULL{unless} THEN
            EXECUTE pg_catalog.format('ALTER %s OWNER TO %I', item.spelling, item.facts ->> 'owner');
        END IF;
"""

_GIVE_GRANTS = """        FOR given IN -- what it was given when it was made
            SELECT 'public' AS grantee
            UNION SELECT item.facts ->> 'owner'
            UNION SELECT pg_catalog.pg_get_userbyid(g.grantee)
            FROM pg_catalog.pg_default_acl d CROSS JOIN LATERAL pg_catalog.aclexplode(d.defaclacl) AS g
            WHERE g.grantee <> 0
        LOOP
            CONTINUE WHEN item.part IS NOT NULL OR item.target = '';
            EXECUTE pg_catalog.format('REVOKE ALL ON %s FROM %I', item.target, given.grantee);
        END LOOP;
        FOR given IN
            SELECT g.* FROM ROWS FROM (pg_catalog.jsonb_to_recordset(item.facts -> 'grants')
                AS (part text, grantor text, grantee text, privilege text, grantable boolean)
            ) WITH ORDINALITY AS g(part, grantor, grantee, privilege, grantable, place)
            WHERE g.part IS NULL OR EXISTS (
                SELECT FROM pg_catalog.pg_attribute a WHERE a.attrelid = item.id AND a.attname = g.part
            ) ORDER BY g.place
        LOOP
            IF given.grantor <> item.facts ->> 'owner' THEN
                PERFORM pg_catalog.set_config('role', given.grantor, true);
            END IF;
            EXECUTE pg_catalog.format('GRANT %I', pg_catalog.lower(given.privilege))
                || CASE WHEN given.part IS NULL THEN '' ELSE pg_catalog.format(' (%I)', given.part) END
                || pg_catalog.format(' ON %s TO %I', item.target, given.grantee)
                || CASE WHEN given.grantable THEN ' WITH GRANT OPTION' ELSE '' END;
            PERFORM pg_catalog.set_config('role', runner, true);
        END LOOP;
"""

_GIVE_TEXTS = """        FOR given IN
            SELECT t.* FROM pg_catalog.jsonb_to_recordset(item.facts -> '{fact}')
                AS t(part text, provider text, text text)
            WHERE t.part IS NULL OR EXISTS (
                SELECT FROM pg_catalog.pg_attribute a WHERE a.attrelid = item.id AND a.attname = t.part
            )
        LOOP
            EXECUTE {verb} || CASE WHEN given.part IS NULL
                THEN pg_catalog.format(' ON %s IS %L', item.spelling, given.text)
                ELSE pg_catalog.format(' ON COLUMN %I.%I.%I IS %L', item.nspname, item.relname, given.part, given.text)
            END;
        END LOOP;
"""

_GIVE_POSITION = """        PERFORM pg_catalog.setval(
            q.seqrelid, LEAST(GREATEST((item.facts -> 'position' ->> 0)::numeric, q.seqmin), q.seqmax)::int8,
            (item.facts -> 'position' ->> 1)::boolean
        ) FROM pg_catalog.pg_sequence q WHERE q.seqrelid = item.id AND item.facts -> 'position' ->> 0 <> '';
"""

_STEPS = {
    "owner": _GIVE_OWNER,
    "acl": _GIVE_GRANTS,
    "comment": _GIVE_TEXTS.replace("{fact}", "comments").replace("{verb}", "'COMMENT'"),
    "labels": _GIVE_TEXTS.replace("{fact}", "labels").replace(
        "{verb}", "pg_catalog.format('SECURITY LABEL FOR %I', given.provider)"
    ),
}
"""Fact → what gives it back, in the order in which that is run."""

_LOCK = """DO {tag}
-- {summary}
BEGIN
    {locks}
END
{tag}"""
LOCK_SUMMARY = "Keeps sequences still: what others take between here and the drop would be given out twice."


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """An object whose facts are kept.

    Args:
        catalog: Where it is: `pg_class`, `pg_proc`, …
        spelling: Keyword and name, as COMMENT ON and OWNER TO want it; the facts' key.
        id: SQL that gives its oid, or NULL.
        target: What GRANT calls it; empty where nothing is granted on it.
        part: The column it is about, of the relation that `id` gives.
        sequence: Quoted name of a sequence, whose position is kept; empty for all else.
        owned_by: Quoted name of the table that the sequence belongs to, whose owner it has.
    """

    catalog: str
    spelling: str
    id: str
    target: str = ""
    part: str = ""
    sequence: str = ""
    owned_by: str = ""


def lock_sql(kept: Iterable[Kept]) -> str:
    """Write the statement that keeps sequences from moving on; empty where there are none."""
    locks = [
        f"LOCK TABLE {item.owned_by} IN ACCESS EXCLUSIVE MODE;"
        if item.owned_by
        else f"ALTER SEQUENCE {item.sequence} OWNED BY NONE;"
        for item in kept
        if item.sequence
    ]
    return fill_block(_LOCK, summary=LOCK_SUMMARY, locks="\n    ".join(dict.fromkeys(locks))) if locks else ""


def keep_sql(kept: Iterable[Kept], compared: Iterable[str]) -> str:
    """Write the query for the facts of objects that exist; its one row holds one value, JSON.

    Args:
        kept: The objects that are dropped next.
        compared: The facts that other statements of the plan set: `owner`, `acl`, `comment`, `labels`.
    """
    items = tuple(kept)
    noted = facts_of(items) - frozenset(compared)
    facts = [_OWNER] if noted & {"owner", "acl"} else []
    facts += [query for fact, query in _QUERIES.items() if fact in noted]
    sequences = any(item.sequence for item in items)
    facts += ["'position', kept.position"] if sequences else []
    catalogs = sorted({item.catalog for item in items if item.target} & _OWNERS.keys())
    own = "\n    UNION ALL ".join(map(_own, catalogs)) if noted & {"owner", "acl"} else ""
    return _KEEP.format(
        summary=keep_summary(items, compared),
        facts=",\n    ".join(facts),
        rows=",\n    ".join(_row(item, sequences=sequences) for item in items),
        position=", position" if sequences else "",
        own=_LEFT_JOIN.format(own=own) if own else "",
    )


def keep_summary(kept: Iterable[Kept], compared: Iterable[str]) -> str:
    """Say in a sentence what `keep_sql` asks for; it stands in its SQL as a comment.

    Args:
        kept: As there.
        compared: As there.
    """
    items = tuple(kept)
    noted = facts_of(items) - frozenset(compared)
    words = [word for fact, word in _WORDS.items() if fact in noted]
    words += ["position"] if any(item.sequence for item in items) else []
    return f"Notes {', '.join(words)} of what is dropped below and comes again."


def facts_of(items: Iterable[Kept]) -> frozenset[str]:
    """Name the facts that any of these objects can have."""
    facts = {"comment"}
    for item in items:
        if item.target and item.catalog in _OWNERS:
            facts |= {"owner", "acl"}
        if item.target or item.part:  # constraints, triggers, … carry none (SECURITY LABEL)
            facts.add("labels")
    return frozenset(facts)


_WORDS = {"owner": "owner", "acl": "grants", "comment": "comments", "labels": "labels"}
_QUERIES = {"acl": _GRANTS, "comment": _COMMENTS, "labels": _LABELS}
"""Fact → the part of the query that asks for it."""


def _own(catalog: str) -> str:
    owner, acl, kind = _OWNERS[catalog]
    more = " AND o.relkind NOT IN ('i', 'I')" if catalog == "pg_class" else ""  # an index has its table's owner
    return _OWN.format(owner=owner, acl=acl, kind=kind, catalog=catalog, more=more)


def _row(item: Kept, *, sequences: bool) -> str:
    part = f"{dollar_quote(item.part)}::name" if item.part else "NULL::name"
    row = f"{dollar_quote(item.spelling)}, '{item.catalog}', {item.id}, {part}"
    if not sequences:
        return f"({row})"
    position = "NULL::jsonb"
    if item.sequence:
        position = f"(SELECT pg_catalog.jsonb_build_array(s.last_value, s.is_called) FROM {item.sequence} s)"
    return f"({row}, {position})"


def check_sql() -> str:
    """Write the statement that stops a plan whose runner may not act for an owner or a grantor that was noted."""
    return fill_block(_CHECK, summary=CHECK_SUMMARY, setting=SETTING)


def restore_sql(kept: Iterable[Kept], compared: Iterable[str]) -> str:
    """Write the statement that gives objects that exist again the facts that whoever applies the plan holds.

    Args:
        kept: The objects that were made again.
        compared: As for `keep_sql`.
    """
    items = tuple(kept)
    noted = facts_of(items) - frozenset(compared)
    steps = "".join(step for fact, step in _STEPS.items() if fact in noted)
    steps += _GIVE_POSITION if any(item.sequence for item in items) else ""
    owned = ", ".join(dollar_quote(item.spelling) for item in items if item.owned_by)
    rows = ",\n            ".join(
        f"({dollar_quote(item.spelling)}, {dollar_quote(item.target)}, {item.id}, "
        + (f"{dollar_quote(item.part)}::name)" if item.part else "NULL::name)")
        for item in items
    )
    filled = steps.replace("{unless}", f" AND item.spelling <> ALL (ARRAY[{owned}])" if owned else "")
    return fill_block(_RESTORE, summary=RESTORE_SUMMARY, setting=SETTING, rows=rows, steps=filled)
