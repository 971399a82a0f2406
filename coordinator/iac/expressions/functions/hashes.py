"""Hashes, UUIDs, and functions whose result is known only after apply."""

from __future__ import annotations

import base64
import hashlib
import uuid
from collections.abc import Callable

from coordinator.iac.expressions.evaluator import Evaluator
from coordinator.iac.expressions.functions.registry import ANY_OR_NULL, FunctionError, function
from coordinator.iac.expressions.types import STRING
from coordinator.iac.expressions.values import Value, string, unknown_of


def _hexadecimal(algorithm: str) -> Callable[[bytes], str]:
    return lambda data: hashlib.new(algorithm, data, usedforsecurity=False).hexdigest()


def _base64(algorithm: str) -> Callable[[bytes], str]:
    return lambda data: base64.b64encode(hashlib.new(algorithm, data).digest()).decode()


_DIGESTS = {
    "md5": _hexadecimal("md5"),
    "sha1": _hexadecimal("sha1"),
    "sha256": _hexadecimal("sha256"),
    "sha512": _hexadecimal("sha512"),
    "base64sha256": _base64("sha256"),
    "base64sha512": _base64("sha512"),
}


def _digest(name: str, digest: Callable[[bytes], str]) -> None:
    @function(name, STRING, returns=STRING)
    def of_text(text: Value) -> Value:
        return string(digest(text.raw.encode()))

    @function(f"file{name}", STRING, returns=STRING, reads=True)
    def of_file(evaluator: Evaluator, path: Value) -> Value:
        return string(digest(evaluator.files.read(path.raw)))


for _name, _function in _DIGESTS.items():
    _digest(_name, _function)

_NAMESPACES = {
    "dns": uuid.NAMESPACE_DNS,
    "url": uuid.NAMESPACE_URL,
    "oid": uuid.NAMESPACE_OID,
    "x500": uuid.NAMESPACE_X500,
}


@function("uuidv5", STRING, STRING, returns=STRING)
def _uuidv5(namespace: Value, name: Value) -> Value:
    try:
        space = _NAMESPACES.get(namespace.raw) or uuid.UUID(namespace.raw)
    except ValueError:
        raise FunctionError("uuidv5() needs a valid UUID, or dns, url, oid or x500, as namespace") from None
    return string(str(uuid.uuid5(space, name.raw)))


def _known_after_apply(name: str) -> None:
    """Time, chance and secrets: no plan of ours may depend on them."""

    @function(name, variadic=ANY_OR_NULL, returns=STRING, partial=True)
    def later(*_arguments: Value) -> Value:
        return unknown_of(STRING)


for _name in ("uuid", "timestamp", "plantimestamp", "bcrypt", "rsadecrypt"):
    _known_after_apply(_name)
