"""Which tables hold rows of tenants is said by patterns; without a column the rules are off."""

from __future__ import annotations

import pytest

from shared.schema.tenancy import Tenancy


@pytest.mark.parametrize(
    ("tables", "exclude", "concerned"),
    [
        ((), (), True),
        (("ord*",), (), True),
        (("app.*",), (), True),
        (("public.*",), (), False),
        ((), ("orders",), False),
        (("app.*",), ("*.orders",), False),
        ((), ("Orders",), True),
    ],
)
def test_a_table_is_concerned_by_its_name_or_by_namespace_and_name(tables, exclude, concerned):
    assert Tenancy(column="tenant_id", tables=tables, exclude=exclude).concerns("app", "orders") is concerned


def test_without_a_column_no_table_is_concerned():
    assert not Tenancy().concerns("app", "orders")


def test_settings_without_a_column_are_refused():
    with pytest.raises(ValueError, match='needs column, as column = "tenant_id"'):
        Tenancy(setting="app.tenant_id")
