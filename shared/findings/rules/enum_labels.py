"""`enum-labels`: an enum lacks labels, has more, or orders them otherwise."""

from __future__ import annotations

from shared.diff.changes import Altered, Change
from shared.findings.finding import Severity
from shared.findings.rule import ALTERED, Judgement, Rule
from shared.findings.wording import clip
from shared.schema.types import EnumType


def _judge(change: Change) -> Judgement:
    match change:
        case Altered(desired=EnumType(labels=desired), observed=EnumType(labels=observed)):
            return _compare(desired, observed)
        case _:
            return Judgement(Severity.ERROR, "values may not fit")


def _compare(desired: tuple[str, ...], observed: tuple[str, ...]) -> Judgement:
    lacking = [label for label in desired if label not in set(observed)]
    more = [label for label in observed if label not in set(desired)]
    if lacking:
        return Judgement(Severity.ERROR, f"writing {clip(', '.join(lacking))} fails")
    if more:
        return Judgement(Severity.ERROR, f"services cannot decode {clip(', '.join(more))}")
    return Judgement(Severity.WARNING, "values sort otherwise")


RULE = Rule(
    id="enum-labels",
    title="An enum has other labels",
    changes=ALTERED,
    kinds=frozenset({"enum_type"}),
    fields=frozenset({"labels"}),
    judge=_judge,
)
