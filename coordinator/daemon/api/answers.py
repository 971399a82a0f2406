"""How routes answer: what was found, as JSON or CSV; and how they read a body."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, TypeVar

import msgspec
from litestar import Request, Response
from litestar.exceptions import NotFoundException, ValidationException
from litestar.params import QueryParameter

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


Moment = Annotated[str | None, QueryParameter(schema_extra={"format": "date-time"})]
"""A parameter that is a moment. Litestar would take a number for one too."""


def moment_of(text: str | None, name: str) -> dt.datetime | None:
    """Read a parameter that is a moment; one that names no zone is in UTC.

    Args:
        text: RFC 3339, or none.
        name: Of the parameter.

    Raises:
        ValidationException: When it is none.
    """
    if text is None:
        return None
    try:
        moment = msgspec.convert(text, dt.datetime)
    except msgspec.ValidationError as error:
        raise ValidationException(f"{name}: {error}") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)


def place(pattern: str) -> QueryParameter:
    """Describe the parameter `after`, whose value an earlier page gave; a route itself says what is wrong with another.

    Args:
        pattern: What such a value looks like, as a regular expression.
    """
    return QueryParameter(schema_extra={"pattern": f"^({pattern})?$"})


def decoded(body: bytes, kind: type[S]) -> S:
    """Read a request's body; an empty one has every default.

    Raises:
        ValidationException: When it is no JSON, not as expected, or has a text with the character NUL, which PostgreSQL
            keeps in no text.
    """
    try:
        found = msgspec.json.decode(body if body.strip() else b"{}", type=kind)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise ValidationException(f"body: {error}") from None
    if _has_nul(msgspec.to_builtins(found)):
        raise ValidationException("body: a text may not have the character NUL")
    return found


def _has_nul(value: Any) -> bool:
    if isinstance(value, dict):
        return any(map(_has_nul, (*value.keys(), *value.values())))
    if isinstance(value, list | tuple):
        return any(map(_has_nul, value))
    return isinstance(value, str) and "\0" in value
