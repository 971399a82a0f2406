"""The record of every kind, checked against the model: a kind without a record, or with two, ends the import."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from shared.kinds.families import (
    columns,
    constraints,
    databases,
    facets,
    foreign,
    operators,
    replication,
    routines,
    sequences,
    tables,
    text_search,
    triggers,
    types,
    views,
)
from shared.kinds.lookup import install
from shared.kinds.record import Kind
from shared.schema.model import FACETS, KINDS


class KindError(ImportError):
    """The records do not say what the model says."""


def checked(records: Iterable[Kind]) -> Mapping[str, Kind]:
    """Index records by tag, in the order of the model's union.

    Raises:
        KindError: When a class of the union has no record or two, a record is of no class of the union, two kinds have
            one rank, or a record names a field that its model has not or a facet that is none.
    """
    known = tuple(records)
    counts = Counter(record.tag for record in known)
    _refuse(
        KINDS.keys() - counts.keys(),
        "no record in shared/kinds/families: write one (CONTRIBUTING.md, Adding an object kind)",
    )
    _refuse(
        counts.keys() - KINDS.keys(),
        "a record, but its model is not in the union SchemaObject: add it (shared/schema/model.py)",
    )
    _refuse((tag for tag, count in counts.items() if count > 1), "more than one record in shared/kinds/families")
    by_rank: dict[int, str] = {}
    for record in known:
        other = by_rank.setdefault(record.rank, record.tag)
        if other != record.tag:
            raise KindError(f"{other} and {record.tag} both have the rank {record.rank}: give one of them another")
        _check_names(record)
    by_tag = {record.tag: record for record in known}
    return {tag: by_tag[tag] for tag in KINDS}


def _refuse(tags: Iterable[str], what: str) -> None:
    if wrong := sorted(tags):
        raise KindError(f"{', '.join(wrong)} has {what}" if len(wrong) == 1 else f"{', '.join(wrong)} have {what}")


def _check_names(record: Kind) -> None:
    """Refuse names that are misspelt: what is not hashed must be a field, what is carried a facet."""
    fields = frozenset(record.model.__struct_fields__)
    for name, given, possible in (
        ("not_hashed", record.not_hashed, fields),
        ("data_in", record.data_in, fields),
        ("prose_in", record.prose_in, fields),
        ("carries", record.carries, FACETS),
    ):
        if unknown := sorted(given - possible):
            some = ", ".join(sorted(possible))
            raise KindError(f"the record of {record.tag} says {name} = {', '.join(unknown)}, expected some of {some}")
    if twice := sorted(fields.intersection(record.hashed_too)):
        raise KindError(
            f"the record of {record.tag} says hashed_too = {', '.join(twice)}, expected columns that are no fields"
        )


FAMILIES = (
    columns,
    constraints,
    databases,
    facets,
    foreign,
    operators,
    replication,
    routines,
    sequences,
    tables,
    text_search,
    triggers,
    types,
    views,
)
"""The modules that hold records; a new one is added here."""

RECORDS: Mapping[str, Kind] = checked(record for family in FAMILIES for record in family.KINDS)
"""Record by tag, in the order of the union."""

install(RECORDS.values())
