"""Options that the commands about schema sources share."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import click

from shared.schema.profile import EVERYTHING, Profile

source_help = (
    "A source is a .sql file, a directory of .sql, a Terraform directory, a CloudFormation template, "
    "a postgresql:// URL or a saved snapshot (.json)."
)


def profile_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--all`; the command receives `profile` and `everything`."""

    @click.option(
        "--all",
        "everything",
        is_flag=True,
        help="Compare owners, privileges, comments, labels and settings too, plan destructive statements, and let a "
        "superuser run what calls the database's own functions.",
    )
    @functools.wraps(function)
    def wrapper(*args: Any, everything: bool, **kwargs: Any) -> Any:
        profile = EVERYTHING if everything else Profile()
        return function(*args, profile=profile, everything=everything, **kwargs)

    return wrapper
