"""Turn errors of a tenant's server or the network into a `Failure`: a kind and one clean sentence."""

from __future__ import annotations

import asyncio
import socket
import ssl
import struct
import unicodedata
from typing import Any

import asyncpg

from shared.targets import Failure, FailureKind

_MAX_MESSAGE_CHARACTERS = 300  # of a server's own words

CLOSED = "08003"
"""SQLSTATE of a connection that the server closed without a reason that was heard."""

_INVALID_BYTES = "22021"
_NOT_UTF8 = (
    "expected names and texts in UTF-8, and the catalogs hold others, which a database of the encoding SQL_ASCII may: "
    "rename what bears them, or restore the database in an encoding"
)
_IS_BEING_ENDED = "another operation (2) is in progress"
"""Said by asyncpg of a statement that begins after the server has said that it ends the connection."""

_BY_SQLSTATE: tuple[tuple[str, FailureKind], ...] = (
    ("28", FailureKind.AUTHENTICATION),
    ("3D000", FailureKind.NO_DATABASE),
    ("42501", FailureKind.PERMISSION),
    ("55P03", FailureKind.BUSY),
    ("40", FailureKind.BUSY),  # serialization failure, deadlock
    ("57014", FailureKind.TIMEOUT),
    (_INVALID_BYTES, FailureKind.UNSUPPORTED),
    ("25P03", FailureKind.TIMEOUT),
    ("25P04", FailureKind.UNSUPPORTED),  # the owner's transaction_timeout, which could not be overridden
    ("57P05", FailureKind.UNSUPPORTED),  # the owner's idle_session_timeout, likewise
    ("53300", FailureKind.BUSY),
    ("53", FailureKind.LIMIT),
    ("54", FailureKind.LIMIT),
    ("57P03", FailureKind.REFUSED),  # the server starts, stops or recovers
    ("57P", FailureKind.LOST),  # also what a tenant can do to its own connections
    ("08", FailureKind.PROTOCOL),
    ("0A", FailureKind.UNSUPPORTED),
)
"""Longest prefix of the SQLSTATE first where prefixes overlap (errcodes-appendix.html)."""


class TargetError(Exception):
    """A target could not be read. `failure` says why, in words that are safe to show."""

    def __init__(self, kind: FailureKind, message: str, code: str = "") -> None:
        self.failure = Failure(kind=kind, message=clean(message))
        self.code = code
        super().__init__(self.failure.message)


def clean(text: str, secret: str = "") -> str:
    """Make one line of a foreign message: no control characters, no secret, at most 300 characters."""
    if secret:
        text = text.replace(secret, "***")
    shown = "".join(" " if unicodedata.category(c)[0] in "CZ" else c for c in text)
    shown = " ".join(shown.split())
    return shown if len(shown) <= _MAX_MESSAGE_CHARACTERS else shown[: _MAX_MESSAGE_CHARACTERS - 1] + "…"


_TOO_LARGE = "invalid memory alloc request size"
"""How a server says that a value is too large for it to write; it has no SQLSTATE but that of an internal error."""


def _sqlstate_kind(sqlstate: str, words: str) -> FailureKind:
    if words.startswith(_TOO_LARGE):
        return FailureKind.LIMIT
    for prefix, kind in _BY_SQLSTATE:
        if sqlstate.startswith(prefix):
            return kind
    return FailureKind.PROTOCOL


OUT_OF_MEMORY = "the server's answer takes more memory than [limits] reader_memory allows"
"""Said of a target whose reading needed more memory than there was."""

_BY_TYPE: tuple[tuple[tuple[type[BaseException], ...], FailureKind, str], ...] = (
    ((ConnectionRefusedError, FileNotFoundError), FailureKind.REFUSED, "the connection was refused"),
    ((socket.gaierror,), FailureKind.REFUSED, "the host name is unknown"),
    ((TimeoutError,), FailureKind.TIMEOUT, "no answer in time"),
    ((ssl.SSLError,), FailureKind.REFUSED, "the TLS handshake failed"),
    ((ConnectionError,), FailureKind.LOST, "the connection was lost"),
    ((OSError,), FailureKind.REFUSED, "the host cannot be reached"),
    ((MemoryError,), FailureKind.LIMIT, OUT_OF_MEMORY),
    ((RecursionError,), FailureKind.LIMIT, "the server's answer is nested deeper than can be read"),
    (
        (asyncpg.InterfaceError, asyncpg.InternalClientError, UnicodeError, BufferError, struct.error),
        FailureKind.PROTOCOL,
        "the server's reply does not follow the PostgreSQL protocol",
    ),
)
"""First match counts: subclasses stand before their base."""


def was_ended_by_server(error: BaseException) -> bool:
    """Say whether asyncpg raised this because the server had ended the connection."""
    if isinstance(error, asyncpg.InternalClientError):
        return str(error).endswith(_IS_BEING_ENDED)
    return isinstance(error, asyncpg.ConnectionDoesNotExistError)


def handle_unawaited(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Handle an error that nobody awaited as asyncio does, unless it says once more that a server ended a connection.

    A COPY that begins just as the server ends its connection raises, and asyncpg leaves the future of its answer behind
    (protocol.pyx, `copy_out`), which asyncio would print with a traceback.
    """
    if not isinstance(context.get("exception"), asyncpg.ConnectionDoesNotExistError):
        loop.default_exception_handler(context)


def target_error(error: BaseException, secret: str = "") -> TargetError | None:
    """Translate what asyncpg, the operating system or a codec raised; None when a bug of ours is at fault."""
    if isinstance(error, TargetError):
        return error
    if was_ended_by_server(error):
        return TargetError(FailureKind.PROTOCOL, "the server closed the connection before it had answered", CLOSED)
    if isinstance(error, asyncpg.PostgresError):
        words = clean(str(error.args[0]) if error.args else "no message", secret)
        said = f"{_NOT_UTF8}; the server said" if error.sqlstate == _INVALID_BYTES else "the server said"
        return TargetError(_sqlstate_kind(error.sqlstate or "", words), f"{said}: {words}", error.sqlstate or "")
    for types, kind, message in _BY_TYPE:
        if isinstance(error, types):
            return TargetError(kind, message)
    return None
