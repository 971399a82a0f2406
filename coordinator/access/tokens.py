"""Tokens and session cookies: how they are made, what is kept of them, and how one is recognised.

Both are 256 random bits. What is kept is their SHA-256: nobody who reads the store can ask with it. A slow hash, which
makes guessing of passwords expensive, has nothing to add where nothing can be guessed.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import re
import secrets
from typing import NamedTuple

import msgspec

from coordinator.access.caller import Scope
from shared.hosts import Secret

_ID_BYTES = 6
_SECRET_BYTES = 32
_TOKEN = re.compile(r"fdt_([0-9a-f]{12})_[A-Za-z0-9_-]{43}")
_CSRF_PURPOSE = b"fleetdrift csrf/1"


class NewSecret(NamedTuple):
    """A secret that was just made.

    Attributes:
        id: By which it is looked up.
        secret: Shown once, and not kept.
        digest: What is kept.
    """

    id: str
    secret: Secret
    digest: str


def new_token() -> NewSecret:
    """Make a token: `fdt_ID_SECRET`."""
    key = secrets.token_hex(_ID_BYTES)
    secret = Secret(f"fdt_{key}_{secrets.token_urlsafe(_SECRET_BYTES)}")
    return NewSecret(key, secret, digest_of(secret.reveal()))


def new_session() -> NewSecret:
    """Make the content of a session's cookie; it is looked up by its digest."""
    secret = Secret(secrets.token_urlsafe(_SECRET_BYTES))
    digest = digest_of(secret.reveal())
    return NewSecret(digest, secret, digest)


def id_of(token: str) -> str | None:
    """Give the id of a token of the store; nothing for a text that is none."""
    match = _TOKEN.fullmatch(token)
    return match[1] if match else None


def digest_of(secret: str) -> str:
    """Give what is kept of a secret: its SHA-256 in hex."""
    return hashlib.sha256(secret.encode()).hexdigest()


def is_same(digest: str, secret: str) -> bool:
    """Say whether a digest is that of a secret, in a time that says nothing of where they differ."""
    return hmac.compare_digest(digest, digest_of(secret))


def csrf_token(cookie: str) -> str:
    """Give what a page must send along with an unsafe request: derived from the session, and told only to its pages."""
    return hmac.new(cookie.encode(), _CSRF_PURPOSE, hashlib.sha256).hexdigest()


def is_csrf_token(given: str, cookie: str) -> bool:
    """Say whether a page has sent the right one, in a time that says nothing of where it is wrong."""
    return hmac.compare_digest(given.encode(), csrf_token(cookie).encode())


class TokenRecord(msgspec.Struct, frozen=True, kw_only=True):
    """What is kept of a token beside its digest.

    Args:
        id: Stands in the token itself.
        name: Given by whoever made it; no two that are in use have the same.
        scope: What it allows.
        fleets: In which fleets; empty for all.
        created: When it was made.
        created_by: By whom.
        expires: From when it is refused; none for never.
        revoked: When it was revoked; none while it is not.
        last_used: When it was last used, to the minute; none when it never was.
    """

    id: str
    name: str
    scope: Scope
    fleets: tuple[str, ...]
    created: dt.datetime
    created_by: str
    expires: dt.datetime | None
    revoked: dt.datetime | None
    last_used: dt.datetime | None


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """A browser that is logged in.

    Args:
        token: The token of the store that it was logged in with; none for the configuration's.
        credential: Digest of that token.
        expires: When it ends.
    """

    token: TokenRecord | None
    credential: str
    expires: dt.datetime
