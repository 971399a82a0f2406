"""`unvalidated-constraint`: a constraint is still NOT VALID."""

from __future__ import annotations

from shared.diff.changes import Altered, Change
from shared.findings.finding import Severity
from shared.findings.rule import ALTERED, Rule, always
from shared.schema.relations import Constraint
from shared.schema.types import DomainConstraint

_SUFFIX = " NOT VALID"


def _applies(change: Change) -> bool:
    """Say whether the constraint is the declared one in everything but having been validated."""
    match change:
        case Altered(
            desired=Constraint(validated=True) | DomainConstraint(validated=True) as desired,
            observed=Constraint(validated=False) | DomainConstraint(validated=False) as observed,
        ):
            return observed.definition.removesuffix(_SUFFIX) == desired.definition
        case _:
            return False


RULE = Rule(
    id="unvalidated-constraint",
    title="A constraint was never validated",
    changes=ALTERED,
    kinds=frozenset({"constraint", "domain_constraint"}),
    fields=frozenset({"definition", "validated"}),
    applies=_applies,
    judge=always(Severity.WARNING, "it holds for new rows only, old rows may break it"),
)
