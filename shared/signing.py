"""Authentication tags: whoever reads a value can tell that a holder of the fleet's key wrote it, for this very place.

Whoever can write to Redis could otherwise make workers connect to hosts, or say that a drifted tenant is in sync. A tag
is an HMAC-SHA256 (RFC 2104) over what the value is, where it stands, and its bytes.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from enum import StrEnum

import msgspec

from shared.formats import SIGNED, FormatError
from shared.hosts import Secret

MIN_KEY_LENGTH = 32
"""Characters of a key: `openssl rand -hex 32` gives 64. A shorter one could be guessed by whoever reads Redis."""

_MAGIC = SIGNED.label.encode()
_ID_LENGTH = 12
_TAG_LENGTH = 64
_HEAD_LENGTH = len(_MAGIC) + 1 + _ID_LENGTH + 1 + _TAG_LENGTH + 1
_UNKEYED = Secret("")


class Purpose(StrEnum):
    """What a value is. A tag that was made for one purpose is worth nothing for another."""

    MESSAGE = "message"
    ANSWERS = "answers"
    PIECE = "piece"
    KNOWN = "known"
    SIGHTING = "sighting"
    BLOB = "blob"
    ANALYSIS = "analysis"


class TagError(FormatError):
    """What was read was not written by a holder of one of our keys, or not for this place."""


class _Key:
    """One key, from which each purpose has a key of its own."""

    def __init__(self, secret: Secret) -> None:
        root = secret.reveal().encode()
        self.id = hmac.digest(root, b"fleetdrift key id", hashlib.sha256).hex()[:_ID_LENGTH]
        self._derived = {
            purpose: hmac.digest(root, b"fleetdrift tag\0" + purpose.encode(), hashlib.sha256) for purpose in Purpose
        }

    def tag(self, purpose: Purpose, place: Sequence[str], data: bytes) -> bytes:
        where = msgspec.json.encode(place)  # no NUL in it, so nothing can move between place and data
        return hmac.digest(self._derived[purpose], where + b"\0" + data, hashlib.sha256).hex().encode()


class KeyRing:
    """The keys of a fleet: the first one signs, all are accepted, so that keys can be changed without a pause.

    Without a key the tags are made with an empty one that everybody knows: they find damage, and keep nobody out.

    Args:
        keys: At least `MIN_KEY_LENGTH` characters each.

    Attributes:
        ids: A name for each key that does not give it away; the first one is that of the key that signs.
    """

    def __init__(self, keys: Sequence[Secret] = ()) -> None:
        self._keys = {key.id: key for key in map(_Key, keys or (_UNKEYED,))}
        self.ids = tuple(self._keys)
        self._first = self._keys[self.ids[0]]

    def sign(self, purpose: Purpose, place: Sequence[str], data: bytes) -> bytes:
        """Put a tag before a value.

        Args:
            purpose: What it is.
            place: Where it will stand: in that place only it is accepted.
            data: The value.
        """
        tag = self._first.tag(purpose, place, data)
        return b"%s %s %s\n%s" % (_MAGIC, self._first.id.encode(), tag, data)

    def verify(self, purpose: Purpose, place: Sequence[str], signed: bytes) -> bytes:
        """Give the value behind a tag.

        Raises:
            TagError: When the value has no tag, or one that none of our keys makes for this purpose and place.
        """
        magic, _, rest = signed[: _HEAD_LENGTH - 1].partition(b" ")
        name, _, tag = rest.partition(b" ")
        if magic != _MAGIC or len(tag) != _TAG_LENGTH or signed[_HEAD_LENGTH - 1 : _HEAD_LENGTH] != b"\n":
            raise TagError("expected a signed value, found one without an authentication tag")
        key = self._keys.get(name.decode(errors="replace"))
        if key is None:
            raise TagError("expected a value that is signed with a key of [redis] key, found one of another key")
        data = signed[_HEAD_LENGTH:]
        if not hmac.compare_digest(tag, key.tag(purpose, place, data)):
            raise TagError("found a value with a wrong authentication tag: it was changed, or is of another place")
        return data

    def understands(self, ids: Sequence[str]) -> bool:
        """Say whether we and somebody with keys of these ids accept what the other signs."""
        return bool(ids) and ids[0] in self._keys and self.ids[0] in ids
