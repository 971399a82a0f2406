"""Evaluates expressions to values, within a `Budget`. Only functions that read files reach outside, through `Files`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol, assert_never

from coordinator.iac.expressions import operations, syntax
from coordinator.iac.expressions.budget import Budget, limit_spans
from coordinator.iac.expressions.convert import ConversionError, convert, unify
from coordinator.iac.expressions.errors import EvaluationError
from coordinator.iac.expressions.files import Files
from coordinator.iac.expressions.syntax import Expression, TemplatePart
from coordinator.iac.expressions.types import DYNAMIC, STRING, Type, friendly
from coordinator.iac.expressions.values import NO_MARKS, Unknown, Value, object_value, string, tuple_of, unknown_of
from coordinator.iac.located_text import HOLE, Span
from shared.schema.schema import Origin


class Namespace(Protocol):
    """What stands behind a root name that is no value itself: `var`, `local`, `module`, a resource type."""

    def attribute(self, name: str, at: Origin) -> Value | Namespace:
        """Look a name up; raises EvaluationError for an unknown one."""
        ...


FunctionCall = Callable[["Evaluator", syntax.Call], Value]


class Evaluator:
    """Evaluates expressions within a scope.

    Args:
        scope: Root names: values, and namespaces that look things up.
        files: What `file()` and its like may read.
        budget: Shared by a whole source.
        call: Evaluates function calls (`functions.call`).
    """

    def __init__(
        self,
        scope: Mapping[str, Value | Namespace],
        files: Files,
        budget: Budget,
        call: FunctionCall,
        *,
        inside_template: bool = False,
    ) -> None:
        self.scope = scope
        self.outer: Evaluator | None = None
        self.files = files
        self.budget = budget
        self.call = call
        self.inside_template = inside_template
        self._splat_items: dict[int, Value] = {}

    def within(self, names: Mapping[str, Value | Namespace]) -> Evaluator:
        """Return an evaluator that knows this one's names and these."""
        inner = Evaluator(names, self.files, self.budget, self.call, inside_template=self.inside_template)
        inner.outer = self
        inner._splat_items = self._splat_items  # the same class
        return inner

    def value(self, node: Expression) -> Value:
        """Evaluate an expression.

        Raises:
            EvaluationError: When it has no value.
            LimitError: When the budget is spent.
        """
        found = self.resolve(node)
        if isinstance(found, Value):
            return found
        raise EvaluationError(
            node.at.file,
            node.at.line,
            "Invalid reference: a reference to a resource type or namespace must be followed by an attribute name",
        )

    def resolve(self, node: Expression) -> Value | Namespace:  # noqa: PLR0911  # one return for each case
        """Evaluate a node, which may be a namespace while a traversal is not complete."""
        self.budget.spend(node.at)
        match node:
            case syntax.Literal():
                return node.value
            case syntax.Reference():
                return self._reference(node)
            case syntax.GetAttribute():
                of = self.resolve(node.of)
                if not isinstance(of, Value):
                    return of.attribute(node.name, node.at)
                return operations.attribute(of, node.name, node.at)
            case syntax.GetIndex():
                return operations.index(self.value(node.of), self.value(node.key), node.at)
            case syntax.Template():
                return self._template(node)
            case syntax.Call():
                return self.call(self, node)
            case syntax.Parentheses():
                return self.resolve(node.inner)
            case syntax.SplatItem():
                return self._splat_items[id(node)]
            case _:
                return self._composed(node)

    def _composed(  # noqa: PLR0911  # one return for each case
        self,
        node: syntax.Splat
        | syntax.Unary
        | syntax.Binary
        | syntax.Conditional
        | syntax.TupleCons
        | syntax.ObjectCons
        | syntax.For,
    ) -> Value:
        match node:
            case syntax.Unary():
                return operations.unary(node.operator, self.value(node.operand), node.at)
            case syntax.Binary():
                return self._binary(node)
            case syntax.Conditional():
                return self._conditional(node)
            case syntax.TupleCons():
                return tuple_of(self.value(item) for item in node.items)
            case syntax.ObjectCons():
                return self._object(node)
            case syntax.For():
                return self._for(node)
            case syntax.Splat():
                return self._splat(node)
            case _:
                assert_never(node)

    def _reference(self, node: syntax.Reference) -> Value | Namespace:
        found = self._named(node.name)
        if found is not None:
            return found
        if self.inside_template:
            raise EvaluationError(
                node.at.file,
                node.at.line,
                f"Invalid function argument: the template's variables do not contain {node.name!r}",
            )
        fallback = self._named("")
        if fallback is not None and not isinstance(fallback, Value):
            return fallback.attribute(node.name, node.at)
        raise EvaluationError(
            node.at.file,
            node.at.line,
            f"Variables not allowed: {node.name!r} cannot be referred to here",
        )

    def _named(self, name: str) -> Value | Namespace | None:
        scope: Evaluator | None = self
        while scope is not None:
            found = scope.scope.get(name)
            if found is not None:
                return found
            scope = scope.outer
        return None

    def _binary(self, node: syntax.Binary) -> Value:
        # A long chain of operators leans to the left: walk it, so that its length is no recursion depth.
        chain: list[syntax.Binary] = []
        left: Expression = node
        while isinstance(left, syntax.Binary):
            chain.append(left)
            left = left.left
        result = self.value(left)
        for step in reversed(chain):
            self.budget.spend(step.at)
            result = operations.binary(step.operator, result, self.value(step.right), step.at)
        return result

    def _conditional(self, node: syntax.Conditional) -> Value:
        condition = operations.condition(self.value(node.condition), node.at, "Incorrect condition type")
        if not condition.is_known:
            types = [self.value(branch).type for branch in (node.yes, node.no)]
            return unknown_of(self._unified(types, node), nullable=True).marked(condition.marks)
        chosen, other = (node.yes, node.no) if condition.raw else (node.no, node.yes)
        result = self.value(chosen)
        try:
            other_type: Type = self.value(other).type
        except EvaluationError:
            # Terraform evaluates both sides, and drops the errors of the one it does not take.
            other_type = DYNAMIC
        unified = self._unified([result.type, other_type], node)
        try:
            return convert(result, unified).marked(condition.marks)
        except ConversionError as error:
            raise EvaluationError(
                node.at.file, node.at.line, f"Inconsistent conditional result types: {error}"
            ) from None

    def _unified(self, types: list[Type], node: syntax.Conditional) -> Type:
        unified = unify(types)
        if unified is None:
            shown = " and ".join(friendly(type_) for type_ in types)
            raise EvaluationError(
                node.at.file,
                node.at.line,
                f"Inconsistent conditional result types: the true and false results must be alike, but are {shown}",
            )
        return unified

    def _object(self, node: syntax.ObjectCons) -> Value:
        made: dict[str, Value] = {}
        marks = NO_MARKS
        known = True
        for key_node, value_node in node.items:
            key = self._key(self.value(key_node), key_node.at, "Incorrect key type")
            marks |= key.marks
            item = self.value(value_node)
            if key.is_known:
                made[key.raw] = item
            else:
                known = False
        return object_value(made).marked(marks) if known else unknown_of(DYNAMIC).marked(marks)

    def _key(self, key: Value, at: Origin, problem: str) -> Value:
        if key.is_null:
            raise EvaluationError(at.file, at.line, f"{problem}: a null value cannot be a key")
        try:
            return convert(key, STRING)
        except ConversionError as error:
            raise EvaluationError(at.file, at.line, f"{problem}: cannot use this value as a key: {error}") from None

    def _for(self, node: syntax.For) -> Value:
        collection = self.value(node.collection)
        pairs = operations.pairs(collection, node.at)
        if pairs is None:
            return unknown_of(DYNAMIC).marked(collection.marks)
        marks = collection.marks
        items: list[Value] = []
        keyed: dict[str, list[Value]] = {}
        for key, item in pairs:
            inner = self.within(_loop_names(node.key_name, node.value_name, key, item))
            if node.condition is not None:
                kept = operations.condition(inner.value(node.condition), node.at, "Invalid 'for' condition")
                marks |= kept.marks
                if not kept.is_known:
                    return unknown_of(DYNAMIC).marked(marks)
                if not kept.raw:
                    continue
            result = inner.value(node.value)
            if node.key is None:
                items.append(result)
                continue
            made = self._key(inner.value(node.key), node.key.at, "Invalid object key")
            marks |= made.marks
            if not made.is_known:
                return unknown_of(DYNAMIC).marked(marks)
            if made.raw in keyed and not node.grouping:
                raise EvaluationError(
                    node.at.file,
                    node.at.line,
                    "Duplicate object key: two items produced the same key; use '...' after the value to group",
                )
            keyed.setdefault(made.raw, []).append(result)
        if node.key is None:
            return tuple_of(items).marked(marks)
        grouped = {key: tuple_of(found) if node.grouping else found[0] for key, found in keyed.items()}
        return object_value(grouped).marked(marks)

    def _splat(self, node: syntax.Splat) -> Value:
        of = self.value(node.of)
        elements = operations.splat_elements(of, node.at)
        if elements is None:
            return unknown_of(DYNAMIC).marked(of.marks)
        results: list[Value] = []
        for element in elements:
            self._splat_items[id(node.item)] = element
            results.append(self.value(node.each))
        return operations.splat_result(of, results).marked(of.marks)

    def _template(self, node: syntax.Template) -> Value:
        if len(node.parts) == 1:
            (part,) = node.parts
            if isinstance(part, syntax.Text):
                return string(part.text, (Span(0, part.at.file, part.at.line, part.advances),))
            if not isinstance(part, (syntax.TemplateIf, syntax.TemplateFor)):
                return self.value(part)
        return self._text(node.parts, node.at)

    def _text(self, parts: tuple[TemplatePart, ...], at: Origin) -> Value:
        """Concatenate template parts, keeping where each piece of text comes from."""
        pieces: list[str] = []
        spans: list[Span] = []
        marks = NO_MARKS
        length = 0
        known = True
        for part in parts:
            piece = self._piece(part)
            marks |= piece.marks
            known = known and piece.is_known
            text = _known_text(piece)
            spans.extend(moved_spans(piece, length, part.at))
            pieces.append(text)
            length += len(text)
        self.budget.spend(at, text=length)
        made = "".join(pieces)
        return (string(made, limit_spans(spans)) if known else _text_with_holes(made, spans)).marked(marks)

    def _piece(self, part: TemplatePart) -> Value:
        match part:
            case syntax.Text():
                return Value(STRING, part.text, NO_MARKS, (Span(0, part.at.file, part.at.line, part.advances),))
            case syntax.TemplateIf():
                condition = operations.condition(self.value(part.condition), part.at, "Incorrect condition type")
                if not condition.is_known:
                    return unknown_of(STRING).marked(condition.marks)
                return self._text(part.yes if condition.raw else part.no, part.at).marked(condition.marks)
            case syntax.TemplateFor():
                return self._repeated(part)
            case _:
                return self._interpolated(self.value(part), part.at)

    def _interpolated(self, found: Value, at: Origin) -> Value:
        problem = "Invalid template interpolation value"
        if found.is_null:
            raise EvaluationError(at.file, at.line, f"{problem}: the result is null, which no string can include")
        try:
            return convert(found, STRING)
        except ConversionError:
            shown = friendly(found.type)
            raise EvaluationError(
                at.file, at.line, f"{problem}: cannot include the given value in a string, which is {shown}"
            ) from None

    def _repeated(self, part: syntax.TemplateFor) -> Value:
        collection = self.value(part.collection)
        pairs = operations.pairs(collection, part.at)
        if pairs is None:
            return unknown_of(STRING).marked(collection.marks)
        pieces: list[str] = []
        spans: list[Span] = []
        marks = collection.marks
        length = 0
        known = True
        for key, item in pairs:
            piece = self.within(_loop_names(part.key_name, part.value_name, key, item))._text(part.parts, part.at)  # noqa: SLF001  # the same class
            marks |= piece.marks
            known = known and piece.is_known
            text = _known_text(piece)
            spans.extend(moved_spans(piece, length, part.at))
            pieces.append(text)
            length += len(text)
            self.budget.spend(part.at, text=len(text))
        made = "".join(pieces)
        if not known:
            return _text_with_holes(made, spans).marked(marks)
        return Value(STRING, made, marks, limit_spans(spans))


def _known_text(piece: Value) -> str:
    if isinstance(piece.raw, str):
        return piece.raw
    return HOLE if piece.partly is None else piece.partly


def _text_with_holes(text: str, spans: list[Span]) -> Value:
    return Value(STRING, Unknown.NOT_NULL, NO_MARKS, limit_spans(spans), text)


def moved_spans(piece: Value, offset: int, at: Origin) -> list[Span]:
    """Move the spans of a piece of text to where it stands in a longer one."""
    if not piece.spans:
        return [Span(offset, at.file, at.line, advances=False)] if piece.raw else []  # an unknown one is a hole
    return [Span(span.offset + offset, span.file, span.line, span.advances) for span in piece.spans]


def _loop_names(key_name: str, value_name: str, key: Value, item: Value) -> dict[str, Value]:
    return {key_name: key, value_name: item} if key_name else {value_name: item}
