"""Which names of a server are taken for tenants."""

from __future__ import annotations

import pytest

from coordinator.setup.tenant_guess import guess_tenants


@pytest.mark.parametrize(
    ("databases", "namespaces", "pattern", "tenants"),
    [
        (("tenant-001", "tenant-002", "billing"), (), "tenant-*", 2),
        (("t1", "t2", "t30"), (), "t*", 3),
        (("app",), ("acme", "globex"), "*", 2),
        (("a_x", "a_y"), ("c1", "c2", "c3"), "c*", 3),
        (("shop[1]-a", "shop[1]-b"), (), "shop[[]1]-*", 2),
    ],
)
def test_the_largest_family_of_names_is_taken(databases, namespaces, pattern, tenants):
    guess = guess_tenants(databases, "app", namespaces)
    assert (guess.pattern, guess.tenants) == (pattern, tenants)
    assert guess.database == ("app" if namespaces else "")


def test_what_is_left_out_is_said():
    assert guess_tenants(("tenant-1", "tenant-2", "billing"), "postgres", ()).because == (
        "2 databases are called tenant-…, so each of them is taken for a tenant; billing is not"
    )


def test_one_name_alone_says_nothing_about_tenants():
    assert guess_tenants(("app",), "app", ("public",)) is None
