"""The head of a script: what it does, what that costs, and what is compared before anything is changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from shared.remediation.guard import merged
from shared.remediation.plan import Plan, ProofStatus, Statement
from shared.remediation.psql import comment
from shared.remediation.row_words import rows_sentence
from shared.remediation.stages import cut_stages

_OBJECTS_SHOWN = 3
_NEVER_COMPARED = "owners, privileges, comments, storage settings"


def script_head(plan: Plan, shown: tuple[Statement, ...], title: str) -> Iterator[str]:
    """Write the head as comments, a line for each fact.

    Args:
        plan: What the script does.
        shown: Its statements that run; the others stand in the script as comments.
        title: What the script is for.
    """
    yield comment(f"fleetdrift remediation{': ' + title if title else ''}")
    yield comment(f"from {plan.observed} to {plan.desired}")
    match plan.proof.status:
        case ProofStatus.PROVEN:
            yield comment("proven on a scratch copy")
        case _:
            yield comment(f"not proven: {plan.proof.reason or 'no attempt was made'}")
    yield comment(rows_sentence(plan))
    yield comment(_size(shown, withheld=len(plan.statements) - len(shown)))
    yield from (comment(f"{kind}: {objects}") for kind, objects in _hazards(shown))
    yield from obstacle_lines(plan)
    if plan.guards:
        guard = merged(plan.guards)
        left = "".join(f", {identity}" for identity in guard.unguarded)
        yield comment(f"compared before anything is changed: {_counted(len(guard.objects), 'object')}")
        yield comment(f"not compared: {_NEVER_COMPARED}{left}")
    yield ""


def obstacle_lines(plan: Plan) -> Iterator[str]:
    """Write as comments what stays different, and what is in the way."""
    yield from (comment(f"in the way: {obstacle}") for obstacle in plan.obstacles)


def _size(shown: tuple[Statement, ...], *, withheld: int) -> str:
    stages = cut_stages(shown)
    alone = sum(not stage.transactional for stage in stages)
    parts = [f"{_counted(len(shown), 'statement')} in {_counted(len(stages) - alone, 'transaction')}"]
    parts += [f"{alone} outside of transactions"] if alone else []
    parts += [f"{withheld} left out"] if withheld else []
    return ", ".join(parts)


def _hazards(shown: Iterable[Statement]) -> Iterator[tuple[str, str]]:
    """Give each hazard with the objects that it concerns, the first of them by name."""
    objects: dict[str, list[str]] = {}
    for statement in shown:
        for hazard in statement.hazards:
            known = objects.setdefault(hazard.kind.value, [])
            if str(statement.object) not in known:
                known.append(str(statement.object))
    for kind in sorted(objects):
        more = len(objects[kind]) - _OBJECTS_SHOWN
        yield kind, ", ".join(objects[kind][:_OBJECTS_SHOWN]) + (f" and {more} more" if more > 0 else "")


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
