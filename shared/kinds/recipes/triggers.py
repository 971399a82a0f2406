"""Triggers, event triggers, rewrite rules and row-level security policies."""

from __future__ import annotations

from shared.kinds.context import Context
from shared.kinds.database_roles import name_role
from shared.kinds.hazards import blocks_all, blocks_writes
from shared.kinds.names import parent_name
from shared.kinds.naming import designation
from shared.kinds.recipes.extension_ties import tie_to_extensions
from shared.kinds.step import REBUILD, Role, Step, Verdict
from shared.schema.database import EventTrigger
from shared.schema.relations import Policy, Rule, Trigger
from shared.sql import quote_identifier, quote_literal

_ENABLE = {"origin": "ENABLE", "disabled": "DISABLE", "replica": "ENABLE REPLICA", "always": "ENABLE ALWAYS"}


def create_trigger(trigger: Trigger, context: Context) -> list[Step]:
    """CREATE TRIGGER; the clones on partitions come with their parent's."""
    del context
    steps = (
        []
        if trigger.partition_child
        else [Step(Role.CREATE, trigger.definition.rstrip(), (blocks_writes(parent_name(trigger)),))]
    )
    steps += _enable(trigger, "TRIGGER") if trigger.enabled != "origin" else []
    return steps + tie_to_extensions(f"TRIGGER {designation(trigger.identity)}", trigger.depends_on_extensions)


def _enable(item: Trigger | Rule, word: str) -> list[Step]:
    what = parent_name(item)
    sql = f"ALTER TABLE {what} {_ENABLE[item.enabled]} {word} {quote_identifier(item.name)}"
    return [Step(Role.SET, sql, (blocks_writes(what),))]


def drop_trigger(trigger: Trigger, context: Context) -> list[Step]:
    """DROP TRIGGER."""
    del context
    if trigger.partition_child:
        return []
    what = parent_name(trigger)
    return [Step(Role.DROP, f"DROP TRIGGER {quote_identifier(trigger.name)} ON {what}", (blocks_all(what),))]


def alter_trigger(
    desired: Trigger, observed: Trigger, fields: frozenset[str], context: Context
) -> list[Step] | Verdict:
    """ENABLE, DISABLE and DEPENDS ON EXTENSION in place."""
    del context
    if not fields <= {"enabled", "depends_on_extensions"}:
        return REBUILD
    what = f"TRIGGER {designation(desired.identity)}"
    steps = _enable(desired, "TRIGGER") if "enabled" in fields else []
    return steps + tie_to_extensions(what, desired.depends_on_extensions, observed.depends_on_extensions)


def create_rule(rule: Rule, context: Context) -> list[Step]:
    """CREATE RULE."""
    del context
    steps = [Step(Role.CREATE, rule.definition.rstrip().removesuffix(";"), (blocks_all(parent_name(rule)),))]
    return steps + (_enable(rule, "RULE") if rule.enabled != "origin" else [])


def drop_rule(rule: Rule, context: Context) -> list[Step]:
    """DROP RULE."""
    del context
    what = parent_name(rule)
    return [Step(Role.DROP, f"DROP RULE {quote_identifier(rule.name)} ON {what}", (blocks_all(what),))]


def alter_rule(desired: Rule, observed: Rule, fields: frozenset[str], context: Context) -> list[Step] | Verdict:
    """ENABLE and DISABLE in place."""
    del observed, context
    return _enable(desired, "RULE") if fields <= {"enabled"} else REBUILD


def _roles(roles: tuple[str, ...]) -> str:
    return ", ".join(map(name_role, roles))


def create_policy(policy: Policy, context: Context) -> list[Step]:
    """CREATE POLICY."""
    del context
    what = parent_name(policy)
    parts = [f"CREATE POLICY {quote_identifier(policy.name)} ON {what}"]
    if not policy.permissive:
        parts.append("AS RESTRICTIVE")
    if policy.command != "all":
        parts.append(f"FOR {policy.command.upper()}")
    if policy.roles != ("public",):
        parts.append(f"TO {_roles(policy.roles)}")
    if policy.using:
        parts.append(f"USING ({policy.using})")
    if policy.with_check:
        parts.append(f"WITH CHECK ({policy.with_check})")
    return [Step(Role.CREATE, " ".join(parts), (blocks_all(what),))]


def drop_policy(policy: Policy, context: Context) -> list[Step]:
    """DROP POLICY."""
    del context
    what = parent_name(policy)
    return [Step(Role.DROP, f"DROP POLICY {quote_identifier(policy.name)} ON {what}", (blocks_all(what),))]


def alter_policy(desired: Policy, observed: Policy, fields: frozenset[str], context: Context) -> list[Step] | Verdict:
    """ALTER POLICY can change roles and expressions, and cannot take an expression away."""
    del observed, context
    taken = ("using" in fields and not desired.using) or ("with_check" in fields and not desired.with_check)
    if fields & {"command", "permissive"} or taken:
        return REBUILD
    what = parent_name(desired)
    parts = [f"ALTER POLICY {quote_identifier(desired.name)} ON {what}"]
    if "roles" in fields:
        parts.append(f"TO {_roles(desired.roles)}")
    if "using" in fields:
        parts.append(f"USING ({desired.using})")
    if "with_check" in fields:
        parts.append(f"WITH CHECK ({desired.with_check})")
    return [Step(Role.SET, " ".join(parts), (blocks_all(what),))]


def create_event_trigger(trigger: EventTrigger, context: Context) -> list[Step]:
    """CREATE EVENT TRIGGER."""
    del context
    name = quote_identifier(trigger.name)
    tags = f" WHEN TAG IN ({', '.join(quote_literal(tag) for tag in trigger.tags)})" if trigger.tags else ""
    steps = [
        Step(Role.CREATE, f"CREATE EVENT TRIGGER {name} ON {trigger.event}{tags} EXECUTE FUNCTION {trigger.function}()")
    ]
    return steps + (_enable_event(trigger) if trigger.enabled != "origin" else [])


def _enable_event(trigger: EventTrigger) -> list[Step]:
    return [Step(Role.SET, f"ALTER EVENT TRIGGER {quote_identifier(trigger.name)} {_ENABLE[trigger.enabled]}")]


def drop_event_trigger(trigger: EventTrigger, context: Context) -> list[Step]:
    """DROP EVENT TRIGGER."""
    del context
    return [Step(Role.DROP, f"DROP EVENT TRIGGER {quote_identifier(trigger.name)}")]


def alter_event_trigger(
    desired: EventTrigger, observed: EventTrigger, fields: frozenset[str], context: Context
) -> list[Step] | Verdict:
    """ENABLE and DISABLE in place."""
    del observed, context
    return _enable_event(desired) if fields <= {"enabled"} else REBUILD
