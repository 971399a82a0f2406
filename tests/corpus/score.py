"""Compare what the checker says of each drift with what PostgreSQL makes of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from enum import StrEnum

import asyncpg

from coordinator.compare.sources import lazy_scratch, read_spec
from coordinator.services.rust_files import read_service as read_contract
from coordinator.settings.model import ContractTable
from shared.analysis.judging import judge_services, judge_statically
from shared.analysis.scratch_server import LazyScratchServer
from shared.contracts.contract import Contract, Verdict, VerdictStatus
from shared.embedded.postgres import EmbeddedPostgres
from shared.postgres.scratch.contract_memory import ContractMemory
from shared.schema.profile import Profile
from shared.schema.schema import Snapshot
from shared.sql import quote_identifier
from tests.corpus.calls import ROLE, Call, Service
from tests.corpus.kinds import mutations_of
from tests.corpus.mutations import Mutation, read_catalog
from tests.corpus.oracle import SILENT, Outcome, more_than_one, other_values, run_calls, steady_columns, what_broke

SCANNER = "corpus_scanner"
_WITH_RIGHTS = Profile(owners=True, privileges=True)
_DEPENDS_ON_ROWS = ("23505", "23503", SILENT)
"""What begins so happens with some rows and arguments, not with all."""
_HIDES_ROWS = frozenset({"enable row security"})
"""Kinds that change no row: then other values than before are wrong values."""


class Tier(StrEnum):
    """Who answers: PostgreSQL on a copy of the shape, or fleetdrift alone from what was read of it."""

    EXACT = "exact"
    STATIC = "static"


BARS: Mapping[Tier, tuple[float, float]] = {Tier.EXACT: (1.0, 1.0), Tier.STATIC: (0.98, 0.99)}
"""The least recall and precision of each tier."""


@dataclass(frozen=True)
class Fault:
    """Where the checker and PostgreSQL disagree."""

    service: str
    kind: str
    about: str
    place: str
    said: str


@dataclass
class Score:
    """The sums over all drifts.

    A pair is a call and a drift. `broken` pairs fail every time, `risky` ones with some rows. A pair is found when a
    verdict names one of the call's places: violated or at risk for `broken`, any for `risky`.
    A claim is a verdict that names a place; it is right when a call of that place breaks.
    """

    drifts: Counter[str] = field(default_factory=Counter)
    not_applicable: int = 0
    broken: int = 0
    broken_found: int = 0
    broken_at_risk: int = 0
    risky: int = 0
    risky_found: int = 0
    claims: int = 0
    claims_right: int = 0
    unverified: int = 0
    missed: list[Fault] = field(default_factory=list)
    wrong: list[Fault] = field(default_factory=list)

    @property
    def recall(self) -> float:
        """Of the pairs that break, the share that is found."""
        return (self.broken_found + self.risky_found) / max(1, self.broken + self.risky)

    @property
    def precision(self) -> float:
        """Of the claims, the share that is right."""
        return self.claims_right / max(1, self.claims)

    def add(self, other: Score) -> None:
        """Add the sums of another score."""
        self.drifts.update(other.drifts)
        self.missed += other.missed
        self.wrong += other.wrong
        for name in ("not_applicable", "broken", "broken_found", "broken_at_risk", "risky", "risky_found", "claims"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.claims_right += other.claims_right
        self.unverified += other.unverified

    def below(self, tier: Tier) -> bool:
        """Say whether a tier is worse than its bars."""
        recall, precision = BARS[tier]
        return self.recall < recall or self.precision < precision

    def __str__(self) -> str:
        """One line."""
        return (
            f"{sum(self.drifts.values())} drifts of {len(self.drifts)} kinds: recall {self.recall:.4f} "
            f"({self.broken_found} of {self.broken} that always break, {self.broken_at_risk} of these as at risk; "
            f"{self.risky_found} of {self.risky} that can), "
            f"precision {self.precision:.4f} ({self.claims_right} of {self.claims} claims), "
            f"{self.unverified} unverified"
        )


class Bench:
    """A server with a service's database, and a scratch server for the checker."""

    def __init__(self, server: EmbeddedPostgres, service: Service, scratch: LazyScratchServer) -> None:
        self.service = service
        self._server = server
        self._scratch = scratch
        self._contract = _contract_of(service)
        self._memory = ContractMemory()

    async def prepare(self) -> None:
        """Make the database and run every call on it.

        Raises:
            AssertionError: When one of them fails already.
        """
        async with self._admin() as admin:
            for role in (ROLE, f"{SCANNER} LOGIN"):
                known = await admin.fetchval("SELECT count(*) FROM pg_roles WHERE rolname = $1", role.split()[0])
                if not known:
                    await admin.execute(f"CREATE ROLE {role}")
            await admin.execute(f"CREATE DATABASE {quote_identifier(self.service.name)}")
        async with self._connected(self.service.name) as connection:
            for text in (*self.service.migrations, self.service.rows):
                await connection.execute(text)
            for namespace in await connection.fetch(
                "SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_|^information'"
            ):
                await connection.execute(_granted(namespace[0]))
            self.before = await run_calls(connection, self.service)
            self.mutations = mutations_of(await read_catalog(connection))
            again = await run_calls(connection, self.service)
        self._steady = {call.name: steady_columns(self.before[call], again[call]) for call in again}
        failing = {call.name: outcome.refused for call, outcome in self.before.items() if outcome.refused}
        assert not failing, failing
        self._declared = await self._read(self.service.name)

    async def meet(self, mutation: Mutation, scores: Mapping[Tier, Score]) -> None:
        """Make one drift on a copy of the database, ask PostgreSQL and each tier, and add to the tiers' scores."""
        name = f"{self.service.name}_drifted"
        async with self._admin() as admin:
            await admin.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
            await admin.execute(f"CREATE DATABASE {name} TEMPLATE {self.service.name} STRATEGY file_copy")
        async with self._connected(name) as connection:
            try:
                for statement in mutation.ddl:
                    await connection.execute(statement)
            except asyncpg.PostgresError:
                for score in scores.values():
                    score.not_applicable += 1
                return
            after = await run_calls(connection, self.service)
            later = await self._with_rows(connection, mutation)
        observed = await self._read(name)
        broken = {call: why for call in after if (why := self._break(mutation, call, after[call]))}
        risky = {call: why for call in later if call not in broken and (why := self._risk(call, later[call]))}
        for tier, score in scores.items():
            verdicts = await self._judge(tier, observed)
            score.drifts[mutation.kind] += 1
            _count(score, self.service, mutation, broken, risky, [each for each in verdicts if not each.declared_too])

    async def _judge(self, tier: Tier, observed: Snapshot) -> tuple[Verdict, ...]:
        if tier is Tier.STATIC:
            return judge_statically([self._contract], self._declared, observed)
        return await judge_services(self._scratch, [self._contract], self._declared, observed, self._memory)

    def _break(self, mutation: Mutation, call: Call, outcome: Outcome) -> str:
        why = what_broke(call, self.before[call], outcome)
        if why or mutation.kind not in _HIDES_ROWS:
            return why
        return other_values(self.before[call], outcome, self._steady[call.name])

    def _risk(self, call: Call, outcome: Outcome) -> str:
        return outcome.refused or more_than_one(call, self.before[call], outcome)

    async def _with_rows(self, connection: asyncpg.Connection, mutation: Mutation) -> dict[Call, Outcome]:
        if not mutation.rows:
            return {}
        try:
            for statement in mutation.rows:
                await connection.execute(statement)
        except asyncpg.PostgresError:  # another key or check keeps such rows out
            return {}
        return await run_calls(connection, self.service)

    async def _read(self, database: str) -> Snapshot:
        return (await read_spec(self._server.dsn(database, SCANNER), _WITH_RIGHTS, self._scratch)).snapshot

    def _admin(self) -> AbstractAsyncContextManager[asyncpg.Connection]:
        return self._connected("postgres")

    @asynccontextmanager
    async def _connected(self, database: str) -> AsyncIterator[asyncpg.Connection]:
        connection = await asyncpg.connect(self._server.dsn(database), statement_cache_size=0)
        try:
            yield connection
        finally:
            await connection.close()


def _count(  # noqa: PLR0917  # each is what one of the two said
    score: Score, service: Service, mutation: Mutation, broken: dict, risky: dict, verdicts: Sequence[Verdict]
) -> None:
    """Add the pairs and the claims of one drift."""
    status = {
        (call, verdict.status) for call in service.calls for verdict in verdicts if _is_about(service, call, verdict)
    }

    def fault(place: str, said: str) -> Fault:
        return Fault(service.name, mutation.kind, mutation.about, place, said)

    for call, why in {**broken, **risky}.items():
        said = {each for about, each in status if about is call}
        if call in broken and not why.startswith(_DEPENDS_ON_ROWS):
            found = any(each.counts for each in said)
            score.broken, score.broken_found = score.broken + 1, score.broken_found + found
            score.broken_at_risk += found and VerdictStatus.VIOLATED not in said
        else:
            found = bool(said)
            score.risky, score.risky_found = score.risky + 1, score.risky_found + found
        if not found:
            score.missed.append(fault(call.name, f"{why}; the checker says {sorted(said) or 'nothing'}"))
    for verdict in verdicts:
        if not verdict.status.counts:
            score.unverified += 1
            continue
        right = any(_is_about(service, call, verdict) for call in {**broken, **risky})
        score.claims, score.claims_right = score.claims + 1, score.claims_right + right
        if not right:
            score.wrong.append(
                fault(f"{verdict.file}:{verdict.line}", f"{verdict.status} {verdict.rule} {verdict.reason}")
            )


def _is_about(service: Service, call: Call, verdict: Verdict) -> bool:
    return any(verdict.file == file and verdict.line in lines for file, lines in map(service.lines_of, call.at))


def _contract_of(service: Service) -> Contract:
    return read_contract(service.folder, ContractTable(service=service.name, path=str(service.folder), role=ROLE))


def _granted(namespace: str) -> str:
    return (
        f"GRANT USAGE ON SCHEMA {namespace} TO {ROLE}; GRANT ALL ON ALL TABLES IN SCHEMA {namespace} TO {ROLE};"
        f" GRANT ALL ON ALL SEQUENCES IN SCHEMA {namespace} TO {ROLE}"
    )


@asynccontextmanager
async def bench(service: Service) -> AsyncIterator[Bench]:
    """Give a bench whose database is ready."""
    with EmbeddedPostgres(in_memory=True) as server:
        async with lazy_scratch() as scratch:
            made = Bench(server, service, scratch)
            await made.prepare()
            yield made


def sample(mutations: Sequence[Mutation], of_each: int) -> list[Mutation]:
    """Take some mutations of each kind, spread over what they are about; all for 0."""
    if not of_each:
        return list(mutations)
    kinds: dict[str, list[Mutation]] = {}
    for mutation in mutations:
        kinds.setdefault(mutation.kind, []).append(mutation)
    return [each for listed in kinds.values() for each in listed[:: max(1, len(listed) // of_each)][:of_each]]
