"""Write the SQL that keeps owner, grants, comments, labels and position of an object that a plan drops and makes again.

They differ from tenant to tenant, and one plan serves many tenants, so the plan cannot state them. Its own statements
note them on the tenant, as the commands that give them back: in a setting of the session or, where the object is made
only in a later transaction, in the comment of an empty large object. Such a comment survives a run that breaks off,
needs no namespace, is no drift, and is removed when the facts are given back. Names stand in dollar quotes, so that a
tenant's namespace can be put in.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from shared.remediation.kept_store import FactStore, fill_block
from shared.sql import dollar_quote

_OWNERS = {
    "pg_class": ("relowner", "relacl", "CASE o.relkind WHEN 'S' THEN 's' ELSE 'r' END::\"char\""),
    "pg_proc": ("proowner", "proacl", "'f'"),
    "pg_type": ("typowner", "typacl", "'T'"),
}
"""Catalog → owner, access control list, and the kind of object that its default is asked for by (acldefault)."""

_KEEP = """DO {tag}
-- {summary}
DECLARE
    item record;
    facts jsonb;
    place oid;
    told text;
BEGIN
    FOR item IN SELECT * FROM (VALUES
        {rows}
    ) AS kept(spelling, target, catalog, id, part) WHERE kept.id IS NOT NULL
    LOOP
        SELECT
            COALESCE(pg_catalog.jsonb_agg(
                pg_catalog.jsonb_build_array(c.command, c.part) ORDER BY c.step, c.place
            ), '[]'),
            max(pg_catalog.pg_get_userbyid(c.role)) FILTER (WHERE NOT pg_catalog.pg_has_role(c.role, 'MEMBER'))
        INTO facts, told FROM (
            {commands}
        ) AS c(step, place, part, role, command);
        IF told IS NOT NULL THEN
            RAISE EXCEPTION 'fleetdrift: % is made again, and % may not act for %, to whom it or a grant on it belongs',
                item.spelling, current_user, told USING ERRCODE = '42501';
        END IF;
{position}        {note}
    END LOOP;
END
{tag}"""

_RESTORE = """DO {tag}
-- {summary}
DECLARE
    item record;
    command text;
    role text := pg_catalog.current_setting('role');
BEGIN
    FOR item IN
        SELECT kept.id, k.place, k.facts FROM (VALUES
            {rows}
        ) AS kept(spelling, id) CROSS JOIN LATERAL ({source}) AS k(place, facts)
        WHERE kept.id IS NOT NULL AND k.facts IS NOT NULL
    LOOP
        FOR command IN
            SELECT c.value ->> 0 FROM pg_catalog.jsonb_array_elements(item.facts) WITH ORDINALITY AS c(value, place)
            WHERE c.value ->> 1 IS NULL OR EXISTS (
                SELECT FROM pg_catalog.pg_attribute a WHERE a.attrelid = item.id AND a.attname = c.value ->> 1
            ) ORDER BY c.place
        LOOP
            EXECUTE command;
            PERFORM pg_catalog.set_config('role', role, true);
        END LOOP;
        {forget}
    END LOOP;
END
{tag}"""

RESTORE_SUMMARY = "Gives it back."

_OWN = """SELECT o.{owner}, COALESCE(o.{acl}, pg_catalog.acldefault({kind}, o.{owner}))
                FROM pg_catalog.{catalog} o
                WHERE item.catalog = '{catalog}' AND item.target <> '' AND o.oid = item.id"""

_OWNER = """SELECT 1, 0, NULL::name, own.owner, pg_catalog.format(
                'ALTER %s OWNER TO %I', item.spelling, pg_catalog.pg_get_userbyid(own.owner)
            ) FROM own WHERE item.part IS NULL AND NOT EXISTS (
                SELECT FROM pg_catalog.pg_depend d -- an owned sequence follows its table
                WHERE item.spelling LIKE 'SEQUENCE %' AND d.objid = item.id AND d.deptype IN ('a', 'i')
                    AND d.classid = 'pg_catalog.pg_class'::regclass AND d.refclassid = d.classid
            )"""

_GRANTS = """SELECT 2, 0, NULL::name, NULL::oid, pg_catalog.format('REVOKE ALL ON %s FROM %s', item.target, r.name)
            FROM own CROSS JOIN LATERAL (
                SELECT 'PUBLIC'
                UNION SELECT pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(own.owner))
                UNION SELECT pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(g.grantee))
                FROM pg_catalog.pg_default_acl d CROSS JOIN LATERAL pg_catalog.aclexplode(d.defaclacl) AS g
                WHERE g.grantee <> 0
            ) AS r(name) WHERE item.part IS NULL
            UNION ALL
            SELECT 3, g.place, g.part, g.grantor, pg_catalog.format('%sGRANT %s%s ON %s TO %s%s', CASE
                    WHEN g.grantor <> own.owner
                        THEN pg_catalog.format('SET LOCAL ROLE %I; ', pg_catalog.pg_get_userbyid(g.grantor)) ELSE ''
                END, g.privilege_type, COALESCE(' (' || pg_catalog.quote_ident(g.part) || ')', ''), item.target,
                CASE g.grantee WHEN 0 THEN 'PUBLIC' ELSE pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(g.grantee))
                END, CASE WHEN g.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END)
            FROM own CROSS JOIN LATERAL (
                SELECT NULL::name, x.* FROM pg_catalog.aclexplode(own.acl) WITH ORDINALITY AS x WHERE item.part IS NULL
                UNION ALL
                SELECT a.attname, x.* FROM pg_catalog.pg_attribute a
                CROSS JOIN LATERAL pg_catalog.aclexplode(a.attacl) WITH ORDINALITY AS x
                WHERE item.catalog = 'pg_class' AND a.attrelid = item.id AND COALESCE(a.attname = item.part, true)
            ) AS g(part, grantor, grantee, privilege_type, is_grantable, place)"""

_COMMENTS = """SELECT 4, d.objsubid, a.attname, NULL::oid, CASE d.objsubid
                WHEN 0 THEN pg_catalog.format('COMMENT ON %s IS %L', item.spelling, d.description)
                ELSE pg_catalog.format('COMMENT ON COLUMN %s.%I IS %L', item.id::regclass, a.attname, d.description)
            END
            FROM pg_catalog.pg_description d
            LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = d.objoid AND a.attnum = d.objsubid AND d.objsubid > 0
            WHERE d.classoid = ('pg_catalog.' || item.catalog)::regclass AND d.objoid = item.id
                AND (item.part IS NULL OR a.attname = item.part)"""

_LABELS = """SELECT 5, l.objsubid, a.attname, NULL::oid, pg_catalog.format(
                'SECURITY LABEL FOR %I ON %s IS %L', l.provider,
                CASE l.objsubid WHEN 0 THEN item.spelling
                ELSE pg_catalog.format('COLUMN %s.%I', item.id::regclass, a.attname)
            END, l.label)
            FROM pg_catalog.pg_seclabel l
            LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = l.objoid AND a.attnum = l.objsubid AND l.objsubid > 0
            WHERE l.classoid = ('pg_catalog.' || item.catalog)::regclass AND l.objoid = item.id
                AND (item.part IS NULL OR a.attname = item.part)"""

_POSITION = """        IF item.spelling LIKE 'SEQUENCE %' THEN
            -- what others take between here and the drop would be given out twice
            EXECUTE COALESCE((
                SELECT pg_catalog.format('LOCK TABLE %s IN ACCESS EXCLUSIVE MODE', d.refobjid::regclass)
                FROM pg_catalog.pg_depend d
                WHERE d.objid = item.id AND d.deptype IN ('a', 'i') AND d.refobjsubid > 0
                    AND d.classid = 'pg_catalog.pg_class'::regclass AND d.refclassid = d.classid
            ), pg_catalog.format('ALTER %s OWNED BY NONE', item.spelling));
            EXECUTE pg_catalog.format(
                'SELECT pg_catalog.jsonb_build_array(s.last_value, s.is_called) FROM %s s', item.id::regclass
            ) INTO told;
            facts := facts || pg_catalog.jsonb_build_array(pg_catalog.jsonb_build_array(pg_catalog.format(
                'SELECT pg_catalog.setval(q.seqrelid, LEAST(GREATEST(%s, q.seqmin), q.seqmax), %L)
                FROM pg_catalog.pg_sequence q WHERE q.seqrelid = %L::pg_catalog.regclass',
                told::jsonb ->> 0, told::jsonb ->> 1, item.id::regclass
            ), NULL, told::jsonb));
        END IF;
"""


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """An object whose facts are kept.

    Args:
        catalog: Where it is: `pg_class`, `pg_proc`, …
        spelling: Keyword and name, as COMMENT ON and OWNER TO want it; the facts' key.
        id: SQL that gives its oid, or NULL.
        target: What GRANT calls it; empty where nothing is granted on it.
        part: The column it is about, of the relation that `id` gives.
        has_position: Whether it is a sequence.
    """

    catalog: str
    spelling: str
    id: str
    target: str = ""
    part: str = ""
    has_position: bool = False


def keep_sql(kept: Iterable[Kept], compared: Iterable[str], store: FactStore) -> str:
    """Write the statement that notes the facts of objects that exist; earlier notes of others stay as they are.

    Args:
        kept: The objects that are dropped next.
        compared: The facts that other statements of the plan set: `owner`, `acl`, `comment`, `labels`.
        store: Where they are noted.
    """
    items, known = tuple(kept), frozenset(compared)
    catalogs = sorted({item.catalog for item in items if item.target} & _OWNERS.keys())
    parts = [query for fact, query in _QUERIES.items() if fact in _facts_of(items) - known]
    parts = parts or ["SELECT 1, 0, NULL::name, NULL::oid, NULL::text WHERE false"]
    sequences = any(item.has_position for item in items)
    return fill_block(
        _KEEP,
        summary=keep_summary(items, known),
        rows=",\n        ".join(map(_row, items)),
        commands=_own(catalogs) + "\n            UNION ALL\n            ".join(parts),
        position=_POSITION if sequences else "",
        note=store.note,
    )


def keep_summary(kept: Iterable[Kept], compared: Iterable[str]) -> str:
    """Say in a sentence what `keep_sql` notes; it stands in its SQL as a comment.

    Args:
        kept: As there.
        compared: As there.
    """
    items = tuple(kept)
    noted = _facts_of(items) - frozenset(compared)
    words = [word for fact, word in _WORDS.items() if fact in noted]
    words += ["position"] if any(item.has_position for item in items) else []
    return f"Notes {', '.join(words)} of what is dropped below and comes again, as commands."


def _facts_of(items: Iterable[Kept]) -> frozenset[str]:
    """Name the facts that any of these objects can have."""
    facts = {"comment"}
    for item in items:
        if item.target and item.catalog in _OWNERS:
            facts |= {"owner", "acl"}
        if item.target or item.part:  # constraints, triggers, … carry none (SECURITY LABEL)
            facts.add("labels")
    return frozenset(facts)


_WORDS = {"owner": "owner", "acl": "grants", "comment": "comments", "labels": "labels"}
_QUERIES = {"owner": _OWNER, "acl": _GRANTS, "comment": _COMMENTS, "labels": _LABELS}
"""Fact → the query for the commands that give it back, in the order in which they are run."""


def _own(catalogs: list[str]) -> str:
    if not catalogs:
        return ""
    queries = []
    for catalog in catalogs:
        owner, acl, kind = _OWNERS[catalog]
        queries.append(_OWN.format(owner=owner, acl=acl, kind=kind, catalog=catalog))
    return f"WITH own(owner, acl) AS ({' UNION ALL '.join(queries)})\n            "


def _row(item: Kept) -> str:
    part = dollar_quote(item.part) if item.part else "NULL"
    return f"({dollar_quote(item.spelling)}, {dollar_quote(item.target)}, '{item.catalog}', {item.id}, {part})"


def restore_sql(kept: Iterable[Kept], store: FactStore) -> str:
    """Write the statement that gives objects that exist again their noted facts, and removes the notes."""
    rows = ",\n            ".join(f"({dollar_quote(item.spelling)}, {item.id})" for item in kept)
    return fill_block(_RESTORE, summary=RESTORE_SUMMARY, rows=rows, source=store.source, forget=store.forget)
