"""Without PostgreSQL, from two snapshots alone: which queries of a service a drift breaks, and by which error.

That PostgreSQL says the same is asked by `tests/integration/contracts/test_static_verdicts.py`.
"""

from __future__ import annotations

import msgspec
import pytest

from shared.analysis.judging import judge_statically
from shared.contracts.contract import Contract
from shared.contracts.extract import extract_contract
from shared.schema.facets import Grant, Owner, Privileges
from shared.schema.model import SchemaObject
from shared.schema.relations import Column, Constraint, Table, View
from shared.schema.routines import Routine
from shared.schema.schema import ColumnOrder, Schema, Snapshot
from shared.schema.types import EnumType

RUST = b"""#[derive(sqlx::FromRow)]
struct Agent { id: i64, login: String, seat: Option<i32> }

async fn f(db: &PgPool, id: i64, login: &str) {
    sqlx::query_as::<_, Agent>("SELECT * FROM agent").fetch_all(db).await;
    sqlx::query!("SELECT a.login, n.body FROM agent a LEFT JOIN note n ON n.agent_id = a.id WHERE a.id = $1", id)
        .fetch_all(db).await;
    sqlx::query("INSERT INTO agent (id, login) VALUES ($1, $2) ON CONFLICT (login) DO NOTHING").bind(id).bind(login)
        .execute(db).await;
    sqlx::query("UPDATE agent SET seat = 1 WHERE id = $1").bind(id).execute(db).await;
    sqlx::query("WITH gone AS (DELETE FROM note WHERE id = $1 RETURNING body) SELECT body FROM gone").bind(id)
        .fetch_all(db).await;
    sqlx::query("SELECT who FROM signed WHERE id = $1 UNION SELECT login FROM agent ORDER BY who").bind(id)
        .fetch_all(db).await;
    sqlx::query("SELECT shout(login) AS loud FROM agent GROUP BY loud HAVING count(*) > 1").fetch_all(db).await;
    sqlx::query("SELECT count(*) FROM agent WHERE mood = 'bad'::mood AND seat BETWEEN 1 AND 9").fetch_one(db).await;
    sqlx::query("MERGE INTO note n USING agent a ON n.agent_id = a.id WHEN MATCHED THEN UPDATE SET body = a.login")
        .execute(db).await;
    sqlx::query("SELECT CASE WHEN seat IS NULL THEN login ELSE upper(login) END FROM agent FOR UPDATE")
        .fetch_all(db).await;
    sqlx::query("INSERT INTO note (id, agent_id) SELECT id, id FROM agent WHERE login LIKE 'a%' RETURNING id")
        .fetch_all(db).await;
    sqlx::query("TRUNCATE note").execute(db).await;
}
"""
STAR, JOIN, INSERT, UPDATE, WITH, UNION, CALL, LABEL, MERGE, CASE, SELECTED, TRUNCATE = (
    5, 6, 8, 10, 11, 13, 15, 16, 17, 19, 21, 23,
)  # fmt: skip


def column(table: str, name: str, kind: str, *, not_null: bool = False) -> Column:
    return Column(name=name, namespace="public", parent=table, type=kind, not_null=not_null)


def key(table: str, name: str, kind: str, of: str) -> Constraint:
    words = kind.replace("_", " ").upper()
    return Constraint(
        name=name, namespace="public", parent=table, type=kind, definition=f"{words} ({of})", columns=(of,)
    )


AGENT_ID = column("agent", "id", "bigint", not_null=True)
LOGIN = column("agent", "login", "text", not_null=True)
SEAT = column("agent", "seat", "integer")
BODY = column("note", "body", "text")
ONE_LOGIN = key("agent", "agent_login_key", "unique", "login")
MOOD = EnumType(name="mood", namespace="public", labels=("good", "bad"))
SIGNED = View(
    name="signed", namespace="public", columns=("id bigint", "who text"),
    definition=" SELECT n.id, a.login AS who FROM public.note n JOIN public.agent a ON a.id = n.agent_id;",
)  # fmt: skip
SHOUT = Routine(
    name="shout", namespace="public", signature="text", result="text", arguments="t text", language="sql",
    definition="CREATE FUNCTION public.shout(t text) RETURNS text LANGUAGE sql RETURN upper(t)",
)  # fmt: skip
NOTE = (
    Table(name="note", namespace="public"), column("note", "id", "bigint", not_null=True),
    column("note", "agent_id", "bigint", not_null=True), BODY, key("note", "note_pkey", "primary_key", "id"),
)  # fmt: skip
DECLARED: tuple[SchemaObject, ...] = (
    Table(name="agent", namespace="public"), AGENT_ID, LOGIN, SEAT, column("agent", "mood", "public.mood"), ONE_LOGIN,
    key("agent", "agent_pkey", "primary_key", "id"), MOOD, SIGNED, SHOUT, *NOTE,
)  # fmt: skip


def snapshot(objects: tuple[SchemaObject, ...]) -> Snapshot:
    orders = tuple(
        ColumnOrder("public", table, tuple(o.name for o in objects if isinstance(o, Column) and o.parent == table))
        for table in ("agent", "note")
    )
    return Snapshot(schema=Schema.of(objects), server_version=180000, fingerprint="", column_order=orders)


def broken(gone: tuple[SchemaObject, ...] = (), come: tuple[SchemaObject, ...] = ()) -> set[tuple[int, str]]:
    """Give line and SQLSTATE of each query that fails where some objects are gone and others have come."""
    observed = tuple(item for item in DECLARED if item not in gone) + come
    contract = extract_contract("shop", [("src/lib.rs", RUST)])
    verdicts = judge_statically([contract], snapshot(DECLARED), snapshot(observed))
    return {(each.line, each.sqlstate) for each in verdicts if each.status.counts and not each.declared_too}


def test_nothing_is_broken_where_all_is_as_declared_or_more_is_there():
    assert broken() == set()
    assert broken(come=(column("agent", "extra", "integer"), Table(name="other", namespace="public"))) == set()


NARROW = View(name="signed", namespace="public", columns=("id bigint",), definition=" SELECT id FROM public.note;")
HUMOUR = EnumType(name="humour", namespace="public", labels=("good", "bad"))
WORSE = EnumType(name="mood", namespace="public", labels=("good", "worse"))
DRIFTS: dict[str, tuple[tuple[SchemaObject, ...], tuple[SchemaObject, ...], set[tuple[int, str]]]] = {
    "a table and the view of it are gone": (
        (*NOTE, SIGNED), (), {(line, "42P01") for line in (JOIN, WITH, UNION, MERGE, SELECTED, TRUNCATE)},
    ),
    "a view is gone": ((SIGNED,), (), {(UNION, "42P01")}),
    "a view has one column less": ((SIGNED,), (NARROW,), {(UNION, "42703")}),
    "a column is gone": ((SEAT,), (), {(STAR, ""), (UPDATE, "42703"), (LABEL, "42703"), (CASE, "42703")}),
    "a column has another name": (
        (BODY,), (column("note", "text", "text"),), {(line, "42703") for line in (JOIN, WITH, MERGE)},
    ),
    "a function is gone": ((SHOUT,), (), {(CALL, "42883")}),
    "a type has another name": ((MOOD,), (HUMOUR,), {(LABEL, "42704")}),
    "a label has another name": ((MOOD,), (WORSE,), {(LABEL, "22P02")}),
    "the key of ON CONFLICT is gone": ((ONE_LOGIN,), (), {(INSERT, "42P10")}),
    "a column must be filled": ((), (column("agent", "region", "text", not_null=True),), {(INSERT, "23502")}),
    "a number is a text": ((SEAT,), (column("agent", "seat", "text"),), {(STAR, ""), (LABEL, "42883")}),
    "a key is a text": (
        (AGENT_ID,), (column("agent", "id", "text", not_null=True),),
        {(STAR, ""), (JOIN, "42883"), (UPDATE, "42883"), (MERGE, "42883"), (SELECTED, "42804")},
    ),
    "a text is a number": (
        (LOGIN,), (column("agent", "login", "integer", not_null=True),),
        {
            (STAR, ""), (JOIN, ""), (INSERT, "42804"), (UNION, "42804"), (CALL, "42883"), (CASE, "42883"),
            (SELECTED, "42883"),
        },
    ),
    "a column can be NULL": ((LOGIN,), (column("agent", "login", "text"),), {(JOIN, "")}),
}  # fmt: skip


@pytest.mark.parametrize(("gone", "come", "queries"), DRIFTS.values(), ids=DRIFTS)
def test_a_drift_breaks_the_queries_that_need_what_has_changed_and_no_other(gone, come, queries):
    assert broken(gone, come) == queries


PLACES = (
    "SELECT seat FROM agent",
    "SELECT a.seat FROM agent AS a",
    "SELECT coalesce(seat, 0) FROM agent",
    "SELECT nullif(seat, 0) FROM agent",
    "SELECT greatest(seat, 1) FROM agent",
    "SELECT seat::text FROM agent",
    "SELECT -seat FROM agent",
    "SELECT ARRAY[seat] FROM agent",
    "SELECT row(seat) FROM agent",
    "SELECT sum(seat) FILTER (WHERE id > 1) FROM agent",
    "SELECT count(*) FILTER (WHERE seat > 1) FROM agent",
    "SELECT rank() OVER (PARTITION BY seat) FROM agent",
    "SELECT rank() OVER w FROM agent WINDOW w AS (ORDER BY seat)",
    "SELECT CASE seat WHEN 1 THEN 2 END FROM agent",
    "SELECT id FROM agent WHERE seat IS NULL",
    "SELECT id FROM agent WHERE seat IN (1, 2)",
    "SELECT id FROM agent WHERE seat = ANY ('{1}'::int[])",
    "SELECT id FROM agent WHERE NOT (id = 1 OR seat = 1)",
    "SELECT id FROM agent WHERE (seat > 1) IS TRUE",
    "SELECT id FROM agent GROUP BY id, seat",
    "SELECT id FROM agent ORDER BY seat DESC NULLS LAST",
    "SELECT DISTINCT ON (seat) id FROM agent ORDER BY seat",
    "SELECT id FROM note WHERE agent_id IN (SELECT seat FROM agent)",
    "SELECT id FROM note WHERE EXISTS (SELECT FROM agent WHERE seat = agent_id)",
    "SELECT (SELECT max(seat) FROM agent) FROM note",
    "SELECT n.id FROM note n JOIN agent a ON a.seat = n.agent_id",
    "SELECT n.id FROM note n CROSS JOIN LATERAL (SELECT a.seat FROM agent a WHERE a.id = n.id) AS x",
    "SELECT x.seat FROM (SELECT * FROM agent) AS x",
    "WITH RECURSIVE up AS (SELECT id FROM agent UNION ALL SELECT a.seat FROM agent a JOIN up ON up.id = a.id) TABLE up",
    "VALUES ((SELECT seat FROM agent LIMIT 1))",
    "INSERT INTO agent (id, login, seat) VALUES (1, 'a', 2)",
    "INSERT INTO agent (id, login) VALUES (1, 'a') ON CONFLICT (id) DO UPDATE SET seat = excluded.seat",
    "INSERT INTO agent (id, login) VALUES (1, 'a') RETURNING seat",
    "UPDATE note SET body = 'x' FROM agent a WHERE a.seat = note.id",
    "DELETE FROM agent WHERE seat < 0 RETURNING id",
    "DELETE FROM note USING agent a WHERE a.id = note.agent_id AND a.seat = 1",
)


def test_a_column_that_is_gone_is_missed_wherever_it_stands():
    calls = "".join(f'    sqlx::query("{sql}").fetch_all(db).await;\n' for sql in PLACES)
    contract = extract_contract("shop", [("src/lib.rs", f"async fn f(db: &PgPool) {{\n{calls}}}\n".encode())])
    observed = tuple(item for item in DECLARED if item != SEAT)
    assert failing(contract, DECLARED) == {}
    assert failing(contract, observed) == dict.fromkeys(PLACES, "42703")


def failing(contract: Contract, observed: tuple[SchemaObject, ...]) -> dict[str, str]:
    """Give the SQLSTATE of each query that fails, by its text."""
    verdicts = judge_statically([contract], snapshot(DECLARED), snapshot(observed))
    return {PLACES[each.line - 2]: each.sqlstate for each in verdicts if each.status.counts}


CLERKS = (
    "SELECT login FROM agent",
    "SELECT body FROM note",
    "UPDATE note SET body = 'x' WHERE id = 1",
    "INSERT INTO note (id, agent_id) VALUES (1, 1)",
    "DELETE FROM note",
    "TRUNCATE note",
    "SELECT who FROM signed",
    "SELECT shout('a')",
)
ALL = ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE")


def granted(of: str, name: str, *privileges: str, parent: str = "", signature: str = "") -> Privileges:
    grants = (Grant(grantee="clerk", privileges=privileges),) if privileges else ()
    return Privileges(namespace="public", name=name, of=of, parent=parent, signature=signature, grants=grants)


GRANTED = (granted("table", "agent", *ALL), granted("table", "note", *ALL), granted("view", "signed", "SELECT"))


@pytest.mark.parametrize(
    ("instead", "refused"),
    [
        (GRANTED, ()),
        ((granted("table", "agent"), *GRANTED[1:]), CLERKS[:1]),
        ((granted("table", "agent"), granted("column", "login", "SELECT", parent="agent"), *GRANTED[1:]), ()),
        ((granted("table", "agent"), granted("column", "seat", "SELECT", parent="agent"), *GRANTED[1:]), CLERKS[:1]),
        ((GRANTED[0], granted("table", "note", "SELECT"), GRANTED[2]), CLERKS[2:6]),
        ((GRANTED[0], granted("table", "note", "SELECT", "DELETE"), GRANTED[2]), (*CLERKS[2:4], CLERKS[5])),
        ((*GRANTED[:2], granted("view", "signed")), CLERKS[6:7]),
        ((*GRANTED, granted("routine", "shout", signature="text")), CLERKS[7:]),
        ((*GRANTED, Owner(namespace="public", name="note", of="table", role="clerk")), ()),
    ],
    ids=[
        "as declared", "a table", "all of a table but what is read", "all of a table but what is not read",
        "all but SELECT", "some", "a view", "a function", "the owner's",
    ],
)  # fmt: skip
def test_a_query_is_refused_whose_role_has_lost_a_right_that_it_needs(instead, refused):
    calls = "".join(f'    sqlx::query("{sql}").fetch_all(db).await;\n' for sql in CLERKS)
    read = extract_contract("shop", [("src/lib.rs", f"async fn f(db: &PgPool) {{\n{calls}}}\n".encode())])
    contract = msgspec.structs.replace(read, role="clerk")
    verdicts = judge_statically([contract], snapshot((*DECLARED, *GRANTED)), snapshot((*DECLARED, *instead)))
    found = {CLERKS[each.line - 2]: each.sqlstate for each in verdicts if each.status.counts}
    assert found == dict.fromkeys(refused, "42501")
