"""How routes answer: what was found, as JSON or CSV; and how they read a body."""

from __future__ import annotations

from typing import Any, TypeVar

import msgspec
from litestar import Request, Response
from litestar.exceptions import NotFoundException, ValidationException

T = TypeVar("T")
S = TypeVar("S", bound=msgspec.Struct)


def found(value: T | None, what: str) -> T:
    """Insist that something was found."""
    if value is None:
        raise NotFoundException(f"there is no such {what}")
    return value


def table_or_page(request: Request[Any, Any, Any], page: T, table: str) -> Response[T]:
    """Answer with CSV where the client asks for it before JSON, else with the page."""
    chosen = request.accept.best_match(["application/json", "text/csv"], default="application/json")
    if chosen == "text/csv":
        return Response(table, media_type="text/csv", headers={"Vary": "Accept"})  # type: ignore[arg-type]  # text
    return Response(page, headers={"Vary": "Accept"})


def decoded(body: bytes, kind: type[S]) -> S:
    """Read a request's body; an empty one has every default."""
    if not body.strip():
        return kind()
    try:
        return msgspec.json.decode(body, type=kind)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise ValidationException(f"body: {error}") from None
