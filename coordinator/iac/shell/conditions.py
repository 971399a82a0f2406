"""Decides the conditions of scripts that only ask for files and texts which are known."""

from __future__ import annotations

from coordinator.iac.located_text import HOLE
from coordinator.iac.shell.parsing import Node
from coordinator.iac.shell.words import Words
from coordinator.iac.source import SourceError


def holds(node: Node, words: Words) -> bool | None:  # noqa: PLR0911  # one return for each case
    """Return whether a condition holds; None when that is decided when the script runs."""
    if node.kind == "command" and node.children:
        return _of_words([word.text for child in node.children for word in words.fields(child)], words)
    if node.kind != "test_command":
        return None
    inner = next((child for child in node.children if child.kind.endswith("_expression")), None)
    if inner is None:
        return None
    if inner.kind == "unary_expression":
        parts = [words.text(child).text for child in inner.children]
        if inner.children[0].kind == "!":
            return None
        return _of_words(["test", *parts], words)
    if inner.kind == "binary_expression" and len(inner.children) == 3:  # noqa: PLR2004  # left, operator, right
        left, operator, right = (words.text(child).text for child in inner.children)
        if HOLE in left or HOLE in right:
            return None
        same = left == right
        return {"=": same, "==": same, "!=": not same}.get(operator)
    return None


def _of_words(found: list[str], words: Words) -> bool | None:  # noqa: PLR0911  # one return for each case
    match found:
        case ["true" | ":"]:
            return True
        case ["false"]:
            return False
        case ["test", "-f" | "-e" | "-r" | "-s" | "-d" | "-x" as operator, name]:
            path = words.scope.path(name)
            if path is None:
                return None
            try:
                real = words.scope.files.locate(path)
            except SourceError:
                return None
            return real.is_dir() if operator == "-d" else real.exists()
        case ["test", "-n" | "-z" as operator, text] if HOLE not in text:
            return bool(text) is (operator == "-n")
        case _:
            return None
