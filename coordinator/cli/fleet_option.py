"""`--fleet`: which one of a configuration's fleets a command is about."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

Function = TypeVar("Function", bound=Callable[..., Any])

_VARIABLE = "FLEETDRIFT_FLEET"
_CHOSEN = "coordinator.cli.fleet"


def fleet_option(function: Function) -> Function:
    """Add `--fleet`, which `chosen_fleet` gives while the command runs."""
    return click.option(
        "--fleet",
        envvar=_VARIABLE,
        default="",
        metavar="NAME",
        expose_value=False,
        callback=_note,
        help="Which fleet, where the configuration or the coordinator has several.",
    )(function)


def _note(context: click.Context, _: click.Parameter, name: str) -> None:
    context.meta[_CHOSEN] = name


def chosen_fleet() -> str:
    """Give the fleet that the command line or the environment names; empty where neither does."""
    context = click.get_current_context(silent=True)
    return str(context.meta.get(_CHOSEN, "")) if context is not None else ""
