"""One spelling of what means the same, and of nothing else."""

from __future__ import annotations

import pytest

from shared.schema.relations import Column, Index, Table, Trigger, View
from shared.schema.routines import Routine
from shared.schema.schema import Schema, Snapshot
from shared.schema.spelling import in_one_spelling


def spelt(item):
    snapshot = Snapshot(schema=Schema((item,)), server_version=180000, fingerprint="f")
    [only] = in_one_spelling(snapshot).schema
    return only


def index(definition, *options, method="btree"):
    return Index(name="i", namespace="n", table="t", definition=definition, options=options, method=method)


def trigger(definition):
    return Trigger(name="x", namespace="n", parent="t", definition=definition)


@pytest.mark.parametrize(
    ("options", "alike"),
    [
        (("autovacuum_enabled=ON", "fillfactor=100"), ()),
        (("autovacuum_enabled=off", "fillfactor=80"), ("autovacuum_enabled=false", "fillfactor=80")),
        (("toast.autovacuum_enabled=1",), ("toast.autovacuum_enabled=true",)),
        (("vacuum_index_cleanup=on",), ("vacuum_index_cleanup=on",)),
    ],
)
def test_words_for_yes_are_one_and_a_default_is_none(options, alike):
    assert spelt(Table(name="t", namespace="n", options=options)).options == alike


def column(kind, default, **more):
    return Column(name="c", namespace="n", parent="t", type=kind, default=default, **more)


@pytest.mark.parametrize(
    ("kind", "default"),
    [
        ("character varying(8)", "NULL::character varying"),
        ("character(3)", "NULL::bpchar"),
        ("numeric(10,2)", "NULL::numeric"),
        ("timestamp(0) with time zone", "NULL::timestamp with time zone"),
        ("bit(3)", 'NULL::"bit"'),
    ],
)
def test_a_default_of_null_is_none(kind, default):
    assert not spelt(column(kind, default)).default


@pytest.mark.parametrize(
    "item",
    [
        column("public.code", "NULL::character varying"),  # a domain, which has a default of its own
        column("character varying(8)", "'NULL'::character varying"),
        column("character varying(8)", "NULL::character varying", generated="stored"),
    ],
)
def test_what_only_looks_like_a_default_of_null_stays(item):
    assert spelt(item) == item


def test_what_a_view_says_of_security_is_told_by_its_meaning():
    view = View(name="v", namespace="n", definition="SELECT 1", options=("check_option=local", "security_invoker=on"))
    assert spelt(view).options == ("check_option=local", "security_invoker=true")


def test_the_definition_of_an_index_follows_its_options():
    assert spelt(index("CREATE INDEX i ON n.t USING gin (j) WITH (fastupdate='false')", "fastupdate=false")) == index(
        "CREATE INDEX i ON n.t USING gin (j) WITH (fastupdate='false')", "fastupdate=false"
    )
    written = "CREATE INDEX i ON n.t USING gin (j) WITH (fastupdate=off, gin_pending_list_limit='64') WHERE (a > 0)"
    again = written.replace("fastupdate=off", "fastupdate='false'")
    options = ("fastupdate=off", "gin_pending_list_limit=64")
    assert spelt(index(written, *options, method="gin")).definition == again
    bare = spelt(index("CREATE INDEX i ON n.t USING btree (a) WITH (fillfactor='90')", "fillfactor=90"))
    assert (bare.definition, bare.options) == ("CREATE INDEX i ON n.t USING btree (a)", ())


def test_columns_of_an_update_trigger_are_sorted_and_its_name_is_not_read():
    head = 'CREATE TRIGGER "UPDATE OF b, a ON" BEFORE INSERT OR UPDATE OF '
    tail = " ON n.t FOR EACH ROW EXECUTE FUNCTION f('UPDATE OF d, c')"
    assert spelt(trigger(f'{head}b, "A, b", a{tail}')) == trigger(f'{head}"A, b", a, b{tail}')


def test_line_ends_of_a_body_are_one_and_everything_else_in_it_counts():
    def routine(body):
        return Routine(name="f", namespace="n", definition=f"CREATE FUNCTION n.f() AS $$\n{body}$$")

    assert spelt(routine("BEGIN\r\nEND")) == routine("BEGIN\nEND")
    assert spelt(routine("BEGIN \nEND")) == routine("BEGIN \nEND")


def test_a_snapshot_in_one_spelling_is_given_back():
    snapshot = Snapshot(schema=Schema((Table(name="t", namespace="n"),)), server_version=180000, fingerprint="f")
    assert in_one_spelling(snapshot) is snapshot
