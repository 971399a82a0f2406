"""ALTER … DEPENDS ON EXTENSION: what is dropped along with an extension that it is no member of."""

from __future__ import annotations

from collections.abc import Iterable

from shared.kinds.hazards import blocks_all
from shared.kinds.step import Role, Step
from shared.sql import quote_identifier


def tie_to_extensions(
    what: str, desired: Iterable[str], observed: Iterable[str] = (), *, locked: str = ""
) -> list[Step]:
    """Tie an object to the extensions it shall go with, and untie it from others.

    Args:
        what: How ALTER names it: `FUNCTION "n"."f"()`, `TRIGGER "g" ON "n"."t"`.
        desired: Names of extensions.
        observed: Those it is tied to now.
        locked: The relation that nobody can read meanwhile.
    """
    wanted, present = set(desired), set(observed)
    untied = [f"ALTER {what} NO DEPENDS ON EXTENSION {quote_identifier(name)}" for name in sorted(present - wanted)]
    tied = [f"ALTER {what} DEPENDS ON EXTENSION {quote_identifier(name)}" for name in sorted(wanted - present)]
    hazards = (blocks_all(locked),) if locked else ()
    return [Step(Role.SET, sql, hazards) for sql in (*untied, *tied)]
