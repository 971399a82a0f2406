"""Canonical JSON and the hashes made of it.

`order="sorted"` sorts struct fields as well as keys, so moving a line of code changes no hash; with `omit_defaults` a
new defaulted field leaves old hashes alone.
"""

from __future__ import annotations

import hashlib
from typing import Any

import msgspec

from shared.schema.schema import Schema, Snapshot

SCHEMA_VERSION = b"schema/1\0"
_encoder = msgspec.json.Encoder(order="sorted")


def canonical_json(value: Any) -> bytes:
    """Encode a Struct, dict or list so that equal values give equal bytes."""
    return _encoder.encode(value)


def schema_hash(schema: Schema) -> str:
    """Name a shape: hex SHA-256 of the versioned canonical JSON of a schema."""
    return hashlib.sha256(SCHEMA_VERSION + canonical_json(schema)).hexdigest()


def content_hash(domain: str, value: Any) -> str:
    """Hash any canonical value within a named domain (`"diff/1"`), hex SHA-256."""
    return hashlib.sha256(domain.encode() + b"\0" + canonical_json(value)).hexdigest()


def snapshot_name(snapshot: Snapshot) -> str:
    """Name a snapshot by what it holds, so that whoever has it can check its name: hex SHA-256.

    What belongs to the tenant or to the declaration (its migration versions, its surroundings) is not part of it. Of
    the server's version the major is.
    """
    holds = (
        snapshot.server_version // 10000,
        snapshot.schema,
        snapshot.column_order,
        snapshot.not_null_names,
        snapshot.dependencies,
        snapshot.unmodelled,
    )
    return content_hash("snapshot/1", holds)
