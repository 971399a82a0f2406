"""Keep what was read of a service: as long as none of its files changes, nothing is read anew."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import msgspec

from shared.analysis.code_hash import code_hash
from shared.contracts.contract import Contract, Unread
from shared.kept_files import KeptFiles

_KIND = "services"
_MAX_KEPT_BYTES = 64 * 1024 * 1024
"""Of all that is kept: the contract of a service with 5 MB of Rust takes 0.1 MB."""


def kept_or_extracted(
    service: str, files: Sequence[tuple[str, bytes]], unread: Sequence[Unread], features: Sequence[str] | None
) -> Contract:
    """Give the contract of a service: the one that is kept for exactly these files, or a new one, which is kept.

    Args:
        service: As for `extract_contract`, like the others.
        files: Path and content of each.
        unread: Files that could not be read.
        features: Cargo features that are on.

    Raises:
        FeaturesError: As `extract_contract` does.
    """
    kept = KeptFiles(_KIND, code_hash(), most_bytes=_MAX_KEPT_BYTES)
    name = _name(service, files, unread, features)
    found = _decoded(kept.get(name))
    if found is None:
        from shared.contracts.extract import extract_contract  # lazy: what reads Rust takes long to import

        found = extract_contract(service, files, unread, features=features)
        kept.put(name, msgspec.msgpack.encode(found))
    return found


def _decoded(content: bytes | None) -> Contract | None:
    try:
        return None if content is None else msgspec.msgpack.decode(content, type=Contract)
    except msgspec.MsgspecError:
        return None  # it is written again


def _name(
    service: str, files: Sequence[tuple[str, bytes]], unread: Sequence[Unread], features: Sequence[str] | None
) -> str:
    """Name a contract by all that it depends on, but for the code."""
    digest = hashlib.sha256(msgspec.msgpack.encode(("contract of files/1", service, sorted(unread), features)))
    for path, content in sorted(files):
        digest.update(msgspec.msgpack.encode((path, len(content))))
        digest.update(content)
    return digest.hexdigest()
