"""Publications and subscriptions."""

from __future__ import annotations

from shared.kinds.context import Context
from shared.kinds.hazards import loses
from shared.kinds.step import REBUILD, Loosened, Role, Step, Verdict
from shared.schema.database import Publication, Subscription
from shared.schema.identity import ObjectId
from shared.sql import quote_identifier, quote_literal


def create_publication(item: Publication, context: Context) -> list[Step]:
    """CREATE PUBLICATION."""
    del context
    parts = [f"CREATE PUBLICATION {quote_identifier(item.name)}"]
    members = _members(item)
    if item.all_tables:
        parts.append("FOR ALL TABLES")
    elif members:
        parts.append(f"FOR {members}")
    parts.append(f"WITH ({_parameters(item)})")
    return [Step(Role.CREATE, " ".join(parts))]


def _members(item: Publication) -> str:
    parts = list(item.tables)
    if item.namespaces:
        parts.append(f"TABLES IN SCHEMA {', '.join(quote_identifier(name) for name in item.namespaces)}")
    return ", ".join(parts)


def _parameters(item: Publication) -> str:
    parts = [f"publish = {quote_literal(', '.join(item.operations))}"]
    parts.append(f"publish_via_partition_root = {str(item.via_partition_root).lower()}")
    if item.generated_columns:
        parts.append(f"publish_generated_columns = {item.generated_columns}")
    return ", ".join(parts)


def drop_publication(item: Publication, context: Context) -> list[Step]:
    """DROP PUBLICATION."""
    del context
    return [Step(Role.DROP, f"DROP PUBLICATION {quote_identifier(item.name)}")]


def alter_publication(
    desired: Publication, observed: Publication, fields: frozenset[str], context: Context
) -> list[Step] | Verdict:
    """Parameters and members in place; FOR ALL TABLES and an emptied list make another publication."""
    del observed, context
    if "all_tables" in fields or (fields & {"tables", "namespaces"} and not _members(desired)):
        return REBUILD
    head = f"ALTER PUBLICATION {quote_identifier(desired.name)} SET"
    steps: list[Step] = []
    if fields & {"operations", "via_partition_root", "generated_columns"}:
        reset = (
            ", publish_generated_columns = none"
            if "generated_columns" in fields and not desired.generated_columns
            else ""
        )
        steps.append(Step(Role.SET, f"{head} ({_parameters(desired)}{reset})"))
    if fields & {"tables", "namespaces"}:
        members = Step(Role.SET, f"{head} {_members(desired)}")
        # Filters and columns of a partitioned table are refused unless it is published by its root (ALTER PUBLICATION).
        steps = [*steps, members] if desired.via_partition_root else [members, *steps]
    return steps


def loosen_publication(item: Publication, below: ObjectId, context: Context) -> Loosened | None:
    """A table that is made anew must be listed again; one with a filter or columns must be unlisted first."""
    desired = context.desired.find(Publication, item.identity)
    if desired is None or below.kind not in ("table", "namespace") or not _members(desired):
        return None
    sql = f"ALTER PUBLICATION {quote_identifier(item.name)} SET {_members(desired)}"
    return Loosened((), (Step(Role.SET, sql),))


def create_subscription(item: Subscription, context: Context) -> list[Step]:
    """CREATE SUBSCRIPTION, unconnected: the connection string is a secret that nobody read and must be put in."""
    del context
    publications = ", ".join(quote_identifier(name) for name in item.publications)
    parameters = ", ".join(("connect = false", *item.options))
    name = quote_identifier(item.name)
    return [
        Step(Role.CREATE, f"CREATE SUBSCRIPTION {name} CONNECTION '' PUBLICATION {publications} WITH ({parameters})")
    ]


def drop_subscription(item: Subscription, context: Context) -> list[Step]:
    """DROP SUBSCRIPTION; its slot on the publisher, if any, is left alone."""
    del context
    name = quote_identifier(item.name)
    return [
        Step(Role.SET, f"ALTER SUBSCRIPTION {name} DISABLE"),
        Step(Role.SET, f"ALTER SUBSCRIPTION {name} SET (slot_name = NONE)"),
        Step(Role.DROP, f"DROP SUBSCRIPTION {name}", (loses(f"the connection string of {name}"),), destructive=True),
    ]


def alter_subscription(
    desired: Subscription, observed: Subscription, fields: frozenset[str], context: Context
) -> list[Step] | Verdict:
    """Publications, options and state in place; before v18 two phases are for ever."""
    if context.observed.server_version < _TWO_PHASE_ALTERS and _is_two_phase(desired) != _is_two_phase(observed):
        return REBUILD
    name = quote_identifier(desired.name)
    steps = []
    if "publications" in fields:
        publications = ", ".join(quote_identifier(publication) for publication in desired.publications)
        steps.append(Step(Role.SET, f"ALTER SUBSCRIPTION {name} SET PUBLICATION {publications} WITH (refresh = false)"))
    if "options" in fields:
        changed = [option for option in desired.options if option not in observed.options]
        changed += _back_to_defaults(desired, observed)
        steps += [Step(Role.SET, f"ALTER SUBSCRIPTION {name} SET ({', '.join(group)})") for group in _apart(changed)]
    if "enabled" in fields:
        steps.append(Step(Role.SET, f"ALTER SUBSCRIPTION {name} {'ENABLE' if desired.enabled else 'DISABLE'}"))
    return steps


_TWO_PHASE_ALTERS = 180000


def _apart(options: list[str]) -> list[list[str]]:
    """Two phases and the slot's name "cannot be altered at the same time", and two phases want the slot they had."""
    two_phase = [option for option in options if option.startswith("two_phase = ")]
    others = [option for option in options if option not in two_phase]
    groups = [two_phase, others] if two_phase == ["two_phase = false"] else [others, two_phase]
    return [group for group in groups if group]


def _is_two_phase(item: Subscription) -> bool:
    return "two_phase = true" in item.options


_DEFAULTS = {
    "binary": "false",
    "disable_on_error": "false",
    "failover": "false",
    "origin": "any",
    "password_required": "true",
    "run_as_owner": "false",
    "streaming": "off",
    "synchronous_commit": "off",
    "two_phase": "false",
}
"""What a subscription has when nobody has said anything (CREATE SUBSCRIPTION)."""


def _back_to_defaults(desired: Subscription, observed: Subscription) -> list[str]:
    wanted = {option.partition(" = ")[0] for option in desired.options}
    gone = [option.partition(" = ")[0] for option in observed.options]
    return [f"{name} = {_DEFAULTS[name]}" for name in gone if name not in wanted and name in _DEFAULTS]
