"""How declared schema versions compare with what migration tables say."""

from __future__ import annotations

import pytest

from shared.findings.judge import judge_version
from shared.schema.schema import SchemaVersion


def said(*versions: str, tool: str = "sqlx") -> tuple[SchemaVersion, ...]:
    return tuple(SchemaVersion(tool, version) for version in versions)


@pytest.mark.parametrize(
    ("expected", "version"),
    [("20260201", "20260201"), ("12", "0012"), ("0012", "12"), ("1.2", "1.2.0"), ("1_2", "1.2"), ("ae10", "ae10")],
)
def test_two_spellings_of_one_version_are_no_mismatch(expected: str, version: str) -> None:
    assert judge_version(expected, said(version)) is None


@pytest.mark.parametrize(
    ("expected", "version", "told"),
    [
        ("12", "9", "schema version 12 is declared but the database is behind, at 9 (sqlx)."),
        ("9", "12", "schema version 9 is declared but the database is ahead, at 12 (sqlx)."),
        ("1.10", "1.9", "schema version 1.10 is declared but the database is behind, at 1.9 (sqlx)."),
        ("ae10", "77b1", "schema version ae10 is declared but the database is at 77b1 (sqlx)."),
    ],
)
def test_another_version_is_told_with_its_direction_where_there_is_one(expected: str, version: str, told: str) -> None:
    finding = judge_version(expected, said(version))

    assert finding is not None
    assert (finding.rule, finding.message) == ("schema-version-mismatch", told)


def test_a_version_that_could_not_be_read_is_unknown_and_no_mismatch() -> None:
    finding = judge_version("12", ())

    assert finding is not None
    assert finding.rule == "schema-version-unknown"


def test_a_failed_migration_is_a_mismatch_whatever_is_declared() -> None:
    for expected in ("", "12"):
        finding = judge_version(expected, (SchemaVersion("golang-migrate", "12", dirty=True),))
        assert finding is not None
        assert finding.message == "the migration to schema version 12 (golang-migrate) failed half-way."


def test_nothing_declared_and_nothing_broken_is_nothing_to_say() -> None:
    assert judge_version("", said("12")) is None
    assert judge_version("", ()) is None


def test_one_tool_that_says_the_declared_version_is_enough() -> None:
    versions = (SchemaVersion("diesel", "3"), SchemaVersion("sqlx", "12"))

    assert judge_version("12", versions) is None
    assert judge_version("12", tuple(reversed(versions))) is None


@pytest.mark.parametrize("version", ["٣", "1" * 5000, "1..2", "", "-1"])
def test_odd_versions_are_different_and_never_an_exception(version: str) -> None:
    finding = judge_version("12", said(version))

    assert finding is not None
    assert finding.rule == "schema-version-mismatch"
    assert len(finding.message) < 400
