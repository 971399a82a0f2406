"""What a server does wrong, in one clean sentence."""

from __future__ import annotations

import asyncpg
import pytest

from shared.postgres.failures import CLOSED, TargetError, clean, target_error, was_ended_by_server
from shared.targets import FailureKind


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (ConnectionRefusedError(), FailureKind.REFUSED),
        (TimeoutError(), FailureKind.TIMEOUT),
        (asyncpg.InvalidPasswordError("no"), FailureKind.AUTHENTICATION),
        (asyncpg.InvalidAuthorizationSpecificationError("no"), FailureKind.AUTHENTICATION),
        (asyncpg.InvalidCatalogNameError("no"), FailureKind.NO_DATABASE),
        (asyncpg.InsufficientPrivilegeError("no"), FailureKind.PERMISSION),
        (asyncpg.LockNotAvailableError("no"), FailureKind.BUSY),
        (asyncpg.TooManyConnectionsError("no"), FailureKind.BUSY),
        (asyncpg.QueryCanceledError("no"), FailureKind.TIMEOUT),
        (asyncpg.AdminShutdownError("no"), FailureKind.LOST),
        (asyncpg.CannotConnectNowError("no"), FailureKind.REFUSED),
        (ConnectionResetError(), FailureKind.LOST),
        (asyncpg.ProgramLimitExceededError("no"), FailureKind.LIMIT),
        (asyncpg.ConnectionDoesNotExistError("no"), FailureKind.PROTOCOL),
        (asyncpg.InterfaceError("no"), FailureKind.PROTOCOL),
        (UnicodeDecodeError("utf-8", b"x", 0, 1, "no"), FailureKind.PROTOCOL),
        (OSError(113, "No route to host"), FailureKind.REFUSED),
    ],
)
def test_each_failure_has_its_kind(error, kind):
    found = target_error(error)
    assert found is not None
    assert found.failure.kind is kind


def test_a_bug_of_ours_is_no_failure_of_a_target():
    assert target_error(KeyError("x")) is None


def test_a_message_is_one_line_without_escapes_and_not_endless():
    assert clean("a\nb\x1b[31m\u202ec\u2028d" + "x" * 400) == "a b [31m c d" + "x" * 287 + "…"


def test_an_echoed_credential_is_blanked():
    error = target_error(asyncpg.InvalidPasswordError('password "hunter2" is wrong'), "hunter2")
    assert error is not None
    assert error.failure.message == 'the server said: password "***" is wrong'


def test_a_target_error_stays_itself():
    error = TargetError(FailureKind.BUSY, "x")
    assert target_error(error) is error


@pytest.mark.parametrize(
    ("error", "ended"),
    [
        (asyncpg.ConnectionDoesNotExistError("connection was closed in the middle of operation"), True),
        (asyncpg.InternalClientError("cannot switch to state 12; another operation (2) is in progress"), True),
        (asyncpg.InternalClientError("cannot switch to state 12; another operation (3) is in progress"), False),
        (asyncpg.InterfaceError("no"), False),
    ],
)
def test_an_end_that_the_server_made_is_known_from_one_of_ours(error, ended):
    assert was_ended_by_server(error) is ended
    assert (target_error(error).code == CLOSED) is ended
