"""What findings say of differences, where they point to, and in which order they come."""

from __future__ import annotations

from shared.diff.changes import SchemaDiff
from shared.diff.compare import diff_schemas
from shared.findings.finding import Finding, Severity
from shared.findings.judge import judge
from shared.schema.model import SchemaObject
from shared.schema.relations import Column, Constraint, Index, Table, Trigger
from shared.schema.routines import Routine
from shared.schema.schema import Origin, Schema
from shared.schema.types import EnumType
from tests.reports import CREATED_INDEX, EMAIL_INDEX, LEGACY_CHECK, ORDERS, demo_spec, spec_of

TABLE = Table(namespace="public", name="orders")


def judged(desired: tuple[SchemaObject, ...], observed: tuple[SchemaObject, ...]) -> list[tuple[str, str]]:
    spec = spec_of(desired)
    return [(finding.rule, finding.message) for finding in judge(differ(desired, observed), spec)]


def differ(desired: tuple[SchemaObject, ...], observed: tuple[SchemaObject, ...]) -> SchemaDiff:
    return diff_schemas(Schema.of(desired), Schema.of(observed))


def column(**given: object) -> Column:
    return Column(**{"namespace": "public", "parent": "orders", "name": "total", "type": "bigint", **given})  # type: ignore[arg-type]


def test_the_same_schema_gives_no_finding() -> None:
    assert judged(ORDERS, ORDERS) == []


def test_a_missing_unique_index_is_an_error_and_a_plain_one_a_warning() -> None:
    spec = demo_spec()

    found = judge(differ(spec.schema.objects, ORDERS), spec)

    assert [(f.rule, f.severity, f.object.name) for f in found] == [
        ("missing-index", Severity.ERROR, "customers_email_lower_idx"),
        ("missing-index", Severity.WARNING, "orders_customer_created_idx"),
    ]


def test_what_a_missing_table_carries_makes_no_findings_of_its_own() -> None:
    desired = (TABLE, column(), Index(namespace="public", name="i", table="orders", definition="CREATE INDEX …"))

    assert [rule for rule, _ in judged(desired, ())] == ["missing-table"]


def test_one_altered_column_makes_one_finding_for_each_thing_that_differs() -> None:
    desired, observed = column(not_null=True, default="0"), column(type="integer")

    told = dict(judged((TABLE, desired), (TABLE, observed)))

    assert list(told) == ["altered-column-nullability", "altered-column-type", "altered-column-default"]
    assert told["altered-column-nullability"] == (
        "column public.orders.total: declared NOT NULL, observed nullable; "
        "NULL can be stored, and services that expect a value fail to decode it."
    )
    assert told["altered-column-type"] == (
        "column public.orders.total: declared type bigint, observed type integer; "
        "values may not fit, and services that expect the declared type fail to decode it."
    )
    assert told["altered-column-default"] == (
        "column public.orders.total: declared default 0, observed no default; "
        "inserts that leave it out store another value."
    )


def test_an_undeclared_column_that_every_insert_trips_over_is_an_error() -> None:
    spec = spec_of((TABLE,))

    found = judge(differ((TABLE,), (TABLE, column(not_null=True))), spec)

    assert [(f.rule, f.severity) for f in found] == [("unexpected-column", Severity.ERROR)]


def test_a_constraint_that_was_never_validated_is_not_another_constraint() -> None:
    desired = Constraint(namespace="public", parent="orders", name="c", type="check", definition="CHECK ((a > 0))")
    observed = Constraint(
        namespace="public",
        parent="orders",
        name="c",
        type="check",
        definition="CHECK ((a > 0)) NOT VALID",
        validated=False,
    )

    assert [rule for rule, _ in judged((TABLE, desired), (TABLE, observed))] == ["unvalidated-constraint"]


def test_a_constraint_that_differs_and_was_never_validated_is_another_constraint() -> None:
    desired = Constraint(namespace="public", parent="orders", name="c", type="check", definition="CHECK ((a > 0))")
    observed = Constraint(
        namespace="public",
        parent="orders",
        name="c",
        type="check",
        definition="CHECK ((a > 1)) NOT VALID",
        validated=False,
    )

    assert [rule for rule, _ in judged((TABLE, desired), (TABLE, observed))] == ["altered-constraint"]


def test_a_disabled_trigger_and_row_level_security_switched_off_are_errors_of_their_own() -> None:
    trigger = Trigger(namespace="public", parent="orders", name="audit", definition="CREATE TRIGGER …")
    off = Trigger(namespace="public", parent="orders", name="audit", definition="CREATE TRIGGER …", enabled="disabled")
    secured = Table(namespace="public", name="orders", row_security=True)

    assert [rule for rule, _ in judged((secured, trigger), (TABLE, off))] == ["rls-disabled", "disabled-trigger"]
    assert [rule for rule, _ in judged((TABLE, trigger), (secured, trigger))] == ["rls-unexpected"]


def test_an_enum_names_the_labels_it_lacks() -> None:
    desired = EnumType(namespace="public", name="status", labels=("new", "paid", "refunded"))
    observed = EnumType(namespace="public", name="status", labels=("new", "paid"))

    [(rule, message)] = judged((desired,), (observed,))

    assert rule == "enum-labels"
    assert message == (
        "enum type public.status: declared labels (new, paid, refunded), observed labels (new, paid); "
        "writing refunded fails."
    )


def test_a_long_definition_is_shown_from_where_the_two_sides_part() -> None:
    body = "CREATE FUNCTION public.f() RETURNS integer AS $$ " + "SELECT 1 + " * 40
    desired = Routine(namespace="public", name="f", definition=body + "1 $$", result="integer")
    observed = Routine(namespace="public", name="f", definition=body + "2 $$", result="integer")

    [(rule, message)] = judged((desired,), (observed,))

    assert rule == "altered-routine"
    assert "1 $$, observed …" in message
    assert len(message) < 300


def test_a_body_that_differs_in_white_space_alone_is_worth_knowing_and_no_more() -> None:
    desired = Routine(namespace="public", name="f", definition="AS $$\nBEGIN\n RETURN 1;\nEND\n$$", result="integer")
    observed = Routine(namespace="public", name="f", definition="AS $$BEGIN\n RETURN 1;  \nEND$$", result="integer")
    other = Routine(namespace="public", name="f", definition="AS $$BEGIN\n RETURN 2;  \nEND$$", result="integer")

    [alike] = judge(differ((desired,), (observed,)), spec_of((desired,)))
    [different] = judge(differ((desired,), (other,)), spec_of((desired,)))

    assert (alike.severity, different.severity) == (Severity.INFO, Severity.WARNING)
    assert "only white space differs: it does the same" in alike.message


def test_findings_point_to_the_declaration_and_undeclared_things_to_their_table() -> None:
    spec = demo_spec()
    observed = (
        *ORDERS,
        CREATED_INDEX,
        LEGACY_CHECK,
        Index(namespace="public", name="z", table="orders", definition="…"),
    )

    origins = {f.object.name: f.origin for f in judge(differ(spec.schema.objects, observed), spec)}

    assert origins == {
        EMAIL_INDEX.name: Origin("sql/001_customers.sql", 6),
        LEGACY_CHECK.name: Origin("sql/002_orders.sql", 1),
        "z": Origin("sql/002_orders.sql", 1),
    }


def test_the_gravest_findings_come_first_whatever_the_order_of_changes() -> None:
    spec = demo_spec()
    diff = differ(spec.schema.objects, (*ORDERS[:3], LEGACY_CHECK))
    reversed_diff = SchemaDiff(tuple(reversed(diff.changes)))

    found: tuple[Finding, ...] = judge(diff, spec)

    assert found == judge(reversed_diff, spec)
    ranks = [list(Severity).index(finding.severity) for finding in found]
    assert ranks == sorted(ranks)
