"""A container often runs as a number that no account has."""

from __future__ import annotations

import getpass
import os

import pytest

from coordinator.settings.user import user_name


@pytest.mark.parametrize("error", [KeyError("getpwuid(): uid not found"), OSError("no username set")])
def test_a_user_without_an_account_is_called_by_the_number(monkeypatch, error):
    def nobody() -> str:
        raise error

    monkeypatch.setattr(getpass, "getuser", nobody)
    assert user_name() == f"uid {os.geteuid()}"


def test_a_user_with_an_account_is_called_by_the_name(monkeypatch):
    monkeypatch.setenv("LOGNAME", "ada")
    assert user_name() == "ada"
