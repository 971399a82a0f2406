"""What the OpenAPI document says of every text: Litestar describes routes, this what holds for all of them."""

from __future__ import annotations

from typing import Any

from litestar import Request
from litestar.openapi.plugins import JsonRenderPlugin

_NO_NUL = r"^[^\u0000]*$"
_NO_CONTENT = "204"
_SAYS_MORE = frozenset({"pattern", "format", "enum", "const"})


class DocumentPlugin(JsonRenderPlugin):
    """Serves the document as JSON."""

    def render(self, request: Request[Any, Any, Any], openapi_schema: dict[str, Any]) -> bytes:
        """Write the OpenAPI document as JSON."""
        return super().render(request, complete(openapi_schema))


def complete(document: dict[str, Any]) -> dict[str, Any]:
    """Say of every text in a request that it has no NUL, and of a parameter whether it may be empty.

    PostgreSQL keeps NUL in no text. A parameter whose default is an empty text may be given so. An answer that has no
    content is not said to have one.

    Args:
        document: Of Litestar, as plain values; it is left as it is.
    """
    paths = {path: {method: _request(route) for method, route in routes.items()} for path, routes in _paths(document)}
    return {**document, "paths": paths}


def _paths(document: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    return list(document["paths"].items())


def _request(route: Any) -> Any:
    if not isinstance(route, dict):
        return route
    asked = {key: _without_nul(route[key]) for key in ("parameters", "requestBody") if key in route}
    if "parameters" in asked:
        asked["parameters"] = [_perhaps_empty(parameter) for parameter in asked["parameters"]]
    if "responses" in route:
        asked["responses"] = {status: _answer(status, answer) for status, answer in route["responses"].items()}
    return {**route, **asked}


def _answer(status: str, answer: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in answer.items() if key != "content"} if status == _NO_CONTENT else answer


def _perhaps_empty(parameter: dict[str, Any]) -> dict[str, Any]:
    if parameter["in"] != "query" or parameter["schema"].get("default") != "":
        return parameter
    return {**parameter, "allowEmptyValue": True}


def _without_nul(part: Any) -> Any:
    if isinstance(part, list):
        return [_without_nul(each) for each in part]
    if not isinstance(part, dict):
        return part
    inner = {key: _without_nul(value) for key, value in part.items()}
    if part.get("type") == "string" and not _SAYS_MORE & part.keys():
        return {**inner, "pattern": _NO_NUL}
    return inner
