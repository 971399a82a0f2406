"""Compiles declarations on the scratch server, each distinct one once in a process: versions seldom change."""

from __future__ import annotations

from collections import OrderedDict
from weakref import WeakKeyDictionary

from shared.postgres.names.own_names import OwnNames
from shared.postgres.scratch import ScratchServer, SpecError, compile_known
from shared.postgres.scratch.compile_known import needs_something
from shared.schema.canonical import content_hash
from shared.schema.profile import Profile
from shared.schema.schema import Spec, SpecSource

MAX_REMEMBERED = 128
"""Compiled declarations that a process keeps: a spec of some hundred tables takes a megabyte."""

_remembered: WeakKeyDictionary[ScratchServer, OrderedDict[str, Spec]] = WeakKeyDictionary()


async def compiled(scratch: ScratchServer, source: SpecSource, profile: Profile, names: OwnNames) -> Spec:
    """Compile a declaration, or give what it was compiled to before.

    Args:
        scratch: Where it is compiled.
        source: The declaration.
        profile: Which facets are part of the spec.
        names: How the declaration calls its tenant.

    Raises:
        SpecError: When PostgreSQL refuses a statement.
        TargetError: When the scratch server fails.
    """
    known = _remembered.setdefault(scratch, OrderedDict())
    name = content_hash("compiled/1", [source, profile, names])
    if name not in known:
        known[name] = await compile_known(scratch, source, profile, namespace=names.namespace, own=names)
    known.move_to_end(name)
    while len(known) > MAX_REMEMBERED:
        known.popitem(last=False)
    return known[name]


async def compiled_version(scratch: ScratchServer, source: SpecSource, profile: Profile, names: OwnNames) -> Spec:
    """Compile an earlier version of a declaration.

    What stands behind the migrations may need what only later versions make: such a statement is then one that could
    not be read, and what it declares stays open.

    Args:
        scratch: As for `compiled`, and so the others.
        source: The declaration of that version.
        profile: Which facets are part of the spec.
        names: How the declaration calls its tenant.

    Raises:
        SpecError: When PostgreSQL refuses a statement for another reason.
        TargetError: When the scratch server fails.
    """
    try:
        return await compiled(scratch, source, profile, names)
    except SpecError as error:
        if not needs_something(error):
            raise
    return await compile_known(scratch, source, profile, namespace=names.namespace, own=names, excuse=_comes_later)


def _comes_later(error: SpecError) -> bool:
    return needs_something(error)
