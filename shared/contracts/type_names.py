"""Look up what the names of types mean in a service: its own enums and aliases, or what the driver maps itself."""

from __future__ import annotations

from functools import cached_property

from shared.contracts.contract import Contract, RustEnum
from shared.contracts.rust_types import RustType, is_mapped, parse_rust_type

_MAX_DEPTH = 8  # of aliases: deeper is a cycle


class TypeNames:
    """The names of types in one service."""

    def __init__(self, contract: Contract) -> None:
        self._contract = contract

    @cached_property
    def _own(self) -> frozenset[str]:
        return frozenset(self._contract.own_types)

    def resolve(self, written: str, file: str) -> RustType | None:
        """Give the type behind a type as written, aliases followed; None when the service defines it otherwise."""
        rust = parse_rust_type(written)
        for _ in range(_MAX_DEPTH):
            if rust.name not in self._own:
                return rust if is_mapped(rust) else None
            named = [alias for alias in self._contract.aliases if alias.name == rust.name]
            near = [alias for alias in named if alias.file == file] or named
            if len(near) != 1:
                return None
            inner = parse_rust_type(near[0].type)
            rust = RustType(
                inner.name,
                inner.arguments,
                optional=rust.optional or inner.optional,
                array=rust.array or inner.array,
            )
        return None

    def enum_of(self, written: str, file: str) -> RustEnum | None:
        """Give the label enum a type as written is, if it is one."""
        name = parse_rust_type(written).name
        named = [enum for enum in self._contract.enums if enum.name == name]
        near = [enum for enum in named if enum.file == file] or named
        return near[0] if len(near) == 1 else None
