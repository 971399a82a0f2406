"""What only tests use is not part of the product: it is deleted with its tests, or the product calls it."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
MODULES = sorted(path for room in ("shared", "workers", "coordinator") for path in (ROOT / room).rglob("*.py"))
TEMPLATES = sorted((ROOT / "coordinator").rglob("*.j2"))

CALLED_FROM_OUTSIDE = {
    "coordinator.cli.report_output.OutputType.get_metavar": "click calls it",
    "coordinator.cli.source_options.InOrder.parse_args": "click calls it",
    "coordinator.cli.main.LazyGroup.format_commands": "click calls it",
    "coordinator.cli.main.LazyGroup.get_command": "click calls it",
    "coordinator.cli.main.LazyGroup.list_commands": "click calls it",
    "coordinator.daemon.api.protocol.BoundedProtocol.on_response_complete": "uvicorn calls it",
    "coordinator.daemon.api.serve._Server.capture_signals": "uvicorn calls it",
    "coordinator.daemon.api.serve._Server.startup": "uvicorn calls it",
    "coordinator.daemon.api.app.openapi_document": "docs/schemas/openapi.json is made with it",
    "coordinator.notify.sinks._NoRedirects.redirect_request": "urllib calls it",
    "coordinator.records.remote._NoRedirects.redirect_request": "urllib calls it",
    "shared.postgres.authentication.WatchingLoop.create_connection": "asyncpg calls it",
    "shared.postgres.authentication._Watcher.eof_received": "the event loop calls it",
    "shared.postgres.authentication._Watcher.pause_writing": "the event loop calls it",
    "shared.postgres.authentication._Watcher.resume_writing": "the event loop calls it",
    "workers.redis_pool._Client.execute_command": "redis-py calls it",
}
"""Public names that the product does not call itself, each with the reason why it stays."""

DECORATED_BY = frozenset({"command", "group", "get", "post", "delete", "task", "app"})
"""Decorators that register a function with click, Litestar or Celery, which call it."""


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


def definitions(path: Path) -> Iterator[tuple[str, str, ast.AST]]:
    """Give (qualified name, name, node) of the public functions and classes of a module, and the classes' methods."""
    for node in parsed(path).body:
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            continue
        yield f"{module_of(path)}.{node.name}", node.name, node
        for member in node.body if isinstance(node, ast.ClassDef) else ():
            if isinstance(member, ast.FunctionDef | ast.AsyncFunctionDef):
                yield f"{module_of(path)}.{node.name}.{member.name}", member.name, member


def module_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def mentions(tree: ast.AST) -> Counter[str]:
    """Count the names that code mentions: variables, attributes, and imports."""
    found: Counter[str] = Counter()
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name) | ast.Attribute(attr=name):
                found[name] += 1
            case ast.ImportFrom(names=aliases):
                found.update(alias.name for alias in aliases)
            case ast.MatchClass(kwd_attrs=names):
                found.update(names)
            case _:
                pass
    return found


def is_registered(node: ast.AST) -> bool:
    decorators = (mentions(decorator) for decorator in getattr(node, "decorator_list", ()))
    return any(DECORATED_BY & names.keys() for names in decorators)


@cache
def unused() -> list[str]:
    used: Counter[str] = Counter()
    for path in MODULES:
        if path.name != "__init__.py":  # to export a name again is not to call it
            used += mentions(parsed(path))
    for template in TEMPLATES:
        used.update("".join(c if c.isalnum() or c == "_" else " " for c in template.read_text()).split())
    return [
        qualified
        for path in MODULES
        for qualified, name, node in definitions(path)
        if not name.startswith("_") and not is_registered(node) and used[name] <= mentions(node)[name]
    ]


def test_every_public_function_class_and_method_has_a_caller_in_the_product():
    assert [name for name in unused() if name not in CALLED_FROM_OUTSIDE] == []


def test_no_reason_is_kept_for_a_name_that_is_gone_or_called():
    assert set(CALLED_FROM_OUTSIDE) <= set(unused())
