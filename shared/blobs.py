"""Values as bytes, kept or carried under a hash: a line that names the format, then compressed canonical JSON."""

from __future__ import annotations

import zlib
from typing import Any, TypeVar

import msgspec

from shared.formats import Format, FormatError
from shared.schema.canonical import canonical_json

T = TypeVar("T")

MAX_BYTES = 1024 * 1024 * 1024
"""No blob unpacks to more: a bound on what a damaged or hostile one can make us hold."""

_MAGIC = b"fleetdrift "
_MAX_HEAD_BYTES = 200  # of the line that names the format
_LEVEL = 1  # a snapshot shrinks 10-fold at any level, and level 1 costs a tenth of level 9


def pack(form: Format, value: Any) -> bytes:
    """Encode and compress, behind the format's label; equal values give equal bytes."""
    return _MAGIC + form.label.encode() + b"\n" + zlib.compress(canonical_json(value), _LEVEL)


def label_of_blob(data: bytes) -> str:
    """Give the label by which a blob names its format; empty for bytes that name none."""
    head, line_feed, _ = data[:_MAX_HEAD_BYTES].partition(b"\n")
    return head.removeprefix(_MAGIC).decode(errors="replace") if line_feed and head.startswith(_MAGIC) else ""


def unpack(form: Format, data: bytes, kind: type[T]) -> T:
    """Decode what `pack` made.

    Args:
        form: The format that is expected.
        data: The blob.
        kind: The type that is expected.

    Raises:
        FormatError: When the blob is in another format or version, damaged, too large, or of another type.
    """
    label = label_of_blob(data)
    if not label:
        raise FormatError(f"expected a {form.title}, found {len(data)} bytes that do not name their format")
    form.check(label)
    inflate = zlib.decompressobj()
    try:
        text = inflate.decompress(data[data.index(b"\n") + 1 :], MAX_BYTES)
        if inflate.unconsumed_tail:
            raise FormatError(f"this {form.title} unpacks to more than {MAX_BYTES} bytes")
        return msgspec.json.decode(text, type=kind)
    except (zlib.error, msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise FormatError(f"this {form.title} cannot be read: {error}") from error
