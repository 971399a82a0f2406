"""Values as bytes, kept or carried under a hash: a line that names the format, then compressed canonical JSON."""

from __future__ import annotations

import zlib
from typing import Any, TypeVar

import msgspec

from shared.formats import SNAPSHOT, Format, FormatError
from shared.schema.canonical import canonical_json, content_hash, snapshot_name
from shared.schema.schema import Snapshot

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


def unpack_snapshot(name: str, data: bytes) -> Snapshot:
    """Decode a snapshot that was kept under its name.

    Raises:
        FormatError: As `unpack`, and when it is not the snapshot of this name.
    """
    snapshot = unpack(SNAPSHOT, data, Snapshot)
    found = snapshot_name(snapshot)
    if found != name:
        raise FormatError(f"expected the snapshot {name[:12]}, found another one ({found[:12]}) kept under its name")
    return snapshot


def unpack_named(form: Format, name: str, data: bytes, kind: type[T]) -> T:
    """Decode a value that was kept under the name that `name_of` gives it.

    Raises:
        FormatError: As `unpack`, and when it is not the value of this name.
    """
    value = unpack(form, data, kind)
    if name_of(form, value) != name:
        raise FormatError(f"expected the {form.title} {name[:12]}, found another one kept under its name")
    return value


def name_of(form: Format, value: Any) -> str:
    """Name a value of a format by what it holds."""
    return content_hash(form.label, value)
