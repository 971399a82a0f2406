"""Which values the desired schema names for a column, in checks and bounds of partitions: rows with them tell most."""

from __future__ import annotations

import re
from collections import defaultdict

from shared.postgres.scratch.rows.bounds import literals_in
from shared.postgres.scratch.rows.choices import Named
from shared.schema.identity import QualifiedName
from shared.schema.relations import Constraint, Table
from shared.schema.schema import Snapshot

_WORD = re.compile(r"[\w$]+")


def values_named(desired: Snapshot) -> Named:
    """Give the values that a schema names, by the table and the column that they are for."""
    found: dict[tuple[QualifiedName, str], list[str]] = defaultdict(list)
    keys = {
        QualifiedName(item.namespace, item.name): _WORD.findall(item.partition_key)
        for item in desired.schema
        if isinstance(item, Table) and item.partition_key
    }
    for item in desired.schema:
        match item:
            case Constraint(type="check"):
                for column in item.columns:
                    found[QualifiedName(item.namespace, item.parent), column] += literals_in(item.definition)
            case Table(partition_of=QualifiedName() as above):
                for column in keys.get(above, ()):
                    found[above, column] += literals_in(item.partition_bound)
    return {place: tuple(dict.fromkeys(values)) for place, values in found.items()}
