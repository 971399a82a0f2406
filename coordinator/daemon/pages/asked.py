"""What a page was asked for: values of its form, each read once, empty ones left out."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import TypeVar

from litestar.exceptions import ValidationException

E = TypeVar("E", bound=StrEnum)

_DAYS_AT_MOST = 36500


def chosen(name: str, text: str, choices: type[E]) -> E | None:
    """Read a choice of a form; none when nothing is chosen.

    Raises:
        ValidationException: When the text is none of the choices.
    """
    if not text:
        return None
    try:
        return choices(text)
    except ValueError:
        known = ", ".join(choice.value for choice in choices)
        raise ValidationException(f"{name}: expected one of {known}, found {text!r}") from None


def days_ago(days: int) -> dt.datetime:
    """Give the moment so many days ago; more than a century counts as one."""
    return dt.datetime.now(dt.UTC) - dt.timedelta(days=min(max(days, 0), _DAYS_AT_MOST))
