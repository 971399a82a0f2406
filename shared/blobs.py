"""Values as bytes that are kept or carried under a hash: canonical JSON, compressed."""

from __future__ import annotations

import zlib
from typing import Any, TypeVar

import msgspec

from shared.schema.canonical import canonical_json

T = TypeVar("T")

MAX_BYTES = 1024 * 1024 * 1024
"""No blob unpacks to more: a bound on what a damaged or hostile one can make us hold."""

_LEVEL = 1  # a snapshot shrinks 10-fold at any level, and level 1 costs a tenth of level 9


class BlobError(ValueError):
    """Bytes that are no packed value of the expected type."""


def pack(value: Any) -> bytes:
    """Encode and compress; equal values give equal bytes."""
    return zlib.compress(canonical_json(value), _LEVEL)


def unpack(data: bytes, kind: type[T]) -> T:
    """Decode what `pack` made.

    Raises:
        BlobError: When the bytes are damaged, too large, or of another type.
    """
    inflate = zlib.decompressobj()
    try:
        text = inflate.decompress(data, MAX_BYTES)
        if inflate.unconsumed_tail:
            raise BlobError(f"a {kind.__name__} blob unpacks to more than {MAX_BYTES} bytes")
        return msgspec.json.decode(text, type=kind)
    except (zlib.error, msgspec.MsgspecError) as error:
        raise BlobError(f"a {kind.__name__} blob does not decode: {error}") from error
