"""Verdicts about queries whose objects could not be rebuilt: what fails on the copy need not fail at the tenant."""

from __future__ import annotations

import re

import msgspec

from shared.contracts.contract import Verdict, VerdictStatus
from shared.postgres.scratch.unbuilt import Unbuilt

_WORD = re.compile(r"\w+")
_UNDEFINED = frozenset({"42883", "42704"})
"""Undefined function and undefined object (a type, an operator class): what an extension would have brought."""


def where_decided(verdict: Verdict, unbuilt: tuple[Unbuilt, ...]) -> Verdict:
    """Give a verdict as it is where the copy could decide it, else as unverified with the reason.

    Args:
        verdict: As the copy without these objects gave it.
        unbuilt: What is not in the copy.
    """
    if not verdict.status.counts:
        return verdict
    words = {word.lower() for word in _WORD.findall(verdict.subject)}
    for each in unbuilt:
        lacking = verdict.sqlstate in _UNDEFINED and each.object.kind == "extension"
        if lacking or words.intersection(_WORD.findall(each.object.name.lower())):
            reason = f"{each.reason}; without it: {verdict.reason}"
            return msgspec.structs.replace(verdict, status=VerdictStatus.UNVERIFIED, reason=reason)
    return verdict
