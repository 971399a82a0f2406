"""Sequences and what owns them."""

from __future__ import annotations

import msgspec

from shared.kinds.context import Context
from shared.kinds.hazards import blocks_all, blocks_writes, breaks, loses, rewrites
from shared.kinds.names import qualified
from shared.kinds.recipes.sequence_sql import former_identity, options_text
from shared.kinds.step import REBUILD, Role, Step, Verdict
from shared.schema.identity import ObjectId, QualifiedName
from shared.schema.relations import Sequence
from shared.sql import dollar_quote, quote_identifier, quote_literal, quote_qualified

_OPTIONS = frozenset({"type", "start", "increment", "minimum", "maximum", "cache", "cycle"})


def create_sequence(sequence: Sequence, context: Context) -> list[Step]:
    """CREATE SEQUENCE; that of an identity column comes with the column, or has been there under another name."""
    former = former_identity(sequence, context)
    if former is not None:
        return _rename(sequence, former, context)
    if sequence.identity_of_column:
        return []
    persistence = "UNLOGGED " if sequence.persistence == "unlogged" else ""
    type_text = f" AS {sequence.type}" if sequence.type != "bigint" else ""
    options = options_text(sequence)
    return [
        Step(
            Role.CREATE,
            f"CREATE {persistence}SEQUENCE {qualified(sequence)}{type_text}{' ' + options if options else ''}",
        )
    ]


def _rename(desired: Sequence, former: Sequence, context: Context) -> list[Step]:
    what = qualified(former)
    step = Step(
        Role.ALTER,
        f"ALTER SEQUENCE {what} RENAME TO {quote_identifier(desired.name)}",
        (breaks(f"whoever calls nextval or setval by the name {what} fails"),),
    )
    renamed = msgspec.structs.replace(former, name=desired.name)
    fields = frozenset(f for f in desired.__struct_fields__ if getattr(desired, f) != getattr(renamed, f))
    rest = alter_sequence(desired, renamed, fields, context) if fields else []
    assert rest is not REBUILD, "an identity's sequence stays its column's"
    return [step, *rest]


def own(sequence: Sequence, context: Context) -> list[Step]:
    """OWNED BY, once the column is there."""
    owner = sequence.owned_by_table
    if sequence.identity_of_column or owner is None:
        return []
    column = f"{quote_qualified(owner)}.{quote_identifier(sequence.owned_by_column)}"
    what = qualified(sequence)
    step = Step(Role.SET, f"ALTER SEQUENCE {what} OWNED BY {column}", (blocks_writes(what),))
    new = context.is_new(ObjectId(kind="table", namespace=owner.namespace, name=owner.name))
    return [step] if new else [_give_to_owner_of(owner, sequence), step]


def _give_to_owner_of(table: QualifiedName, sequence: Sequence) -> Step:
    """Both must belong to one role (ALTER SEQUENCE, OWNED BY), and whoever runs the plan need not be the table's."""
    name, of = dollar_quote(qualified(sequence)), dollar_quote(quote_qualified(table))
    command = f"pg_catalog.format('ALTER SEQUENCE %s OWNER TO %I', {name}, pg_catalog.pg_get_userbyid(c.relowner))"
    found = f"SELECT {command} FROM pg_catalog.pg_class c WHERE c.oid = pg_catalog.to_regclass({of})"
    return Step(Role.SET, f"DO {dollar_quote(f'BEGIN EXECUTE ({found}); END')}", (blocks_all(qualified(sequence)),))


def own_needs(sequence: Sequence, context: Context) -> set[ObjectId]:
    """The column that owns it."""
    del context
    owner = sequence.owned_by_table
    if owner is None or sequence.identity_of_column:
        return set()
    column = ObjectId(kind="column", namespace=owner.namespace, parent=owner.name, name=sequence.owned_by_column)
    return {column, ObjectId(kind="table", namespace=owner.namespace, name=owner.name)}


def drop_sequence(sequence: Sequence, context: Context) -> list[Step]:
    """DROP SEQUENCE; that of an identity column goes with DROP IDENTITY."""
    del context
    if sequence.identity_of_column:
        return []
    what = qualified(sequence)
    return [
        Step(
            Role.DROP,
            f"DROP SEQUENCE {what}",
            (loses(f"the position of {what}"), breaks(f"nextval of {what} fails")),
            destructive=True,
        )
    ]


def alter_sequence(
    desired: Sequence, observed: Sequence, fields: frozenset[str], context: Context
) -> list[Step] | Verdict:
    """ALTER SEQUENCE with every option that differs; the type first, for the bounds follow it."""
    del context
    if "identity_of_column" in fields or (
        desired.identity_of_column and fields & {"owned_by_table", "owned_by_column"}
    ):
        return REBUILD
    steps = []
    if fields & _OPTIONS:
        steps += _move_within(desired, observed)
        restart = _restart(desired, observed)
        sql = f"ALTER SEQUENCE {qualified(desired)} {_changes(desired, fields)}{restart}"
        steps.append(Step(Role.ALTER if restart else Role.SET, sql, (blocks_writes(qualified(desired)),)))
    if "persistence" in fields:
        word = "UNLOGGED" if desired.persistence == "unlogged" else "LOGGED"
        what = qualified(desired)
        steps.append(Step(Role.SET, f"ALTER SEQUENCE {what} SET {word}", (blocks_all(what), rewrites(what))))
    return steps


def _changes(desired: Sequence, fields: frozenset[str]) -> str:
    parts = []
    if "type" in fields:
        parts.append(f"AS {desired.type}")
    if "increment" in fields:
        parts.append(f"INCREMENT BY {desired.increment}")
    if fields & {"minimum", "type", "increment"}:
        parts.append(f"MINVALUE {desired.minimum}")
    if fields & {"maximum", "type", "increment"}:
        parts.append(f"MAXVALUE {desired.maximum}")
    if fields & {"start", "minimum", "maximum"}:
        parts.append(f"START WITH {desired.start}")
    if "cache" in fields:
        parts.append(f"CACHE {desired.cache}")
    if "cycle" in fields:
        parts.append("CYCLE" if desired.cycle else "NO CYCLE")
    return " ".join(parts)


def _move_within(desired: Sequence, observed: Sequence) -> list[Step]:
    """Move a position that the new bounds would leave outside, which ALTER SEQUENCE refuses."""
    low, high = max(desired.minimum, observed.minimum), min(desired.maximum, observed.maximum)
    narrows = desired.minimum > observed.minimum or desired.maximum < observed.maximum
    if not narrows or low > high:
        return []
    name = qualified(desired)
    call = f"pg_catalog.setval({quote_literal(name)}::pg_catalog.regclass, {{}}, is_called)"
    moved = call.format(f"LEAST(GREATEST(last_value, {low}), {high})")
    return [Step(Role.SET, f"DO {quote_literal(f'BEGIN PERFORM {moved} FROM {name}; END')}")]


def _restart(desired: Sequence, observed: Sequence) -> str:
    """Bounds that have nothing in common leave no place for the old position."""
    apart = desired.minimum > observed.maximum or desired.maximum < observed.minimum
    return f" RESTART WITH {desired.start}" if apart else ""


def release_sequence(desired: Sequence, observed: Sequence, fields: frozenset[str], context: Context) -> list[Step]:
    """Let go of the owner, which may be about to be dropped."""
    del context
    if not fields & {"owned_by_table", "owned_by_column"} or desired.identity_of_column or observed.identity_of_column:
        return []
    if observed.owned_by_table is None:
        return []
    what = qualified(observed)
    return [Step(Role.SET, f"ALTER SEQUENCE {what} OWNED BY NONE", (blocks_writes(what),))]
