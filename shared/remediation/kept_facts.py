"""The facts of objects that a plan drops and makes again, as the tenant's server answers when it is asked for them.

They are data: names and texts that are quoted where they are used (`kept_sql`). Whoever applies a plan holds them, in
memory and in a file of its own, and never on the tenant's server.
"""

from __future__ import annotations

import msgspec

SETTING = "fleetdrift.kept"
"""The setting by which whoever applies a plan hands the facts to a statement, within the transaction of both."""


class FactsError(Exception):
    """The server's answer is not what a KEEP statement asks for; the message is one sentence."""


class Granted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One privilege on an object, or on a column of it; `grantee` may be `public`, as no role is called."""

    part: str | None
    grantor: str
    grantee: str
    privilege: str
    grantable: bool


class Comment(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A comment on an object or on a column of it."""

    part: str | None
    text: str


class Label(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A security label of an object or of a column of it."""

    part: str | None
    provider: str
    text: str


class Facts(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What one object has; None for what was not asked for.

    Args:
        owner: Name of its owner; None for an object that has none of its own.
        grants: In the order in which they were given.
        comments: On it and its columns.
        labels: The same.
        position: Of a sequence: the last value, and whether it was given out.
    """

    owner: str | None = None
    grants: tuple[Granted, ...] | None = None
    comments: tuple[Comment, ...] | None = None
    labels: tuple[Label, ...] | None = None
    position: tuple[int, bool] | None = None


KeptFacts = dict[str, Facts]
"""Facts by the keyword and name of the object: `VIEW "public"."v"`."""

_decoder: msgspec.json.Decoder[KeptFacts] = msgspec.json.Decoder(KeptFacts)


def read_facts(answer: str | None) -> KeptFacts:
    """Read the answer to a KEEP statement.

    Raises:
        FactsError: When it is something else.
    """
    try:
        return _decoder.decode(answer or "")
    except msgspec.DecodeError as error:
        raise FactsError(f"expected owners, grants and comments in the server's reply, found {error}") from None


def write_facts(facts: KeptFacts) -> str:
    """Write facts as the statements that need them read them, in one line."""
    return msgspec.json.encode(facts).decode()
