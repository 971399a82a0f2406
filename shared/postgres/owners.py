"""Get past settings that the owner of a database or a role made, and that end the sessions of a reader.

Each can be overridden in the first message of a connection. Not every pooler lets them through there, and a server
refuses one that it does not know, so they are sent only after a connection without them was cut off.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import TypeVar

from shared.postgres.failures import CLOSED, TargetError
from shared.targets import FailureKind

Result = TypeVar("Result")
Overrides = dict[str, str]
"""Setting → value, as sent in the first message."""

_TIMEOUTS = {
    "25P03": {"idle_in_transaction_session_timeout": "0"},
    "25P04": {"transaction_timeout": "0"},
    "57P05": {"idle_session_timeout": "0"},
}
ENDS_SESSIONS: Mapping[str, Overrides] = {
    **_TIMEOUTS,
    # A server that ends an idle session says why when nobody listens yet: it may have been any of them.
    CLOSED: {name: value for overrides in _TIMEOUTS.values() for name, value in overrides.items()},
}
ENDS_CONNECTING: Mapping[str, Overrides] = {
    **ENDS_SESSIONS,
    "42501": {"local_preload_libraries": ""},
    "57014": {"statement_timeout": "0"},
    "58P01": {"local_preload_libraries": ""},
}
"""SQLSTATE that a session ends with → what may have ended it (errcodes-appendix.html, runtime-config-client.html)."""

_UNKNOWN_SETTING = "42704"
_REFUSED_SETTING = "08P01"  # what pgbouncer says to a setting that it does not pass on
_NOT_EVERYWHERE = "transaction_timeout"  # since version 17
_TRIES = 3  # after the first; a server that ends each for another reason is not followed for ever


async def get_past(
    act: Callable[[Overrides], Awaitable[Result]], causes: Mapping[str, Overrides], overrides: Overrides | None = None
) -> Result:
    """Act; where an owner's setting cut that off, act once more with it overridden.

    Args:
        act: Connects with these overrides, and does what is to be done.
        causes: `ENDS_SESSIONS` or `ENDS_CONNECTING`.
        overrides: What is overridden from the beginning.

    Raises:
        TargetError: The act's own; `unsupported`, naming the settings, when they cannot be overridden.
    """
    sent = dict(overrides or {})
    for _ in range(_TRIES):
        try:
            return await act(sent)
        except TargetError as error:
            following = _following(error, causes, sent)
            if following is None:
                raise
            sent = following
    return await act(sent)


def _following(error: TargetError, causes: Mapping[str, Overrides], sent: Overrides) -> Overrides | None:
    """Say what to override next; None when overriding more would not help."""
    if error.code == _UNKNOWN_SETTING and _NOT_EVERYWHERE in sent:
        return {name: value for name, value in sent.items() if name != _NOT_EVERYWHERE}
    if error.code == _REFUSED_SETTING and sent:
        raise _insurmountable(sent, error) from None
    more = causes.get(error.code, {})
    if more and sent:  # more than one of them: override all, so that there is an end
        more = {name: value for overrides in causes.values() for name, value in overrides.items()}
    return {**sent, **more} if set(more) - set(sent) - {_NOT_EVERYWHERE} or set(more) == {_NOT_EVERYWHERE} else None


def _insurmountable(sent: Overrides, error: TargetError) -> TargetError:
    return TargetError(
        FailureKind.UNSUPPORTED,
        f"a setting of the database or the role ends every session ({' or '.join(sorted(sent))}), and what stands "
        f"between does not let it be overridden: reset it (ALTER ROLE, ALTER DATABASE), or connect directly; {error}",
    )
