"""What a shell command comes to: SQL for a database, a folder of migrations, or something that cannot be known."""

from __future__ import annotations

import msgspec

from coordinator.iac.located_text import LocatedText
from coordinator.iac.sql.connections import Destination
from shared.schema.schema import MayDeclare


class ShellSql(msgspec.Struct, frozen=True, kw_only=True):
    """A text of SQL that a command passes to a database.

    Args:
        text: The SQL, a `HOLE` in it for what is not known.
        destination: Where it is sent.
        doubt: Why it is not known whether the command runs at all; empty when it does.
    """

    text: LocatedText
    destination: Destination = Destination()
    doubt: str = ""


class ShellFolder(msgspec.Struct, frozen=True, kw_only=True):
    """A folder whose migrations a tool applies.

    Args:
        tool: Which tool.
        folder: Relative to the root module's folder.
        offset: Of the command, for messages.
        destination: Where they are applied.
        doubt: As in `ShellSql`.
    """

    tool: str
    folder: str
    offset: int
    destination: Destination = Destination()
    doubt: str = ""


class ShellGap(msgspec.Struct, frozen=True, kw_only=True):
    """A command whose effect on a database is not known.

    Args:
        reason: Why.
        offset: Where it stands in the script.
        may: What it may declare.
        file: The script that holds it, where that is a file of its own; `offset` counts within it then.
    """

    reason: str
    offset: int
    may: MayDeclare = MayDeclare()


Effect = ShellSql | ShellFolder | ShellGap
