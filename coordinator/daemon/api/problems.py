"""Errors of the HTTP API as `application/problem+json` (RFC 9457), whoever found them."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

import msgspec
from litestar import Request, Response
from litestar.exceptions import HTTPException
from litestar.openapi.datastructures import ResponseSpec

from coordinator.memory.views import LabelError
from coordinator.records.fleet_records import CursorError
from coordinator.records.kept_ignores import IgnoreError
from coordinator.store.connection import StoreError, StoreValueError
from shared.formats import FormatError

PROBLEM_JSON = "application/problem+json"


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """Why a request is not answered as asked.

    Args:
        type: Names the kind of problem; `about:blank` means that the status says it.
        title: What the status means.
        status: The HTTP status.
        detail: What was expected, what was found, and what to do, in a sentence.
    """

    type: str = "about:blank"
    title: str
    status: int
    detail: str


def problem(status: int, detail: str) -> Problem:
    """Make the answer of a status."""
    return Problem(title=HTTPStatus(status).phrase, status=status, detail=detail)


def problem_response(status: int, detail: str, headers: dict[str, str] | None = None) -> Response[Any]:
    """Answer with a problem."""
    return Response(problem(status, detail), status_code=status, media_type=PROBLEM_JSON, headers=headers)


def _of_http(_: Request[Any, Any, Any], error: HTTPException) -> Response[Any]:
    """Answer what Litestar found: no such path, a parameter of another type, a body that is no JSON."""
    fields = error.extra if isinstance(error.extra, list) else []
    said = [_field(each) for each in fields if isinstance(each, dict)]
    detail = "; ".join(said) or error.detail
    return problem_response(error.status_code, detail, dict(error.headers or {}))


def _field(error: dict[str, Any]) -> str:
    return f"{error.get('key') or error.get('source') or 'body'}: {error.get('message', 'is not as expected')}"


def _of_value(_: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    return problem_response(HTTPStatus.BAD_REQUEST, str(error))


def _of_label(_: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    return problem_response(HTTPStatus.BAD_REQUEST, f"label: {error}")


def _of_ignore(_: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    return problem_response(HTTPStatus.CONFLICT, str(error))


def _of_store(_: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    return problem_response(HTTPStatus.SERVICE_UNAVAILABLE, str(error))


def _of_format(_: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    return problem_response(HTTPStatus.INTERNAL_SERVER_ERROR, str(error))


def _of_bug(_: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    """Answer what nobody foresaw: its type, because its text may quote a secret."""
    return problem_response(HTTPStatus.INTERNAL_SERVER_ERROR, f"internal error ({type(error).__name__})")


HANDLERS: dict[int | type[Exception], Any] = {
    HTTPException: _of_http,
    CursorError: _of_value,
    StoreValueError: _of_value,
    LabelError: _of_label,
    IgnoreError: _of_ignore,
    StoreError: _of_store,
    FormatError: _of_format,
    Exception: _of_bug,
}
"""What answers each error."""

_DESCRIPTIONS = {
    400: "A parameter, or the body, is not as described here.",
    401: "Nobody is recognised: a bearer token is needed, or a session.",
    403: "The caller lacks the scope or the fleet, or the page that asks is not the coordinator's own.",
    404: "There is no such thing, or no such fleet.",
    409: "The scan is over.",
    413: "The body is larger than a request may be.",
    429: "This client asks too often.",
    500: "What is stored cannot be read by this release, or a bug.",
    503: "The store is away.",
}


def documented(*statuses: int) -> dict[int, ResponseSpec]:
    """Describe the problems with which a route may answer, for the OpenAPI document; those of every route are added."""
    return {
        status: ResponseSpec(
            Problem,
            generate_examples=False,
            description=_DESCRIPTIONS[status],
            media_type=PROBLEM_JSON,
        )
        for status in sorted({400, 401, 403, 404, 413, 429, 500, 503, *statuses})
    }
