"""Remember what PostgreSQL said of a service's queries in each schema, so that each is asked once.

What is remembered is one query in one schema: a changed line of Rust costs one query more, and a schema that differs
from the declared one costs the queries that the difference concerns. What is kept in files another process knows too.
"""

from __future__ import annotations

from collections import OrderedDict
from contextlib import AsyncExitStack
from types import TracebackType
from typing import Self, TypeVar

import msgspec

from shared.contracts.contract import Contract, Query, QueryKey
from shared.contracts.facts import CheckFact, CheckProbe, QueryFacts, ShapeFacts
from shared.contracts.footprint import concern_of
from shared.contracts.judge import with_own_verdicts
from shared.contracts.nullability import RelationFacts, TreeCatalog
from shared.contracts.relations import Relations
from shared.contracts.writes import check_probes
from shared.kept_files import KeptFiles
from shared.postgres.scratch.contract_check import describe_contract, search_path_of, settings_read
from shared.postgres.scratch.database import ScratchDatabase
from shared.postgres.scratch.rebuild import materialise
from shared.postgres.scratch.server import ScratchServer
from shared.schema.canonical import content_hash
from shared.schema.identity import QualifiedName
from shared.schema.schema import Snapshot

_MAX_PLACES_KEPT = 256  # schemas with a way to connect: what is known of one is a few hundred kilobytes at most
_MAX_CONTRACTS_KEPT = 64  # services in declared schemas: a fleet has a handful

_Kept = TypeVar("_Kept")


class LazyCopy:
    """A copy of a schema on the scratch server, built when it is needed for the first time.

    Args:
        scratch: Where.
        snapshot: The schema.
    """

    def __init__(self, scratch: ScratchServer, snapshot: Snapshot) -> None:
        self._scratch = scratch
        self._snapshot = snapshot
        self._stack = AsyncExitStack()
        self._copy: ScratchDatabase | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        return bool(await self._stack.__aexit__(kind, error, trace))

    async def get(self) -> ScratchDatabase:
        """Give the copy.

        Raises:
            MaterialiseError: When the schema cannot be rebuilt.
        """
        if self._copy is None:
            copy = await self._stack.enter_async_context(self._scratch.database())
            await materialise(copy, self._snapshot)
            self._copy = copy
        return self._copy


class _Place:
    """What is known of queries in one schema, with one search path, as one role."""

    def __init__(self) -> None:
        self.queries: dict[QueryKey, QueryFacts] = {}
        self.checks: dict[CheckProbe, bool] = {}
        self.catalog: TreeCatalog | None = None

    def unanswered(self, contract: Contract, relations: Relations) -> tuple[Query, ...]:
        """Give the queries that have still to be asked, or whose constants have."""
        return tuple(
            query
            for query in contract.queries
            if query.key not in self.queries or any(probe not in self.checks for probe in _probes(query, relations))
        )

    def learn(self, facts: ShapeFacts) -> None:
        """Remember what was answered."""
        self.queries |= {each.key: each for each in facts.queries}
        self.checks |= {each.probe: each.holds for each in facts.checks}
        self.catalog = facts.catalog

    def packed(self) -> bytes:
        """Write it for another process."""
        catalog = self.catalog
        return msgspec.msgpack.encode(
            _PackedPlace(
                queries=tuple(self.queries.values()),
                checks=tuple(CheckFact(probe, holds) for probe, holds in self.checks.items()),
                relations=None if catalog is None else tuple(catalog.relations.items()),
                names=() if catalog is None else tuple(catalog.names.items()),
                strict=() if catalog is None else tuple(sorted(catalog.strict)),
            )
        )

    @classmethod
    def unpacked(cls, content: bytes) -> Self:
        """Read what `packed` wrote.

        Raises:
            msgspec.MsgspecError: When the bytes are something else.
        """
        read = msgspec.msgpack.decode(content, type=_PackedPlace)
        place = cls()
        place.queries = {each.key: each for each in read.queries}
        place.checks = {each.probe: each.holds for each in read.checks}
        if read.relations is not None:
            relations, names = dict(read.relations), dict(read.names)
            place.catalog = TreeCatalog(relations=relations, names=names, strict=frozenset(read.strict))
        return place


class _PackedPlace(msgspec.Struct, frozen=True, array_like=True, kw_only=True):
    """What is written of a place: the catalog in pairs, because its keys are no texts."""

    queries: tuple[QueryFacts, ...]
    checks: tuple[CheckFact, ...]
    relations: tuple[tuple[QualifiedName, RelationFacts], ...] | None
    names: tuple[tuple[int, QualifiedName], ...]
    strict: tuple[int, ...]


class ContractMemory:
    """Gives the facts of contracts in schemas, and asks only for what it does not know. Keep one per process.

    Args:
        kept: Where answers are kept for other processes; None keeps them in this one.
    """

    def __init__(self, kept: KeptFiles | None = None) -> None:
        self._kept = kept
        self._places: OrderedDict[str, _Place] = OrderedDict()
        self._judged: OrderedDict[str, ShapeFacts] = OrderedDict()

    async def declared(self, contract: Contract, copy: LazyCopy, snapshot: Snapshot) -> ShapeFacts:
        """Give the facts of a contract in the declared schema, and what the rules say of it there.

        Args:
            contract: What the service expects.
            copy: Of the declared schema.
            snapshot: The declared schema, as the scratch server spells it.

        Raises:
            MaterialiseError: When queries must be asked and the schema cannot be rebuilt.
        """
        name = content_hash("contract in declared schema/1", [contract, _facts_of(snapshot)])
        judged = self._judged.get(name)
        if judged is None:
            judged = with_own_verdicts(contract, await self._facts(contract, copy, snapshot, None))
        _keep(self._judged, name, judged, _MAX_CONTRACTS_KEPT)
        return judged

    async def observed(
        self, contract: Contract, copy: LazyCopy, snapshot: Snapshot, baseline: ShapeFacts
    ) -> ShapeFacts:
        """Give the facts of those queries of a contract that can be answered otherwise than in the declared schema.

        Args:
            contract: What the service expects.
            copy: Of the observed schema.
            snapshot: The observed schema.
            baseline: What `declared` gave.

        Raises:
            MaterialiseError: When queries must be asked and the schema cannot be rebuilt.
        """
        return await self._facts(concerned(contract, baseline, snapshot), copy, snapshot, baseline)

    async def _facts(
        self, contract: Contract, copy: LazyCopy, snapshot: Snapshot, baseline: ShapeFacts | None
    ) -> ShapeFacts:
        name = _place_name(contract, snapshot, baseline)
        place = self._place(name)
        path = search_path_of(contract, snapshot)
        relations = Relations(snapshot, path)
        lacking = place.unanswered(contract, relations)
        if lacking or (place.catalog is None and contract.queries):
            asked = msgspec.structs.replace(contract, queries=lacking)
            place.learn(await describe_contract(await copy.get(), asked, snapshot, baseline=baseline))
            if self._kept is not None:
                self._kept.put(name, place.packed())
        probes = check_probes(contract, relations)
        return ShapeFacts(
            snapshot=snapshot,
            search_path=path,
            queries=tuple(place.queries[key] for key in sorted({query.key for query in contract.queries})),
            checks=tuple(CheckFact(probe, place.checks[probe]) for probe in probes),
            catalog=place.catalog,
        )

    def _place(self, name: str) -> _Place:
        place = self._places.get(name) or self._place_kept(name) or _Place()
        _keep(self._places, name, place, _MAX_PLACES_KEPT)
        return place

    def _place_kept(self, name: str) -> _Place | None:
        content = self._kept.get(name) if self._kept is not None else None
        if content is None:
            return None
        try:
            return _Place.unpacked(content)
        except msgspec.MsgspecError:
            return None  # it is written again


def _place_name(contract: Contract, snapshot: Snapshot, baseline: ShapeFacts | None) -> str:
    """Name a schema with a way to connect by all that answers to queries depend on."""
    sides = [snapshot] if baseline is None else [snapshot, baseline.snapshot]  # which gives macros their types
    return content_hash(
        "contract place/1",
        [
            [_facts_of(side) for side in sides],
            search_path_of(contract, snapshot),
            contract.role,
            settings_read(contract, snapshot),
        ],
    )


def concerned(contract: Contract, baseline: ShapeFacts, observed: Snapshot) -> Contract:
    """Give a contract with those of its queries that another schema than the declared one can answer otherwise."""
    if search_path_of(contract, observed) != baseline.search_path:
        return contract
    concern = concern_of(baseline.snapshot, observed, with_rights=bool(contract.role))
    return msgspec.structs.replace(
        contract, queries=tuple(query for query in contract.queries if concern.touches(query.sql))
    )


def _facts_of(snapshot: Snapshot) -> tuple[object, ...]:
    return snapshot.schema, snapshot.column_order, snapshot.server_version


def _keep(kept: OrderedDict[str, _Kept], name: str, value: _Kept, most: int) -> None:
    """Keep a value as the one used last, and forget those not used for longest."""
    kept[name] = value
    kept.move_to_end(name)
    while len(kept) > most:
        kept.popitem(last=False)


def _probes(query: Query, relations: Relations) -> tuple[CheckProbe, ...]:
    return check_probes(Contract(service="", queries=(query,)), relations)
