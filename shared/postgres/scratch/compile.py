"""Turn a declaration into a Spec: PostgreSQL reads it, and says what it means."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

import msgspec

from shared.diff.version_tables import without_version_tables
from shared.kinds.declared import Declared, declared
from shared.postgres.names.own_names import OwnNames, declared_names
from shared.postgres.scratch.database import ScratchDatabase
from shared.postgres.scratch.errors import ScratchError
from shared.postgres.scratch.rebuild import MaterialiseError, spell, surroundings_of
from shared.postgres.scratch.server import ScratchServer
from shared.postgres.scratch.statements import ParsedStatement, SqlError, parse_statements
from shared.schema.identity import ObjectId
from shared.schema.model import SchemaObject
from shared.schema.profile import Profile
from shared.schema.relations import Index
from shared.schema.schema import (
    Carrier,
    Coverage,
    Declaration,
    MayDeclare,
    ObjectOrigin,
    Origin,
    Schema,
    Spec,
    SpecSource,
)
from shared.sql import quote_identifier, quote_literal


class SpecError(Exception):
    """PostgreSQL refused a declared statement. `str()` is "file:line: message"."""

    def __init__(self, origin: Origin, message: str, sqlstate: str, number: int = 0) -> None:
        super().__init__(f"{origin}: {message}")
        self.origin = origin
        self.number = number  # of the declaration, from 0
        self.message = message
        self.sqlstate = sqlstate


MayLose = Callable[[Declaration, SpecError], MayDeclare | None]
"""A function that says of a refused statement what it may declare, if it may be left out; else None."""


class Refused(msgspec.Struct, frozen=True):
    """A statement that PostgreSQL refused and that may be left out, and what it may declare."""

    error: SpecError
    may: MayDeclare


def _lose_nothing(_declaration: Declaration, _error: SpecError) -> MayDeclare | None:
    return None


async def compile_spec(
    scratch: ScratchServer,
    source: SpecSource,
    profile: Profile,
    namespace: str = "",
    own: OwnNames | None = None,
    *,
    may_lose: MayLose = _lose_nothing,
) -> Spec:
    """Apply the declarations in order to an empty database and read back what they made.

    Args:
        scratch: Where it is done.
        source: The declarations.
        profile: Which facets are part of the spec.
        namespace: The tenant's own namespace when tenants are namespaces: it is made when the declarations do not, and
            comes first in the search path; the spec calls it `{tenant}`.
        own: The names that the declarations use for the tenant they speak of; by default the placeholders.
        may_lose: Says which refused statements are left out; each becomes a carrier that was not read.

    Raises:
        SpecError: When PostgreSQL refuses a statement; names its file and line.
        TargetError: When the scratch server fails.
    """
    names = msgspec.structs.replace(own or declared_names(profile, namespaced=bool(namespace)), namespace=namespace)
    async with scratch.database() as database:
        try:
            if namespace:
                await database.run(_namespace_script(namespace))
            source = await _run_all(database, source, namespace, may_lose)
        except ScratchError as error:
            raise _spec_error(error, source.declarations) from None
        compiled = await database.read(profile, names)
        compiled = without_version_tables(compiled, (declaration.sql for declaration in source.declarations))
        if namespace:
            around = surroundings_of(await database.read(Profile()), namespace)
            compiled = msgspec.structs.replace(compiled, surroundings=around)
    try:
        snapshot = (await spell(scratch, compiled, profile)).snapshot
    except MaterialiseError:  # it was made once, by its own words; those are good enough then
        snapshot = compiled
    origins = tuple(sorted(_origins(source.declarations, compiled.schema, namespace)))
    return Spec(snapshot=snapshot, source=source, origins=origins)


async def _run_all(database: ScratchDatabase, source: SpecSource, namespace: str, may_lose: MayLose) -> SpecSource:
    """Run the declarations of a source; return it without those that were refused and may be lost.

    Raises:
        SpecError: When a statement is refused that may not be lost, or that may have left something behind.
    """
    refused: list[Refused] = []
    first = 0
    while True:
        rest = source.declarations[first:]
        try:
            await database.run(_with_shared_extensions(each.sql) if namespace else each.sql for each in rest)
        except ScratchError as error:
            found = _spec_error(error, rest, first)
            lost = source.declarations[found.number]
            may = may_lose(lost, found) if _leaves_nothing(lost.sql) else None
            if may is None:
                raise found from None
            refused.append(Refused(found, may))
            first = found.number + 1
        else:
            return without_refused(source, refused)


def _leaves_nothing(sql: str) -> bool:
    """Say whether a statement that was refused has left nothing behind: one alone, and no series of transactions."""
    if "concurrently" in sql.lower():  # an index that is not valid, a partition that is half detached
        return False
    try:
        statements = parse_statements(sql)
    except SqlError:
        return False
    return len(statements) == 1 and statements[0].node not in {"DoStmt", "CallStmt", "TransactionStmt"}


def without_refused(source: SpecSource, refused: Sequence[Refused]) -> SpecSource:
    """Leave out the statements that PostgreSQL refused: each becomes a carrier that was not read.

    Args:
        source: The declarations.
        refused: Their errors have the numbers that the statements have there.
    """
    if not refused:
        return source
    lost = {each.error.number: each for each in refused}
    kept = tuple(item for number, item in enumerate(source.declarations) if number not in lost)
    others = {item.origin.address or item.origin.file for item in kept}
    found: set[Carrier] = set()
    for number, each in lost.items():
        at = source.declarations[number].origin
        address = at.address or at.file
        found.add(
            Carrier(
                address=address,
                origin=msgspec.structs.replace(each.error.origin, address=""),
                coverage=Coverage.PARTLY if address in others else Coverage.UNREAD,
                reason=f"{'the scratch server' if each.may.kinds else 'PostgreSQL'} refuses it: {each.error.message}",
                may=each.may,
            )
        )
    addresses = {carrier.address for carrier in found}
    rest = {item for item in source.carriers if item.address not in addresses or item.coverage is not Coverage.READ}
    return msgspec.structs.replace(source, declarations=kept, carriers=tuple(sorted(rest | found)))


def _namespace_script(namespace: str) -> tuple[str, ...]:
    quoted = quote_identifier(namespace)
    return (
        f"CREATE SCHEMA IF NOT EXISTS {quoted}",
        f"SELECT pg_catalog.set_config('search_path', {quote_literal(quoted + ', public')}, false)",
    )


def _with_shared_extensions(sql: str) -> str:
    """Put extensions that do not say where into `public`: they are the database's, not a tenant's namespace's."""
    if "extension" not in sql.lower():
        return sql
    with contextlib.suppress(SqlError):
        for statement in parse_statements(sql):
            if statement.node == "CreateExtensionStmt" and not _says_where(statement):
                gap = "\n" if "--" in statement.sql else " "
                sql = sql.replace(statement.sql, f"{statement.sql}{gap}SCHEMA public", 1)
    return sql


def _says_where(statement: ParsedStatement) -> bool:
    return any(option.get("DefElem", {}).get("defname") == "schema" for option in statement.tree.get("options", ()))


def _spec_error(error: ScratchError, declarations: Sequence[Declaration], first: int = 0) -> SpecError:
    """Say where a statement is declared that was refused; `first` is the number of the first of the declarations."""
    declaration = declarations[error.number] if error.number < len(declarations) else declarations[0]
    start = max(declaration.sql.find(error.sql), 0)
    line = declaration.origin.line + declaration.sql.count("\n", 0, start + error.position)
    origin = Origin(declaration.origin.file, line, declaration.origin.address)
    return SpecError(origin, str(error), error.sqlstate, first + min(error.number, len(declarations) - 1))


def _origins(declarations: Iterable[Declaration], schema: Schema, namespace: str) -> Iterator[ObjectOrigin]:
    by_name: dict[tuple[str, str], list[SchemaObject]] = {}
    for item in schema:
        by_name.setdefault((item.kind, item.name), []).append(item)
    seen: set[ObjectId] = set()
    for declaration in declarations:
        for made in _declared(declaration.sql):
            for item in _matching(made, by_name, namespace):
                if item.identity not in seen:
                    seen.add(item.identity)
                    yield ObjectOrigin(item.identity, declaration.origin)


def _declared(sql: str) -> Iterator[Declared]:
    try:
        statements = parse_statements(sql)
    except SqlError:  # PostgreSQL took what the parser does not know; its objects have no origin of their own
        return
    for statement in statements:
        yield from declared(statement.node, statement.tree)


def _matching(
    made: Declared, by_name: Mapping[tuple[str, str], list[SchemaObject]], namespace: str
) -> Iterator[SchemaObject]:
    wanted = "{tenant}" if namespace and made.namespace == namespace else made.namespace
    for kind in made.kinds:
        found = by_name.get((kind, made.name), ()) if made.name else _unnamed(made, by_name)
        for item in found:
            same_parent = not made.parent or made.parent == getattr(item, "parent", getattr(item, "table", made.parent))
            if same_parent and (not wanted or item.namespace == wanted):
                yield item


def _unnamed(made: Declared, by_name: Mapping[tuple[str, str], list[SchemaObject]]) -> Iterator[SchemaObject]:
    """Find the index that PostgreSQL named itself, by its table and columns."""
    for items in by_name.values():
        for item in items:
            if isinstance(item, Index) and item.table == made.parent and len(item.columns) == len(made.columns):
                pairs = zip(item.columns, made.columns, strict=True)
                if all(not want or have.strip('"') == want for have, want in pairs):
                    yield item
