"""Operators, operator classes and casts of a stand-in."""

from __future__ import annotations

from collections.abc import Iterator

from shared.embedded.stand_ins.facts import ClassFunction, ExtensionFacts, MemberClass, MemberOperator
from shared.sql import quote_identifier


def operator_statements(facts: ExtensionFacts) -> Iterator[str]:
    """Give the statements that make operators; one that is named before it is made is a shell until then."""
    for operator in facts.operators:
        yield _operator(operator)


def _operator(operator: MemberOperator) -> str:
    namespace = f"{quote_identifier(operator.namespace)}." if operator.namespace else ""
    words = [f"FUNCTION = {operator.function}"]
    words += [f"LEFTARG = {operator.left}"] if operator.left else []
    words += [f"RIGHTARG = {operator.right}"]
    words += [f"COMMUTATOR = {_bare(operator.commutator)}"] if operator.commutator else []
    words += [f"NEGATOR = {_bare(operator.negator)}"] if operator.negator else []
    words += ["MERGES"] if operator.merges else []
    words += ["HASHES"] if operator.hashes else []
    return f"CREATE OPERATOR {namespace}{operator.name} ({', '.join(words)})"


def _bare(operator: str) -> str:
    """Give an operator without its operand types, which follow from the one that it belongs to."""
    name = operator.partition("(")[0]
    return f"OPERATOR({name})"


def _called(function: str) -> str:
    """Quote the name of a function that comes with argument types."""
    name, _, inputs = function.partition("(")
    return f"{'.'.join(map(quote_identifier, name.split('.')))}({inputs}"


def class_statements(facts: ExtensionFacts) -> Iterator[str]:
    """Give the statements that make operator families and classes."""
    for method, family in sorted({(made.method, made.family) for made in facts.classes}):
        yield f"CREATE OPERATOR FAMILY {quote_identifier(family)} USING {quote_identifier(method)}"
    for made in facts.classes:
        yield _class(made)


def _class(made: MemberClass) -> str:
    name, family, method = map(quote_identifier, (made.name, made.family, made.method))
    parts = [_member_operator(each.number, each.operator, each.orders_by) for each in made.operators]
    parts += [_member_function(made, function) for function in made.functions]
    parts += [f"STORAGE {made.storage}"] if made.storage else []
    default = "DEFAULT " if made.default else ""
    head = f"CREATE OPERATOR CLASS {name} {default}FOR TYPE {made.type} USING {method} FAMILY {family}"
    return f"{head} AS {', '.join(parts)}"


def _member_operator(number: int, operator: str, orders_by: str) -> str:
    name, _, operands = operator.partition("(")
    order = f" FOR ORDER BY {quote_identifier(orders_by)}" if orders_by else ""
    return f"OPERATOR {number} {name} ({operands}{order}"


def _member_function(made: MemberClass, function: ClassFunction) -> str:
    return f"FUNCTION {function.number} ({made.type}, {function.right or made.type}) {_called(function.function)}"


def cast_statements(facts: ExtensionFacts) -> Iterator[str]:
    """Give the statements that make casts."""
    for made in facts.casts:
        ways = {
            "function": f"WITH FUNCTION {_called(made.function)}",
            "inout": "WITH INOUT",
            "binary": "WITHOUT FUNCTION",
        }
        context = "" if made.context == "explicit" else f" AS {made.context.upper()}"
        yield f"CREATE CAST ({made.source} AS {made.target}) {ways[made.way]}{context}"
