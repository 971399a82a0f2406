"""What a contract rule judges: a contract, the observed shape, and the declared one where it is known."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from shared.contracts.cargo import version_number
from shared.contracts.contract import (
    Contract,
    Query,
    RowStruct,
    RustComposite,
    RustEnum,
    StructField,
    Verdict,
    VerdictStatus,
)
from shared.contracts.facts import Facts, QueryFacts, ShapeFacts
from shared.contracts.relations import Relations
from shared.contracts.routine_bodies import Routines
from shared.contracts.rust_types import RustType, parse_rust_type, tuple_elements
from shared.contracts.statement import Statement, read_statements
from shared.contracts.type_names import TypeNames

_WIDENS_FROM = (0, 8)
_MAX_DEPTH = 8  # of flattened structs: deeper is a cycle


class Case:
    """One contract in one shape: what a rule needs to judge it.

    Args:
        contract: What the service expects.
        observed: The shape it meets.
        baseline: The declared shape; None when it is not known.
    """

    def __init__(self, contract: Contract, observed: ShapeFacts, baseline: ShapeFacts | None) -> None:
        self.contract = contract
        self._names = TypeNames(contract)
        self.observed = Facts(observed)
        self.declared = Facts(baseline) if baseline else None
        self.relations = Relations(observed.snapshot, observed.search_path)
        self.routines = Routines(observed.snapshot, observed.search_path)
        self.declared_names = frozenset(item.name for item in baseline.snapshot.schema) if baseline else frozenset()
        self.declared_relations = Relations(baseline.snapshot, baseline.search_path) if baseline else None

    @property
    def widens_integers(self) -> bool:
        """Whether the service's sqlx reads an integer of another width as a number; before 0.8 it took the bytes."""
        versions = [driver.version for driver in self.contract.drivers if driver.name == "sqlx" and driver.version]
        return not any(version_number(version) < _WIDENS_FROM for version in versions)

    def verdict(
        self,
        place: Query | RustEnum | RustComposite,
        rule: str,
        reason: str,
        *,
        status: VerdictStatus = VerdictStatus.VIOLATED,
        sqlstate: str = "",
    ) -> Verdict:
        """Build a verdict about a query or an enum."""
        return Verdict(
            service=self.contract.service,
            file=place.file,
            line=place.line,
            subject=place.sql.strip() if isinstance(place, Query) else place.name,
            status=status,
            rule=rule,
            reason=reason,
            sqlstate=sqlstate,
            column=place.column if isinstance(place, Query) else 0,
            end_line=place.end_line if isinstance(place, Query) else 0,
            root=self.contract.root,
        )

    def results(self) -> Iterator[tuple[Query, QueryFacts, QueryFacts | None]]:
        """Give every query that works here, with its facts here and, if it works there too, in the declared shape."""
        yield from self._results

    @cached_property
    def _results(self) -> tuple[tuple[Query, QueryFacts, QueryFacts | None], ...]:
        return tuple(self._found_results())

    def _found_results(self) -> Iterator[tuple[Query, QueryFacts, QueryFacts | None]]:
        for query in self.contract.queries:
            facts = self.observed.of(query)
            if facts is None or facts.error or query.holes:
                continue
            declared = self.declared.of(query) if self.declared else None
            yield query, facts, None if declared is None or declared.error else declared

    def statements(self) -> Iterator[tuple[Query, Statement]]:
        """Give every query that works here with what its text says."""
        for query, _, _ in self.results():
            for statement in read_statements(query.sql):
                yield query, statement

    def resolve(self, written: str, file: str) -> RustType | None:
        """Give the type behind a type as written; see `TypeNames.resolve`."""
        return self._names.resolve(written, file)

    def enum_of(self, written: str, file: str) -> RustEnum | None:
        """Give the label enum a type as written is, if it is one."""
        return self._names.enum_of(written, file)

    def row_struct(self, name: str, file: str) -> RowStruct | None:
        """Give the row struct a result type names; None when there is none or more than one."""
        bare = parse_rust_type(name).name
        named = [struct for struct in self.contract.structs if struct.name == bare]
        near = [struct for struct in named if struct.file == file] or named
        return near[0] if len(near) == 1 else None

    def fields(self, query: Query) -> tuple[StructField, ...] | None:
        """Give the fields that a function's rows are decoded into; None when the type is not known.

        Fields read by position have their number as name.
        """
        if query.fields:
            return query.fields if query.mapping else self._where_declared(query, query.fields)
        if query.compiled or not query.result_type:
            return None
        if query.macro.startswith("query_scalar"):
            return (StructField(name="0", type=query.result_type),)
        elements = tuple_elements(query.result_type)
        if elements is not None:
            return tuple(StructField(name=str(i), type=element) for i, element in enumerate(elements))
        struct = self.row_struct(query.result_type, query.file)
        if struct is not None and struct.by_hand:
            return self._where_declared(query, struct.fields)
        return None if struct is None else self._flat(struct, 0)

    def reader(self, query: Query) -> str:
        """Name what reads the rows of a query."""
        return query.result_type or "the service"

    def _where_declared(self, query: Query, fields: tuple[StructField, ...]) -> tuple[StructField, ...]:
        """Give the fields that the result has in the declared schema: others are read from something else, or never."""
        declared = self.declared.of(query) if self.declared else None
        if declared is None or declared.error:
            return ()
        names = {name for number, column in enumerate(declared.columns) for name in (column.name, str(number))}
        return tuple(field for field in fields if field.name in names)

    def _flat(self, struct: RowStruct, depth: int) -> tuple[StructField, ...] | None:
        found: list[StructField] = []
        for field in struct.fields:
            if not field.flatten:
                found.append(field)
                continue
            inner = self.row_struct(field.type, struct.file)
            fields = self._flat(inner, depth + 1) if inner and depth < _MAX_DEPTH else None
            if fields is None:
                continue  # what it reads is not known: nothing is claimed of it
            found.extend(fields)
        return tuple(found)
