"""Decide whether a result column can be NULL, from the analysed query: through views, sub-selects and outer joins.

PostgreSQL has resolved every name; what is left is to follow each column to the tables behind it. An expression that is
not known gives no answer (None), and nothing is claimed of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

import msgspec

from shared.contracts.node_tree import TreeNode, parse_query
from shared.schema.identity import QualifiedName

_MAX_DEPTH = 24  # of views and sub-selects: deeper is given up
_COUNTS = frozenset({2147, 2803})  # count(any), count(*): pg_proc.dat
_LEFT, _FULL, _RIGHT = "1", "2", "3"  # JoinType, nodes.h
_PASSES_ON = {
    "RELABELTYPE": "arg", "COERCEVIAIO": "arg", "ARRAYCOERCEEXPR": "arg", "COLLATEEXPR": "arg",
    "COERCETODOMAIN": "arg", "CONVERTROWTYPEEXPR": "arg", "NAMEDARGEXPR": "arg",
}  # fmt: skip
_NEVER_NULL = frozenset({"NULLTEST", "BOOLEANTEST", "DISTINCTEXPR", "ROWEXPR", "ARRAYEXPR", "SQLVALUEFUNCTION"})


class RelationFacts(msgspec.Struct, frozen=True):
    """A relation as a node tree sees it.

    Args:
        columns: Name and NOT NULL of each attribute, in order; dropped ones have no name.
        tree: The node tree of a view's query; empty for a table.
    """

    columns: tuple[tuple[str, bool], ...]
    tree: str = ""


class TreeCatalog(msgspec.Struct, frozen=True, kw_only=True):
    """What the numbers in the node trees of one database mean.

    Args:
        relations: By name.
        names: Name of each relation by its number.
        strict: Numbers of the functions that give NULL for NULL.
    """

    relations: Mapping[QualifiedName, RelationFacts]
    names: Mapping[int, QualifiedName]
    strict: frozenset[int]


class Origin(msgspec.Struct, frozen=True):
    """Where a NULL comes from: a column of a table, or a join (then there is no column)."""

    table: QualifiedName
    column: str = ""

    @property
    def is_join(self) -> bool:
        """Whether an outer join makes it."""
        return not self.column


Answer = Origin | bool | None
"""Where a NULL can come from; False when there can be none, True when there can for a reason without a name, None when
it cannot be told."""

MADE_BY_JOIN = Origin(QualifiedName("", ""))
"""The answer where an outer join fills what it does not find."""


class NullFinder:
    """Finds whether the result columns of a query can be NULL.

    Args:
        query: Its node tree, and the catalog of the database it was analysed in.
        own: That catalog.
        facts: The catalog that says what can be NULL: of the same database, or of another one with the same names.
    """

    def __init__(self, query: TreeNode, own: TreeCatalog, facts: TreeCatalog, depth: int = 0) -> None:
        self._query = query
        self._own = own
        self._facts = facts
        self._depth = depth
        self._entries = query.nodes("rtable")
        self._nulled = frozenset(_nulled(query.node("jointree")))
        self._filled = frozenset(_not_null_by_condition(query.node("jointree"), own))

    def columns(self) -> list[Answer]:
        """Give the answer for each visible result column."""
        visible = _visible(self._query)
        if self._query.node("setOperations") is not None:
            return [self._of_branches(number) for number in range(len(visible))]
        return [self._of(entry.node("expr")) for entry in visible]

    def _of_branches(self, number: int) -> Answer:
        branches = [entry.node("subquery") for entry in self._entries if entry.text("rtekind") == "1"]
        return any_answer(self._of_subquery(branch, number) for branch in branches)

    def _of(self, expression: TreeNode | None) -> Answer:
        if expression is None:
            return None
        kind = expression.kind
        if kind == "VAR":
            return self._of_variable(expression)
        if kind in _PASSES_ON:
            return self._of(expression.node(_PASSES_ON[kind]))
        if kind in _NEVER_NULL:
            return False
        if kind == "CONST":
            return expression.text("constisnull") == "true"
        rule = _BY_KIND.get(kind)
        return rule(self, expression) if rule else None

    def of_arguments(self, expression: TreeNode) -> Answer:
        """Answer for a function or operator: strict ones give NULL for NULL."""
        function = expression.number("funcid") or expression.number("opfuncid")
        if function not in self._own.strict:
            return None
        return any_answer(self._of(argument) for argument in expression.nodes("args"))

    def of_all(self, expression: TreeNode) -> Answer:
        """Answer for COALESCE and its like: NULL only when every argument is."""
        answers = [self._of(argument) for argument in expression.nodes("args")]
        if any(answer is False for answer in answers):
            return False
        return None if any(answer is None for answer in answers) else any_answer(answers)

    def of_case(self, expression: TreeNode) -> Answer:
        """Answer for CASE: NULL when one of its results is."""
        results = [branch.node("result") for branch in expression.nodes("args")]
        return any_answer(self._of(result) for result in (*results, expression.node("defresult")))

    def of_aggregate(self, expression: TreeNode) -> Answer:
        """Answer for an aggregate: counting never gives NULL."""
        return False if expression.number("aggfnoid") in _COUNTS else None

    def _of_variable(self, variable: TreeNode) -> Answer:
        number, attribute = variable.number("varno"), variable.number("varattno")
        if variable.number("varlevelsup") or not 0 < number <= len(self._entries) or attribute < 1:
            return None
        if (number, attribute) in self._filled:
            return False
        if number in self._nulled:
            return MADE_BY_JOIN
        return self._of_entry(self._entries[number - 1], attribute)

    def _of_entry(self, entry: TreeNode, attribute: int) -> Answer:
        match entry.text("rtekind"):
            case "0":  # a relation (RTEKind, parsenodes.h)
                return self._of_relation(self._own.names.get(entry.number("relid")), attribute)
            case "1":  # a sub-select
                return self._of_subquery(entry.node("subquery"), attribute - 1)
            case "2":  # a join
                return self._of(_at(entry.nodes("joinaliasvars"), attribute - 1))
            case "6":  # WITH
                return self._of_subquery(self._common_table(entry), attribute - 1)
            case "9":  # GROUP BY, from v18
                return self._of(_at(entry.nodes("groupexprs"), attribute - 1))
        return None

    def _common_table(self, entry: TreeNode) -> TreeNode | None:
        if entry.number("ctelevelsup"):
            return None
        named = (cte for cte in self._query.nodes("cteList") if cte.text("ctename") == entry.text("ctename"))
        return next((cte.node("ctequery") for cte in named), None)

    def _of_subquery(self, query: TreeNode | None, position: int) -> Answer:
        if query is None or self._depth > _MAX_DEPTH:
            return None
        answers = NullFinder(query, self._own, self._facts, self._depth + 1).columns()
        return answers[position] if position < len(answers) else None

    def _of_relation(self, name: QualifiedName | None, attribute: int) -> Answer:
        if name is None:
            return None
        here = self._own.relations[name].columns
        column = here[attribute - 1][0] if attribute <= len(here) else ""
        facts = self._facts.relations.get(name)
        position = next((i for i, (known, _) in enumerate(facts.columns) if known == column), -1) if facts else -1
        if facts is None or position < 0:
            return None
        if not facts.tree:
            return False if facts.columns[position][1] else Origin(name, column)
        tree = parse_query(facts.tree) if self._depth <= _MAX_DEPTH else None
        if tree is None:
            return None
        answers = NullFinder(tree, self._facts, self._facts, self._depth + 1).columns()
        return answers[position] if position < len(answers) else None


_BY_KIND: Mapping[str, Callable[[NullFinder, TreeNode], Answer]] = {
    "FUNCEXPR": NullFinder.of_arguments,
    "OPEXPR": NullFinder.of_arguments,
    "SCALARARRAYOPEXPR": NullFinder.of_arguments,
    "COALESCE": NullFinder.of_all,
    "COALESCEEXPR": NullFinder.of_all,
    "MINMAX": NullFinder.of_all,
    "MINMAXEXPR": NullFinder.of_all,
    "CASE": NullFinder.of_case,
    "CASEEXPR": NullFinder.of_case,
    "AGGREF": NullFinder.of_aggregate,
}


def _visible(query: TreeNode) -> list[TreeNode]:
    entries = query.nodes("returningList") or query.nodes("targetList")
    return [entry for entry in entries if entry.text("resjunk") == "false"]


def origins(query: TreeNode) -> list[tuple[int, int]]:
    """Give (relation's number, attribute) of each visible result column; zeros for computed ones."""
    return [(entry.number("resorigtbl"), entry.number("resorigcol")) for entry in _visible(query)]


def any_answer(answers: Iterator[Answer] | Sequence[Answer]) -> Answer:
    """Give the first reason for a NULL; else None when one is not known; else False."""
    unknown = False
    for answer in answers:
        if answer:
            return answer
        unknown = unknown or answer is None
    return None if unknown else False


def _at(nodes: list[TreeNode], position: int) -> TreeNode | None:
    return nodes[position] if position < len(nodes) else None


def _nulled(tree: TreeNode | None) -> Iterator[int]:
    """Give the numbers of the entries that an outer join fills with NULL."""
    if tree is None:
        return
    if tree.kind == "JOINEXPR":
        join = tree.text("jointype")
        if join in {_LEFT, _FULL}:
            yield from _inside(tree.node("rarg"))
        if join in {_RIGHT, _FULL}:
            yield from _inside(tree.node("larg"))
        yield from _nulled(tree.node("larg"))
        yield from _nulled(tree.node("rarg"))
    for part in tree.nodes("fromlist"):
        yield from _nulled(part)


def _inside(tree: TreeNode | None) -> Iterator[int]:
    if tree is None:
        return
    if tree.number("rtindex"):
        yield tree.number("rtindex")
    for side in (tree.node("larg"), tree.node("rarg")):
        yield from _inside(side)


def _not_null_by_condition(tree: TreeNode | None, catalog: TreeCatalog) -> Iterator[tuple[int, int]]:
    """Give the variables that a row has only as not NULL: what WHERE and inner joins ask of them."""
    if tree is None or (tree.kind == "JOINEXPR" and tree.text("jointype") != "0"):
        return
    yield from _asked(tree.node("quals"), catalog)
    for part in (*tree.nodes("fromlist"), tree.node("larg"), tree.node("rarg")):
        yield from _not_null_by_condition(part, catalog)


def _asked(condition: TreeNode | None, catalog: TreeCatalog) -> Iterator[tuple[int, int]]:
    if condition is None:
        return
    if condition.kind == "BOOLEXPR" and condition.text("boolop") == "and":
        for part in condition.nodes("args"):
            yield from _asked(part, catalog)
    elif condition.kind == "NULLTEST" and condition.text("nulltesttype") == "1":
        yield from _variables([condition.node("arg")])
    elif condition.kind == "OPEXPR" and condition.number("opfuncid") in catalog.strict:
        yield from _variables(condition.nodes("args"))


def _variables(expressions: Sequence[TreeNode | None]) -> Iterator[tuple[int, int]]:
    for expression in expressions:
        inner = expression
        while inner is not None and inner.kind == "RELABELTYPE":
            inner = inner.node("arg")
        if inner is not None and inner.kind == "VAR" and not inner.number("varlevelsup"):
            yield inner.number("varno"), inner.number("varattno")
