"""The tokenizer that calls a tenant's namespace by a placeholder."""

from __future__ import annotations

import json

import pytest

from shared.postgres.names.own_names import OwnNames
from shared.postgres.names.placeholders import replace_in_line


def in_definition(sql: str, namespace: str) -> str:
    """Give what becomes of SQL that stands in the line of a view."""
    line = json.dumps({"kind": "view", "definition": sql})
    return json.loads(replace_in_line(line, OwnNames(namespace=namespace)))["definition"]


@pytest.mark.parametrize(
    ("sql", "replaced"),
    [
        ("SELECT a FROM app.t", 'SELECT a FROM "{tenant}".t'),
        ('SELECT a FROM "app".t', 'SELECT a FROM "{tenant}".t'),
        ("SELECT app FROM other.app", "SELECT app FROM other.app"),
        ("SELECT 'app.t', \"app\" FROM app2.t", "SELECT 'app.t', \"app\" FROM app2.t"),
        ("nextval('app.s'::regclass)", "nextval('\"{tenant}\".s'::regclass)"),
        ("nextval(E'app.\"s\\\\t\"'::regclass)", 'nextval(E\'"{tenant}"."s\\\\t"\'::regclass)'),
        ("'app'::regnamespace", "'\"{tenant}\"'::regnamespace"),
        ("'app.s'::text", "'app.s'::text"),
        ("E'it\\'s app.t' || app.f()", "E'it\\'s app.t' || \"{tenant}\".f()"),
        ("-- app.t\nSELECT app.t.a", '-- app.t\nSELECT "{tenant}".t.a'),
        ("/* app.t */ SELECT app.t.a", '/* app.t */ SELECT "{tenant}".t.a'),
        ("AS $x$SELECT 'app.t' FROM app.t$x$", "AS $x$SELECT 'app.t' FROM \"{tenant}\".t$x$"),
        ("SET search_path TO 'app', 'public'\nAS", "SET search_path TO '{tenant}', 'public'\nAS"),
        ("xapp.t, app_.t, app$.t", "xapp.t, app_.t, app$.t"),
        ("APP.t", '"{tenant}".t'),
        ("'unterminated app.t", '\'unterminated "{tenant}".t'),
    ],
)
def test_only_a_qualifying_name_is_replaced(sql, replaced):
    assert in_definition(sql, "app") == replaced


def test_names_of_any_letters_are_found():
    assert in_definition('SELECT * FROM "Mixed ""Case""".t', 'Mixed "Case"') == 'SELECT * FROM "{tenant}".t'


def test_lines_are_written_alike_whatever_the_tenant_is_called():
    line = '{"kind" : "view", "name" : "app", "definition" : "SELECT 1 FROM t"}'
    assert replace_in_line(line, OwnNames(namespace="app")) == replace_in_line(line, OwnNames(namespace="tenant_7"))
    assert json.loads(replace_in_line(line, OwnNames(namespace="app")))["name"] == "app"


def test_the_whole_database_is_left_as_it_is():
    assert replace_in_line('{"a" : 1}', OwnNames()) == '{"a" : 1}'
