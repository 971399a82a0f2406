"""A policy's expression confines rows to a tenant only where every way to be true compares whose they are."""

from __future__ import annotations

import pytest

from shared.findings.tenancy.confinement import Confinement, Confinements
from shared.schema.routines import Routine

ROUTINES = {
    "current_tenant": [
        Routine(
            namespace="app",
            name="current_tenant",
            definition="… RETURN current_setting('app.tenant_id')::uuid; …",
        )
    ],
    "is_support": [Routine(namespace="app", name="is_support", definition="… RETURN false; …")],
}
CONFINED, OTHERWISE, OPEN, UNKNOWN = Confinement


def confinement(expression: str, setting: str = "app.tenant_id") -> Confinement:
    return Confinements("tenant_id", setting, ROUTINES).of(expression)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("(tenant_id = (current_setting('app.tenant_id'::text))::uuid)", CONFINED),
        ("((tenant_id)::text = current_setting('APP.tenant_id'::text, true))", CONFINED),
        ("(NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid = orders.tenant_id", CONFINED),
        ("(tenant_id = ( SELECT (current_setting('app.tenant_id'::text))::uuid AS current_setting))", CONFINED),
        ("(tenant_id = app.current_tenant())", CONFINED),
        ("((tenant_id = app.current_tenant()) AND (number <> ''::text))", CONFINED),
        ("((tenant_id = app.current_tenant()) OR (tenant_id = app.current_tenant()))", CONFINED),
        ("(NOT (tenant_id IS DISTINCT FROM app.current_tenant()))", UNKNOWN),
        ("((tenant_id = app.current_tenant()) OR app.is_support())", UNKNOWN),
        ("(tenant_id = app.is_support())", UNKNOWN),
        ("((tenant_id = app.current_tenant()) OR true)", OPEN),
        ("true", OPEN),
        ("false", CONFINED),
        ("(owner = CURRENT_USER)", OPEN),
        ("(tenant_id <> (current_setting('app.tenant_id'::text))::uuid)", OTHERWISE),
        ("(tenant_id = (current_setting('app.region'::text))::uuid)", OTHERWISE),
        ("(tenant_id IS NOT NULL)", OTHERWISE),
        ("not SQL at all (", UNKNOWN),
    ],
)
def test_an_expression_confines_or_it_is_said_why_not(expression, expected):
    assert confinement(expression) is expected


def test_a_function_may_be_what_gives_the_tenant():
    assert confinement("(tenant_id = app.is_support())", "app.is_support()") is CONFINED
    assert confinement("(tenant_id = app.other())", "app.is_support()") is OTHERWISE
