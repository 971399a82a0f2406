"""What an error message repeats of the command line, and what it never does."""

from __future__ import annotations

import pytest

from coordinator.cli.unsaid import without_secrets


@pytest.mark.parametrize(
    "arguments",
    [("postgresql://u:secret@h/d",), ("host=h password=secret",), ("--scratch", "u:secret"), ("--var", "key=secret")],
)
def test_what_may_be_a_secret_is_blanked(arguments):
    assert "secret" not in without_secrets(f"cannot use {arguments[-1]}", arguments)


def test_what_chooses_tenants_is_told():
    message = "the selection (label tier=gold) fits none"
    assert without_secrets(message, ("check", "--label", "tier=gold")) == message


def test_the_same_text_given_as_another_option_too_is_blanked():
    assert without_secrets("found a=b", ("--label", "a=b", "--var", "a=b")) == "found ***"
