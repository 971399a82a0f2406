"""The value of one variable, as a command line or a configuration gives it."""

from __future__ import annotations

import msgspec


class Assignment(msgspec.Struct, frozen=True):
    """One `--var` or `--var-file`, in the order given: an empty `name` makes `value` a file."""

    name: str
    value: object
