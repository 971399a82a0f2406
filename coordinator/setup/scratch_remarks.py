"""Looks at the scratch server: what is real, what is a stand-in, and what is missing."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

from coordinator.settings.model import ScratchTable, Settings
from coordinator.setup.remark import Level, Remark
from shared.analysis.abilities import Abilities, abilities_of
from shared.analysis.scratch_server import scratch_server
from shared.embedded.postgres import EmbeddedPostgresError
from shared.postgres.failures import TargetError

_SCRATCH = "scratch server"
_NAME_ANOTHER = "name a server that has it: --scratch, FLEETDRIFT_SCRATCH, [scratch] dsn or [scratch] binaries"


async def scratch_remarks(settings: Settings | None) -> AsyncIterator[Remark]:
    """Look at the scratch server that `check` would use.

    Args:
        settings: The configuration, where there is one.
    """
    table = settings.file.scratch if settings else ScratchTable()
    dsn = settings.scratch_dsn if settings else None
    try:
        async with scratch_server(dsn, table.binaries, wanted=table.major) as scratch:
            found = await abilities_of(scratch)
    except (EmbeddedPostgresError, TargetError) as error:
        yield Remark(Level.FAIL, _SCRATCH, str(error), "see docs/scratch.md")
        return
    for remark in _of_abilities(found):
        yield remark


def _of_abilities(found: Abilities) -> Iterator[Remark]:
    yield Remark(Level.OK, _SCRATCH, f"PostgreSQL {found.version}")
    for feature, there in found.features.items():
        if there:
            yield Remark(Level.OK, feature, "there")
        else:
            yield Remark(
                Level.WARN, feature, found.instead(feature), "only if your schemas need it: another scratch server"
            )
    yield Remark(Level.OK, "extensions of its own", _listed(found.real))
    yield Remark(Level.OK, "stand-ins (real names and types, hollow bodies)", _listed(found.stand_ins))
    if found.missing:
        said = (
            "a declaration that creates one of them is refused; of a tenant, what depends on one is unverified; "
            f"if you need one, {_NAME_ANOTHER}"
        )
        yield Remark(Level.WARN, "missing", _listed(found.missing), said)
    else:
        yield Remark(Level.OK, "missing", "none")


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(names) or "none"
