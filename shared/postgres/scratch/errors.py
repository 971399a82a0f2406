"""What can go wrong on a scratch server."""

from __future__ import annotations

from shared.postgres.failures import TargetError
from shared.targets import FailureKind


def words_of(error: Exception) -> str:
    """Give the message of an error without the details that PostgreSQL adds, some of which are whole rows."""
    return str(error.args[0]) if error.args else "no message"


class ScratchError(Exception):
    """A statement failed in a scratch database.

    Args:
        message: PostgreSQL's own words.
        number: Which of the statements given to `run`, from 0.
        sql: The statement.
        sqlstate: PostgreSQL's code.
        position: Character of `sql` the message is about, from 0.
    """

    def __init__(self, message: str, *, number: int, sql: str, sqlstate: str, position: int = 0) -> None:
        super().__init__(message)
        self.number = number
        self.sql = sql
        self.sqlstate = sqlstate
        self.position = position


class ScratchEndedError(TargetError):
    """The scratch server that was started here takes no connections any more."""

    def __init__(self) -> None:
        why = "the scratch server that was started here has ended, and it does not come back: something kills it"
        super().__init__(FailureKind.REFUSED, why)


class ScratchLostError(TargetError):
    """The scratch server ended a session that it was not asked to end: it crashed, or was stopped."""

    def __init__(self) -> None:
        super().__init__(FailureKind.REFUSED, "the scratch server went away")


class ScratchLimitError(TargetError):
    """A scratch database took more than its budget; says of what."""

    def __init__(self, message: str) -> None:
        super().__init__(FailureKind.LIMIT, message)
