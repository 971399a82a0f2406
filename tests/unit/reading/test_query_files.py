"""The query files and the table that chooses them."""

from __future__ import annotations

import re

import pytest

from shared.postgres.query_files import QUERIES, query_text
from shared.postgres.reading.catalog import (
    VERSIONS,
    hash_statement,
    kinds_of,
    query_file,
    rows_statement,
    rows_statement_of_many,
)
from shared.postgres.reading.versions import MIGRATION_TOOLS
from shared.schema.model import FACETS, KINDS
from shared.schema.profile import EVERYTHING, Profile

COORDINATOR = QUERIES.parents[2] / "coordinator"
ASKING = (QUERIES.parents[1], COORDINATOR / "inventory")
"""Rooms whose code asks a server by a file: `shared`, and the inventory, which asks hosts and no tenant."""

CODE = "".join(path.read_text() for room in ASKING for path in room.rglob("*.py"))
OTHERS = "".join(path.read_text() for path in COORDINATOR.rglob("*.py"))
CHOSEN = {file for choices in VERSIONS.values() for _, file in choices} | {tool.file for tool in MIGRATION_TOOLS}


def test_every_kind_of_the_model_has_a_query():
    assert set(VERSIONS) == set(KINDS)


def test_every_named_file_exists_and_every_file_is_named():
    present = {path.relative_to(QUERIES).as_posix() for path in QUERIES.rglob("*.sql")}
    named = CHOSEN | set(re.findall(r'"([a-z_]+\.sql)"', CODE)) | set(re.findall(r'query_text\("(.*?)"\)', OTHERS))
    assert named == present


@pytest.mark.parametrize("kind", sorted(VERSIONS))
def test_versions_ascend_from_the_oldest(kind):
    firsts = [first for first, _ in VERSIONS[kind]]
    assert firsts == sorted(set(firsts))
    assert firsts[0] == 0


def test_a_server_gets_the_newest_query_it_understands():
    assert query_file("publication", 140023) == "publication_14.sql"
    assert query_file("publication", 150000) == "publication_15.sql"
    assert query_file("subscription", 180006) == "subscription_17.sql"


def test_facets_are_read_by_choice():
    assert not set(kinds_of(Profile())) & FACETS
    assert set(kinds_of(EVERYTHING)) == set(KINDS)


@pytest.mark.parametrize("statement", [rows_statement, hash_statement])
@pytest.mark.parametrize("version", [140000, 180000])
def test_no_placeholder_is_left_in_a_statement(statement, version):
    text = statement(kinds_of(EVERYTHING), version)
    assert "{carriers}" not in text
    assert "{redacted" not in text
    assert "{grants" not in text
    assert set(re.findall(r"\{[a-z_]+\}", text)) == {"{tenant}", "{owner}", "{database_owner}"}


@pytest.mark.parametrize("version", [140000, 180000])
def test_the_statement_for_many_namespaces_leaves_nothing_open_but_their_words(version):
    text = rows_statement_of_many(kinds_of(EVERYTHING), version)
    assert set(re.findall(r"\{[a-z_]+\}", text)) == {"{tenant}", "{wanted}", "{owner}", "{database_owner}"}
    assert text.count("{wanted}") == 1
    assert "$1" not in text


@pytest.mark.parametrize("file", sorted(CHOSEN))
def test_a_query_reads_catalogs_and_nothing_of_a_tenants(file):
    text = query_text(file)
    assert "information_schema." not in text
    assert "public." not in text
    assert not re.search(r"\b(INSERT|UPDATE|DELETE|CREATE|ALTER|DROP)\b(?! =| '|')", re.sub(r"--.*|'[^']*'", "", text))
