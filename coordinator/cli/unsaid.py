"""Keep what a command was given out of its error messages, where that may hold a password."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from shared.postgres.url import may_hold_secret

_BLANK = "***"
_TELLS = frozenset({"--label", "--tenants", "--tenant", "--output"})
"""Options whose value is no secret though it may look like one (`tier=gold`): without it an error says nothing."""


def without_secrets(message: str, arguments: Iterable[str]) -> str:
    """Blank each argument of the command line that may be a connection string, as a whole and in its words."""
    given = tuple(arguments)
    told = {place + 1 for place, argument in enumerate(given) if argument in _TELLS}
    suspects = {argument for place, argument in enumerate(given) if place not in told}
    for argument in sorted(suspects, key=len, reverse=True):
        for text in (argument, *argument.split()):
            if may_hold_secret(text):
                for spelling in (text, str(Path(text)), repr(text), repr(text)[1:-1]):
                    message = message.replace(spelling, _BLANK)
    return message
