"""Base64, JSON, YAML, CSV and URL encoding."""

from __future__ import annotations

import base64
import binascii
import codecs
import csv
import io
import struct
import urllib.parse
import zlib

from coordinator.iac.expressions.functions import json_text, yaml_text
from coordinator.iac.expressions.functions.registry import ANY_OR_NULL, FunctionError, function
from coordinator.iac.expressions.types import STRING, object_of
from coordinator.iac.expressions.values import Value, list_value, object_value, string

_GZIP_HEADER = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"


@function("base64encode", STRING, returns=STRING)
def _base64encode(text: Value) -> Value:
    return string(base64.b64encode(text.raw.encode()).decode())


@function("base64decode", STRING, returns=STRING)
def _base64decode(text: Value) -> Value:
    try:
        return string(_unbase64(text.raw).decode("utf-8"))
    except UnicodeDecodeError:
        raise FunctionError("the result of decoding the provided string is not valid UTF-8") from None


def _unbase64(text: str) -> bytes:
    try:
        return base64.b64decode(text.replace("\n", "").replace("\r", ""), validate=True)
    except (binascii.Error, ValueError):
        raise FunctionError("failed to decode base64 data") from None


@function("base64gzip", STRING, returns=STRING)
def _base64gzip(text: Value) -> Value:
    # Go flushes before it closes: a synchronising block, then an empty stored one. Longer texts may be compressed to
    # other bytes than Go's; what they decompress to is the same.
    data = text.raw.encode()
    deflate = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    body = deflate.compress(data) + deflate.flush(zlib.Z_SYNC_FLUSH) + b"\x01\x00\x00\xff\xff"
    trailer = struct.pack("<II", zlib.crc32(data), len(data) & 0xFFFFFFFF)
    return string(base64.b64encode(_GZIP_HEADER + body + trailer).decode())


def _codec(name: Value) -> codecs.CodecInfo:
    try:
        return codecs.lookup(name.raw)
    except LookupError:
        raise FunctionError(f"{name.raw!r} is not a supported IANA encoding name or alias") from None


@function("textencodebase64", STRING, STRING, returns=STRING)
def _textencodebase64(text: Value, encoding: Value) -> Value:
    try:
        codec = _codec(encoding).name
        # Without an order, IANA's UTF-16 is big-endian and begins with its mark; Python's is the machine's.
        data = b"\xfe\xff" + text.raw.encode("utf-16-be") if codec == "utf-16" else text.raw.encode(codec)
        return string(base64.b64encode(data).decode())
    except (UnicodeEncodeError, LookupError):
        raise FunctionError(f"the text has characters that {encoding.raw} cannot represent") from None


@function("textdecodebase64", STRING, STRING, returns=STRING)
def _textdecodebase64(text: Value, encoding: Value) -> Value:
    try:
        return string(_unbase64(text.raw).decode(_codec(encoding).name))
    except (UnicodeDecodeError, LookupError):
        raise FunctionError(f"the data is not {encoding.raw} text") from None


@function("jsonencode", ANY_OR_NULL, returns=STRING)
def _jsonencode(value: Value) -> Value:
    return string(json_text.encode(value))


@function("jsondecode", STRING)
def _jsondecode(text: Value) -> Value:
    try:
        return json_text.decode(text.raw)
    except ValueError as error:
        raise FunctionError(f"invalid JSON: {error}") from None


@function("yamlencode", ANY_OR_NULL, returns=STRING)
def _yamlencode(value: Value) -> Value:
    return string(yaml_text.encode(value))


@function("yamldecode", STRING)
def _yamldecode(text: Value) -> Value:
    try:
        return yaml_text.decode(text.raw)
    except ValueError as error:
        raise FunctionError(f"invalid YAML: {error}") from None


@function("csvdecode", STRING)
def _csvdecode(text: Value) -> Value:
    try:
        rows = list(csv.reader(io.StringIO(text.raw), strict=True))
    except csv.Error as error:
        raise FunctionError(f"invalid CSV: {error}") from None
    if not rows:
        raise FunctionError("missing header line")
    header = rows[0]
    if len(set(header)) != len(header):
        raise FunctionError("duplicate column name in the header line")
    records: list[Value] = []
    for line, row in enumerate(rows[1:], start=2):
        if not row:
            continue
        if len(row) != len(header):
            raise FunctionError(f"wrong number of fields on line {line}")
        records.append(object_value({name: string(cell) for name, cell in zip(header, row, strict=True)}))
    return list_value(object_of(dict.fromkeys(header, STRING)), records)


@function("urlencode", STRING, returns=STRING)
def _urlencode(text: Value) -> Value:
    return string(urllib.parse.quote_plus(text.raw, safe=""))
