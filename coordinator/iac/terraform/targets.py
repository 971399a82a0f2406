"""Reads addresses of resources and modules where a configuration names them: `depends_on`, `import`."""

from __future__ import annotations

from coordinator.iac.expressions import syntax
from coordinator.iac.expressions.evaluator import Evaluator
from coordinator.iac.expressions.syntax import Expression
from coordinator.iac.terraform.instances import Key


def target_names(node: Expression) -> tuple[str, ...]:
    """Return the names of an address, without keys: `module.t["a"]` is ("module", "t")."""
    match node:
        case syntax.Reference(name=name):
            return (name,)
        case syntax.GetAttribute(of=of, name=name):
            return (*target_names(of), name)
        case syntax.GetIndex(of=of):
            return target_names(of)
        case syntax.Template(parts=(syntax.Text(text=text),)):  # JSON syntax
            return tuple(text.split("."))
        case _:
            return ()


def target_key(node: Expression, evaluator: Evaluator) -> Key:
    """Return the key of an address; None when it has none."""
    if isinstance(node, syntax.GetIndex):
        key = evaluator.value(node.key).raw
        return key if isinstance(key, (str, int)) else None
    return None
