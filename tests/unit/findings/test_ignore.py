"""Ignore rules: what they take, what they leave, when they end, and the lines that make one."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
import pytest

from shared.diff.changes import Altered, SchemaDiff, Unverified
from shared.diff.compare import diff_schemas
from shared.findings.ignore import Ignored, IgnoreRule, IgnoreRules, ignore_lines
from shared.findings.registry import rules_for
from shared.schema.model import KINDS, SchemaObject
from shared.schema.relations import Column, Index, Table
from shared.schema.routines import Routine
from shared.schema.schema import Schema
from tests.hostile import HOSTILE_NAMES
from tests.objects import minimal

TODAY = dt.date(2026, 3, 1)
LATER = dt.date(2026, 6, 1)
TABLE = Table(namespace="public", name="orders")
INDEX = Index(namespace="public", name="orders_idx", table="orders", definition="CREATE INDEX …")


def rule(**given: Any) -> IgnoreRule:
    return IgnoreRule(**{"reason": "known", "owner": "ada", "until": LATER, **given})


def differ(desired: tuple[SchemaObject, ...], observed: tuple[SchemaObject, ...]) -> SchemaDiff:
    return diff_schemas(Schema.of(desired), Schema.of(observed))


def split(
    diff: SchemaDiff,
    rules: Sequence[IgnoreRule],
    *,
    today: dt.date = TODAY,
    tenant: str = "",
    labels: Mapping[str, str] | None = None,
) -> tuple[SchemaDiff, tuple[Ignored, ...]]:
    """Apply the rules as the report does: those that concern the tenant, on its diff."""
    configured = IgnoreRules(rules, today)
    return configured.split(diff, configured.concerning(tenant, labels or {}))


def kept_of(diff: SchemaDiff, rules: Sequence[IgnoreRule], **given: Any) -> SchemaDiff:
    return split(diff, rules, **given)[0]


def pasted(*lines: str) -> list[IgnoreRule]:
    return msgspec.convert(tomllib.loads("\n".join(lines))["ignore"], list[IgnoreRule])


@pytest.mark.parametrize("kind", KINDS)
def test_pasting_the_lines_beside_a_finding_ignores_it_whatever_its_name_holds(kind: str) -> None:
    for name in HOSTILE_NAMES:
        diff = differ((minimal(kind, name), minimal(kind, f"{name}2")), ())

        kept, ignored = split(diff, pasted(ignore_lines(diff.changes[0], until=LATER)))

        assert [change.identity for change in kept.changes] == [diff.changes[1].identity]
        assert ignored == (Ignored(diff.changes[0], 0),)


def test_the_lines_hold_no_character_that_does_not_print() -> None:
    for name in HOSTILE_NAMES:
        lines = ignore_lines(differ((minimal("index", name),), ()).changes[0], until=LATER)

        assert all(character.isprintable() or character == "\n" for character in lines)


def test_lines_of_several_findings_can_be_pasted_after_each_other_and_after_anything() -> None:
    diff = differ((TABLE, INDEX, minimal("view")), (TABLE,))
    configuration = '[fleet]\nname = "demo"\n'
    lines = [ignore_lines(change, until=LATER) for change in diff.changes]

    assert not kept_of(diff, pasted(configuration, *lines))


def test_ignoring_a_table_ignores_what_it_carries() -> None:
    column = Column(namespace="public", parent="orders", name="id", type="bigint")
    diff = differ((TABLE, column, INDEX), ())

    kept, ignored = split(diff, [rule(kind="table", name="orders")])

    assert not kept
    assert [entry.change.identity.kind for entry in ignored] == ["table"]


def test_one_finding_of_an_altered_column_can_be_ignored_and_the_others_stay() -> None:
    desired = Column(namespace="public", parent="orders", name="total", type="bigint", default="0")
    observed = Column(namespace="public", parent="orders", name="total", type="integer")
    diff = differ((TABLE, desired), (TABLE, observed))

    lines = ignore_lines(diff.changes[0], until=LATER, rule="altered-column-default")
    [kept] = kept_of(diff, pasted(lines)).changes
    assert isinstance(kept, Altered)
    assert kept.fields == ("type",)
    assert [judging.id for judging, _ in rules_for(kept)] == ["altered-column-type"]


def test_an_attribute_is_ignored_wherever_it_differs() -> None:
    desired = Column(namespace="public", parent="orders", name="total", type="bigint", statistics_target=100)
    observed = Column(namespace="public", parent="orders", name="total", type="bigint")
    diff = differ((TABLE, desired, INDEX), (TABLE, observed))

    kept = kept_of(diff, [rule(attribute="statistics_target")])

    assert [change.identity.kind for change in kept.changes] == ["index"]


def test_overloads_of_one_name_are_told_apart() -> None:
    plain = Routine(namespace="public", name="f", definition="…")
    other = Routine(namespace="public", name="f", signature="integer", definition="…")
    diff = differ((plain, other), ())

    kept = kept_of(diff, pasted(ignore_lines(diff.changes[0], until=LATER)))

    assert [change.identity.signature for change in kept.changes] == ["integer"]


def test_unverified_changes_can_be_ignored_too() -> None:
    diff = SchemaDiff((Unverified(INDEX.identity, "the extension is not there"),))

    assert not kept_of(diff, pasted(ignore_lines(diff.changes[0], until=LATER)))


def test_a_rule_ends_after_its_last_day_and_is_known_to_have_ended() -> None:
    diff = differ((INDEX,), ())
    ending = rule(kind="index", until=TODAY)
    tomorrow = TODAY + dt.timedelta(days=1)

    assert not kept_of(diff, [ending], today=TODAY)
    assert IgnoreRules([ending], TODAY).ended == frozenset()
    assert split(diff, [ending], today=tomorrow) == (diff, ())
    assert IgnoreRules([ending], tomorrow).ended == frozenset({0})


def test_what_is_ignored_names_the_rule_by_its_place_and_never_one_that_matches_nothing() -> None:
    diff = differ((INDEX,), ())
    useless, also_matching = rule(kind="view"), rule(name="orders_*")

    _, ignored = split(diff, [useless, rule(kind="index"), also_matching])

    assert ignored == (Ignored(diff.changes[0], 1),)


def test_rules_for_other_tenants_and_other_labels_do_not_count() -> None:
    diff = differ((INDEX,), ())
    free = rule(kind="index", labels={"tier": "fr*"})
    canary = rule(kind="index", tenant="canary-*")

    assert not kept_of(diff, [free], labels={"tier": "free"})
    assert kept_of(diff, [free], labels={"tier": "gold"})
    assert kept_of(diff, [free])
    assert not kept_of(diff, [canary], tenant="canary-1")
    assert kept_of(diff, [canary], tenant="tenant-1")


def test_patterns_match_with_case_and_over_line_breaks() -> None:
    diff = differ((minimal("view", "Tmp_1"), minimal("view", "tmp_\n2")), ())

    kept = kept_of(diff, [rule(kind="view", name="tmp_*")])

    assert [change.identity.name for change in kept.changes] == ["Tmp_1"]


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ('kind = "index"\nowner = "a"\nuntil = 2026-06-01', "missing required field `reason`"),
        ('kind = "index"\nreason = " "\nowner = "a"\nuntil = 2026-06-01', "needs a reason and an owner"),
        ('reason = "r"\nowner = "a"\nuntil = 2026-06-01', "must say what it ignores"),
        ('rule = "no-such"\nreason = "r"\nowner = "a"\nuntil = 2026-06-01', "there is no rule 'no-such'"),
        ('kind = "index"\nchange = "gone"\nreason = "r"\nowner = "a"\nuntil = 2026-06-01', "change must be one of"),
        ('knid = "index"\nreason = "r"\nowner = "a"\nuntil = 2026-06-01', "unknown field `knid`"),
    ],
)
def test_a_rule_nobody_can_trust_is_refused(table: str, message: str) -> None:
    with pytest.raises(msgspec.ValidationError, match=message):
        pasted(f"[[ignore]]\n{table}\n")
