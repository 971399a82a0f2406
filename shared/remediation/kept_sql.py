"""The SQL by which a plan keeps what goes with an object that it drops and makes again, and was never read.

Owner, privileges, comments, security labels and the position of a sequence differ from tenant to tenant while the plan
is one, so the plan's own statements remember them: in a setting of the session, or, where what is dropped comes again
only in a later transaction, in the comment of an empty large object, which stays when a run breaks off, needs no
namespace, is no drift, and goes when its facts are given back. Names stand in dollar quotes, so that a tenant's
namespace can be put in.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from shared.remediation.kept_store import Store, filled
from shared.sql import dollar_quote

_ACL = """(
                SELECT pg_catalog.jsonb_agg(
                    pg_catalog.jsonb_build_array(g.grantor::int8, g.grantee::int8, g.privilege_type, g.is_grantable)
                    ORDER BY g.place
                )
                FROM pg_catalog.aclexplode({acl})
                    WITH ORDINALITY AS g(grantor, grantee, privilege_type, is_grantable, place)
            )"""

_OWNED = """(
            SELECT c.relowner, COALESCE(
                c.relacl, pg_catalog.acldefault(CASE c.relkind WHEN 'S' THEN 's' ELSE 'r' END::"char", c.relowner)
            ), c.oid
            FROM pg_catalog.pg_class c
            WHERE kept.catalog = 'pg_class' AND c.oid = kept.id AND c.relkind NOT IN ('i', 'I')
            UNION ALL
            SELECT p.proowner, COALESCE(p.proacl, pg_catalog.acldefault('f', p.proowner)), NULL
            FROM pg_catalog.pg_proc p WHERE kept.catalog = 'pg_proc' AND p.oid = kept.id
            UNION ALL
            SELECT t.typowner, COALESCE(t.typacl, pg_catalog.acldefault('T', t.typowner)), NULLIF(t.typrelid, 0)
            FROM pg_catalog.pg_type t WHERE kept.catalog = 'pg_type' AND t.oid = kept.id
            UNION ALL
            SELECT s.stxowner, NULL, NULL
            FROM pg_catalog.pg_statistic_ext s WHERE kept.catalog = 'pg_statistic_ext' AND s.oid = kept.id
        ) AS o(owner, acl, relation)"""

_REMEMBER = """DO {tag}
-- Notes what goes with what is dropped below and comes again: owner, grants, comments, labels, position.
DECLARE
    item record;
    facts jsonb;
    stranger text;
    place oid;
BEGIN
    FOR item IN
        SELECT kept.*, o.owner, o.relation, {acl} AS acl
        FROM (VALUES {rows}) AS kept(catalog, spelling, id, part)
        LEFT JOIN LATERAL {owned} ON true
        WHERE kept.id IS NOT NULL
    LOOP
        facts := pg_catalog.jsonb_build_object('owner', item.owner::int8, 'acl', item.acl, 'comment', CASE
            WHEN item.part IS NULL THEN pg_catalog.obj_description(item.id, item.catalog::name)
        END, 'labels', (
            SELECT pg_catalog.jsonb_agg(pg_catalog.jsonb_build_array(a.attname, l.provider, l.label))
            FROM pg_catalog.pg_seclabel l
            LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = l.objoid AND a.attnum = l.objsubid AND l.objsubid > 0
            WHERE l.objoid = item.id AND l.classoid = ('pg_catalog.' || item.catalog)::regclass
                AND (item.part IS NULL OR a.attname = item.part)
        ){columns});
        IF item.part IS NOT NULL THEN
            facts := facts - 'acl';
{position}        END IF;
        facts := pg_catalog.jsonb_strip_nulls(facts) - '{compared}'::text[];
        stranger := (
            SELECT r.rolname FROM pg_catalog.pg_roles r
            WHERE (r.oid = (facts ->> 'owner')::oid OR r.oid IN (
                    SELECT (g.value ->> 0)::oid FROM pg_catalog.jsonb_array_elements(facts -> 'acl') AS g(value)
                )) AND NOT pg_catalog.pg_has_role(r.oid, 'MEMBER')
            LIMIT 1
        );
        IF stranger IS NOT NULL THEN
            RAISE EXCEPTION 'fleetdrift: % is made again, and % may not act for %, to whom it or a grant on it belongs',
                item.spelling, current_user, stranger USING ERRCODE = '42501';
        END IF;
        {note}
    END LOOP;
END
{tag}"""

_REMEMBER_COMMENTS = """DO {tag}
-- Notes the comments on what is dropped below and comes again.
DECLARE
    item record;
    facts jsonb;
    place oid;
BEGIN
    FOR item IN
        SELECT kept.spelling, pg_catalog.obj_description(kept.id, kept.catalog::name) AS comment
        FROM (VALUES {rows}) AS kept(catalog, spelling, id, part) WHERE kept.id IS NOT NULL
    LOOP
        facts := pg_catalog.jsonb_strip_nulls(pg_catalog.jsonb_build_object('comment', item.comment));
        {note}
    END LOOP;
END
{tag}"""

_RESTORE_COMMENTS = """DO {tag}
-- Gives them back.
DECLARE
    item record;
BEGIN
    FOR item IN
        SELECT kept.spelling, k.place, k.facts ->> 'comment' AS comment
        FROM (VALUES {rows}) AS kept(catalog, spelling, target, id, part)
        JOIN LATERAL ({source}) AS k(place, facts) ON k.facts IS NOT NULL
        WHERE kept.id IS NOT NULL
    LOOP
        EXECUTE pg_catalog.format('COMMENT ON %s IS %L', item.spelling, item.comment);
        {forget}
    END LOOP;
END
{tag}"""

_COLUMNS = """, 'columns', (
            SELECT pg_catalog.jsonb_object_agg(a.attname, pg_catalog.jsonb_build_array(
                {column_acl}, pg_catalog.col_description(a.attrelid, a.attnum)
            ))
            FROM pg_catalog.pg_attribute a
            WHERE a.attrelid = item.relation AND a.attnum > 0 AND NOT a.attisdropped
                AND (item.part IS NULL OR a.attname = item.part)
                AND (a.attacl IS NOT NULL OR pg_catalog.col_description(a.attrelid, a.attnum) IS NOT NULL)
        )"""

_POSITION = """        ELSIF item.spelling LIKE 'SEQUENCE %' THEN
            -- nextval of others would be lost between here and the drop
            stranger := (
                SELECT pg_catalog.format('LOCK TABLE %s IN ACCESS EXCLUSIVE MODE', d.refobjid::regclass)
                FROM pg_catalog.pg_depend d
                WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = item.id
                    AND d.refclassid = 'pg_catalog.pg_class'::regclass AND d.deptype IN ('a', 'i')
                    AND d.refobjsubid > 0
            );
            EXECUTE COALESCE(stranger, pg_catalog.format('ALTER %s OWNED BY NONE', item.spelling));
            EXECUTE pg_catalog.format(
                'SELECT pg_catalog.jsonb_build_array(s.last_value, s.is_called) FROM %s s', item.id::regclass
            ) INTO stranger;
            facts := facts || pg_catalog.jsonb_build_object('position', stranger::jsonb);
"""

_RESTORE = """DO {tag}
-- Gives back what was noted of what is here again.
DECLARE
    item record;
    entry record;
    owner oid;
    acl jsonb;
    role text := pg_catalog.current_setting('role');
BEGIN
    FOR item IN
        SELECT kept.*, o.owner, o.relation, k.place, k.facts
        FROM (VALUES {rows}) AS kept(catalog, spelling, target, id, part)
        JOIN LATERAL ({source}) AS k(place, facts) ON k.facts IS NOT NULL
        LEFT JOIN LATERAL {owned} ON true
        WHERE kept.id IS NOT NULL
    LOOP
        -- an owned sequence follows its table
        IF {owners} AND item.part IS NULL AND item.owner <> (item.facts ->> 'owner')::oid AND NOT EXISTS (
            SELECT FROM pg_catalog.pg_depend d
            WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = item.id AND item.spelling LIKE 'SEQUENCE %'
                AND d.refclassid = 'pg_catalog.pg_class'::regclass AND d.deptype IN ('a', 'i')
        ) THEN
            EXECUTE pg_catalog.format(
                'ALTER %s OWNER TO %I', item.spelling, pg_catalog.pg_get_userbyid((item.facts ->> 'owner')::oid)
            );
        END IF;
        SELECT o.owner, {acl} INTO owner, acl
        FROM (SELECT item.catalog, item.id) AS kept(catalog, id) CROSS JOIN LATERAL {owned};
        IF acl IS NOT DISTINCT FROM item.facts -> 'acl' THEN
            item.facts := item.facts - 'acl';
        END IF;
        FOR entry IN
            SELECT DISTINCT (g.value ->> 1)::oid AS grantee FROM pg_catalog.jsonb_array_elements(acl) AS g(value)
            WHERE item.facts ? 'acl'
        LOOP
            EXECUTE pg_catalog.format('REVOKE ALL ON %s FROM %s CASCADE', item.target, CASE
                WHEN entry.grantee = 0 THEN 'PUBLIC'
                ELSE pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(entry.grantee))
            END);
        END LOOP;
        FOR entry IN
            SELECT pg_catalog.format('GRANT %s%s ON %s TO %s%s', g.acl ->> 2, g.part, item.target, CASE
                    WHEN (g.acl ->> 1)::int8 = 0 THEN 'PUBLIC'
                    WHEN g.acl ->> 1 = item.facts ->> 'owner'
                        THEN pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(owner))
                    ELSE pg_catalog.quote_ident(pg_catalog.pg_get_userbyid((g.acl ->> 1)::oid))
                END, CASE WHEN (g.acl ->> 3)::bool THEN ' WITH GRANT OPTION' ELSE '' END) AS command,
                CASE
                    WHEN g.acl ->> 0 IN (owner::text, item.facts ->> 'owner') THEN role
                    ELSE pg_catalog.pg_get_userbyid((g.acl ->> 0)::oid)
                END AS giver
            FROM (
                SELECT '', a.value, 0, '', a.place
                FROM pg_catalog.jsonb_array_elements(item.facts -> 'acl') WITH ORDINALITY AS a(value, place)
                UNION ALL
                SELECT pg_catalog.format(' (%I)', c.key), a.value, 1, c.key, a.place
                FROM pg_catalog.jsonb_each(item.facts -> 'columns') AS c
                JOIN pg_catalog.pg_attribute n
                    ON n.attrelid = item.relation AND n.attname = c.key AND NOT n.attisdropped
                CROSS JOIN LATERAL pg_catalog.jsonb_array_elements(NULLIF(c.value -> 0, 'null'))
                    WITH ORDINALITY AS a(value, place)
            ) AS g(part, acl, rank, key, place)
            WHERE {grants} AND ((g.acl ->> 1)::int8 = 0 OR EXISTS (
                SELECT FROM pg_catalog.pg_roles r WHERE r.oid = (g.acl ->> 1)::oid
            ))
            ORDER BY g.rank, g.key, g.place
        LOOP
            PERFORM pg_catalog.set_config('role', entry.giver, true);
            EXECUTE entry.command;
            PERFORM pg_catalog.set_config('role', role, true);
        END LOOP;
        FOR entry IN
            SELECT pg_catalog.format('COMMENT ON %s IS %L', item.spelling, item.facts ->> 'comment') AS command
            WHERE item.facts ? 'comment'
            UNION ALL
            SELECT pg_catalog.format('COMMENT ON COLUMN %s.%I IS %L', item.relation::regclass, c.key, c.value ->> 1)
            FROM pg_catalog.jsonb_each(item.facts -> 'columns') AS c
            JOIN pg_catalog.pg_attribute n ON n.attrelid = item.relation AND n.attname = c.key AND NOT n.attisdropped
            WHERE {comments} AND c.value ->> 1 IS NOT NULL
            UNION ALL
            SELECT pg_catalog.format('SECURITY LABEL FOR %I ON %s IS %L', l.value ->> 1, CASE
                    WHEN l.value ->> 0 IS NULL THEN item.spelling
                    ELSE pg_catalog.format('COLUMN %s.%I', item.relation::regclass, l.value ->> 0)
                END, l.value ->> 2)
            FROM pg_catalog.jsonb_array_elements(item.facts -> 'labels') AS l
        LOOP
            EXECUTE entry.command;
        END LOOP;
        IF item.facts ? 'position' THEN
            PERFORM pg_catalog.setval(
                s.seqrelid, LEAST(GREATEST((item.facts -> 'position' ->> 0)::int8, s.seqmin), s.seqmax),
                (item.facts -> 'position' ->> 1)::bool
            ) FROM pg_catalog.pg_sequence s WHERE s.seqrelid = item.id;
        END IF;
        {forget}
    END LOOP;
END
{tag}"""


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """One object whose facts are kept.

    Args:
        catalog: Where it is: `pg_class`, `pg_proc`, …
        spelling: Keyword and name, as COMMENT ON and OWNER TO want it; the facts' key.
        id: SQL that gives its oid, or NULL.
        target: What GRANT calls it; empty where nothing is granted on it.
        part: The column it is about, of the relation that `id` gives.
    """

    catalog: str
    spelling: str
    id: str
    target: str = ""
    part: str = ""


def remember_sql(kept: Iterable[Kept], compared: Iterable[str], store: Store) -> str:
    """Write the statement that notes the facts of objects that are there; what is not there stays as it was noted.

    Args:
        kept: The objects that are about to go.
        compared: The facts that the plan itself takes care of: `owner`, `acl`, `comment`, `labels`.
        store: Where to.
    """
    items = tuple(kept)
    rows = ",\n            ".join(
        f"('{item.catalog}', {dollar_quote(item.spelling)}, {item.id}, {_part(item)})" for item in items
    )
    if not any(item.target for item in items):
        return filled(_REMEMBER_COMMENTS, rows=rows, note=store.note)
    # Whose the grants are can only be told by the owner.
    without = "{" + ",".join(sorted(frozenset(compared) - {"owner"})) + "}"
    return filled(
        _REMEMBER,
        rows=rows,
        owned=_OWNED,
        acl=_ACL.format(acl="o.acl"),
        columns=_COLUMNS.format(column_acl=_ACL.format(acl="a.attacl")) if any(map(_has_columns, items)) else "",
        position=_POSITION if any(item.spelling.startswith("SEQUENCE ") for item in items) else "",
        compared=without,
        note=store.note,
    )


def _has_columns(item: Kept) -> bool:
    return item.catalog in ("pg_class", "pg_type") and not item.spelling.startswith(("SEQUENCE ", "INDEX "))


def _part(item: Kept) -> str:
    return dollar_quote(item.part) if item.part else "NULL"


def restore_sql(kept: Iterable[Kept], compared: Iterable[str], store: Store) -> str:
    """Write the statement that gives back what is noted of objects that are there again, and forgets it."""
    items = tuple(kept)
    rows = ",\n            ".join(
        f"('{item.catalog}', {dollar_quote(item.spelling)}, {dollar_quote(item.target)}, {item.id}, {_part(item)})"
        for item in items
    )
    if not any(item.target for item in items):
        return filled(_RESTORE_COMMENTS, rows=rows, source=store.source, forget=store.forget)
    known = frozenset(compared)
    return filled(
        _RESTORE,
        rows=rows,
        owned=_OWNED,
        acl=_ACL.format(acl="o.acl"),
        owners="false" if "owner" in known else "true",
        grants="false" if "acl" in known else "true",
        comments="false" if "comment" in known else "true",
        source=store.source,
        forget=store.forget,
    )
