"""Forms that a page sends."""

from __future__ import annotations

from urllib.parse import parse_qsl

from litestar.exceptions import ValidationException

_FIELDS_AT_MOST = 20


def form_fields(body: bytes) -> dict[str, str]:
    """Read the fields of a form that was sent.

    Raises:
        ValidationException: When it is no form of a page.
    """
    try:
        return dict(parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=_FIELDS_AT_MOST))
    except ValueError:
        raise ValidationException("expected the fields of a form") from None
