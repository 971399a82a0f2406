"""Tokens and session cookies: nothing that is kept lets anybody ask."""

from __future__ import annotations

import pytest

from coordinator.access.caller import Caller, Scope, Via
from coordinator.access.tokens import (
    csrf_token,
    digest_of,
    id_of,
    is_csrf_token,
    is_same,
    new_session,
    new_token,
)


def test_a_token_is_recognised_by_its_digest_and_no_other_is():
    made, other = new_token(), new_token()
    assert id_of(made.secret.reveal()) == made.id
    assert is_same(made.digest, made.secret.reveal())
    assert not is_same(made.digest, other.secret.reveal())
    assert made.secret.reveal() not in made.digest


@pytest.mark.parametrize("text", ["", "s3cret", "fdt_", "fdt_0123456789ab_short", "fdt_0123456789AB_" + "x" * 43])
def test_what_is_no_token_of_the_store_has_no_id(text):
    assert id_of(text) is None


def test_a_session_is_looked_up_by_the_digest_of_its_cookie():
    session = new_session()
    assert session.id == session.digest == digest_of(session.secret.reveal())


def test_a_csrf_token_belongs_to_one_session():
    first, second = new_session().secret.reveal(), new_session().secret.reveal()
    assert is_csrf_token(csrf_token(first), first)
    assert not is_csrf_token(csrf_token(second), first)
    assert not is_csrf_token("", first)
    assert not is_csrf_token("größe", first)


@pytest.mark.parametrize(
    ("scope", "needed", "may"),
    [
        (Scope.READ, Scope.READ, True),
        (Scope.READ, Scope.SCAN, False),
        (Scope.SCAN, Scope.READ, True),
        (Scope.SCAN, Scope.ADMIN, False),
        (Scope.ADMIN, Scope.SCAN, True),
        (Scope.ADMIN, Scope.ADMIN, True),
    ],
)
def test_a_scope_includes_those_before_it(scope, needed, may):
    assert scope.includes(needed) is may


def test_a_caller_may_ask_for_the_fleets_that_are_named_or_for_all():
    caller = Caller(name="ci", via=Via.TOKEN, scope=Scope.READ, fleets=("core", "shop"))
    assert [caller.may_ask_for(fleet) for fleet in ("core", "shop", "lab")] == [True, True, False]
    assert Caller(name="ci", via=Via.TOKEN, scope=Scope.READ).may_ask_for("lab")
