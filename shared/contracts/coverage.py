"""Count what of a service was read, and name what was not: a report over nothing must not look like a healthy one."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from shared.contracts.contract import Contract, Mapping, Query, Unread


class DriverCoverage(msgspec.Struct, frozen=True, kw_only=True):
    """What was read of one driver's statements and mappings.

    Args:
        versions: Of its crate, as far as Cargo files say, sorted.
        queries: Statements read.
        mappings: Tables, rows and types read.
        unread: Places that were seen and could not be read.
    """

    versions: tuple[str, ...] = ()
    queries: int = 0
    mappings: int = 0
    unread: int = 0


class Coverage(msgspec.Struct, frozen=True, kw_only=True):
    """What was read of some services.

    Args:
        queries: Statements that stand in the source and could be read.
        opaque: Statements that were seen and could not be read.
        by_driver: The same by driver.
        unread: Every place that was seen and could not be read, sorted.
    """

    queries: int
    opaque: int
    by_driver: dict[str, DriverCoverage]
    unread: tuple[Unread, ...] = ()


def unread_places(contract: Contract) -> tuple[Unread, ...]:
    """Give every place of a service that was not read, sorted: also a driver of which nothing at all was found."""
    return tuple(sorted({*contract.unread, *silent_drivers(contract)}))


def coverage_of(contracts: Iterable[Contract]) -> Coverage:
    """Count over services."""
    listed = tuple(contracts)
    unread = tuple(sorted({place for contract in listed for place in unread_places(contract)}))
    return Coverage(
        queries=sum(query.in_source for contract in listed for query in contract.queries),
        opaque=sum(bool(place.macro) for place in unread),
        by_driver={driver: _of_driver(listed, driver) for driver in sorted(_drivers(listed))},
        unread=unread,
    )


def _drivers(contracts: Iterable[Contract]) -> set[str]:
    return {
        driver
        for contract in contracts
        for driver in (
            *(each.name for each in contract.drivers),
            *(query.driver for query in contract.queries),
            *(mapping.driver for mapping in contract.mappings),
            *(place.driver for place in contract.unread if place.driver),
        )
    }


def _of_driver(contracts: Iterable[Contract], driver: str) -> DriverCoverage:
    listed = tuple(contracts)
    return DriverCoverage(
        versions=tuple(sorted({d.version for c in listed for d in c.drivers if d.name == driver and d.version})),
        queries=sum(q.driver == driver and q.in_source for c in listed for q in c.queries),
        mappings=sum(mapping.driver == driver for c in listed for mapping in c.mappings),
        unread=sum(place.driver == driver for c in listed for place in unread_places(c)),
    )


def silent_drivers(contract: Contract) -> Iterable[Unread]:
    """Name the drivers that the service depends on and of which nothing was found, read or not."""
    places: tuple[Query | Mapping | Unread, ...] = (*contract.queries, *contract.mappings, *contract.unread)
    found = {place.driver for place in places}
    for driver in contract.drivers:
        if driver.name not in found and driver.name not in contract.accept_unread:
            reason = f"the service depends on {driver.name}, and no query and no mapping of it was found"
            yield Unread(file=driver.file, line=driver.line, reason=reason, driver=driver.name)
