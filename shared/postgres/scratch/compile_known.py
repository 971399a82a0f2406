"""Compile a declaration that is not complete: a statement that needs what could not be read is not read either."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from shared.postgres.names.own_names import OwnNames
from shared.postgres.scratch.compile import SpecError, compile_spec
from shared.postgres.scratch.server import ScratchServer
from shared.schema.profile import Profile
from shared.schema.schema import Carrier, Coverage, Spec, SpecSource

MAX_REFUSED = 100
"""Statements that one declaration may lose: each costs another compilation."""

_NEEDS_SOMETHING = ("42P01", "42703", "42704", "42883", "3F000", "42P17", "0A000")
"""SQLSTATEs of statements whose relation, column, object, routine or namespace is not there (errcodes-appendix)."""


def needs_something(error: SpecError) -> bool:
    """Say whether a statement was refused because something that it names is not there."""
    return error.sqlstate in _NEEDS_SOMETHING


def anything(_error: SpecError) -> bool:
    """Say of every refused statement that it can be left out."""
    return True


async def compile_known(
    scratch: ScratchServer,
    source: SpecSource,
    profile: Profile,
    namespace: str = "",
    own: OwnNames | None = None,
    *,
    excuse: Callable[[SpecError], bool] = needs_something,
) -> Spec:
    """Compile a declaration as `compile_spec` does; what an incomplete one cannot say becomes a carrier not read.

    Args:
        scratch: As for `compile_spec`, and so `source`, `profile`, `namespace` and `own`.
        source: What may be incomplete.
        profile: Which facets are part of the spec.
        namespace: The tenant's own.
        own: The names that the declarations use for the tenant.
        excuse: Says which refused statements may be left out of a source that is not complete.

    Raises:
        SpecError: When PostgreSQL refuses a statement that is not excused, or too many.
    """
    for _ in range(MAX_REFUSED):
        try:
            return await compile_spec(scratch, source, profile, namespace, own)
        except SpecError as error:
            if not excuse(error) or (excuse is needs_something and not source.unread):
                raise
            source = _without(source, error)
    return await compile_spec(scratch, source, profile, namespace, own)


def _without(source: SpecSource, error: SpecError) -> SpecSource:
    kept = (*source.declarations[: error.number], *source.declarations[error.number + 1 :])
    lost = source.declarations[error.number].origin
    address = lost.address or lost.file
    others = any((each.origin.address or each.origin.file) == address for each in kept)
    gap = Carrier(
        address=address,
        origin=msgspec.structs.replace(error.origin, address=""),
        coverage=Coverage.PARTLY if others else Coverage.UNREAD,
        reason=f"PostgreSQL refuses it: {error.message}",
    )
    rest = {each for each in source.carriers if each.address != address or each.coverage is not Coverage.READ}
    return msgspec.structs.replace(source, declarations=kept, carriers=tuple(sorted({*rest, gap})))
