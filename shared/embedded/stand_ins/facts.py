"""What is known of a real extension: rows of its server's catalogs, and which server that was."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import msgspec

_FOLDER = Path(__file__).parent


class MemberRoutine(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A function of an extension (`pg_proc`).

    Args:
        name: Without a namespace: it is the extension's.
        arguments: As `pg_get_function_arguments` spells them, with names, modes and defaults.
        inputs: The types of the arguments that are given, in order.
        result: As `pg_get_function_result` spells it.
        returns: The type of one value of it; `record` where it has columns.
        columns: Types of the columns of its result, where it has several.
        volatility: `immutable`, `stable` or `volatile`.
        parallel: `safe`, `restricted` or `unsafe`.
        strict, leakproof, security_definer, returns_set: As PostgreSQL has them.
        cost, rows: For the planner.
        privileges: Access rights as PostgreSQL writes them, with the owner's name as `owner`; empty for the default.
    """

    name: str
    arguments: str
    inputs: tuple[str, ...]
    result: str
    returns: str
    columns: tuple[str, ...] = ()
    volatility: str
    parallel: str
    strict: bool = False
    leakproof: bool = False
    security_definer: bool = False
    returns_set: bool = False
    cost: float = 1.0
    rows: float = 0.0
    privileges: tuple[str, ...] = ()


class ExtensionFacts(msgspec.Struct, frozen=True, kw_only=True):
    """A real extension.

    Args:
        extension: Its name.
        source: The package and the server that the facts were read from.
        version: Its default version there.
        versions: All versions that could be installed there.
        comment: Its comment.
        relocatable, trusted, superuser: As its control file says.
        requires: Extensions that it needs.
        routines: Sorted by name and arguments.
    """

    extension: str
    source: str
    version: str
    versions: tuple[str, ...]
    comment: str
    relocatable: bool
    trusted: bool
    superuser: bool
    requires: tuple[str, ...]
    routines: tuple[MemberRoutine, ...]


@cache
def stand_in_facts() -> tuple[ExtensionFacts, ...]:
    """Give what is known of each extension that has a stand-in, sorted by name."""
    decoder = msgspec.json.Decoder(ExtensionFacts)
    return tuple(decoder.decode(path.read_bytes()) for path in sorted(_FOLDER.glob("*.json")))
