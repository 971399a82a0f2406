"""The options of the log, for every verb that has something to log."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import click

_LEVELS = ("debug", "info", "warning", "error")
_FORMATS = ("text", "json")


def log_options(default: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Add `--log-level` and `--log-format`, and set up logging before the verb runs.

    Args:
        default: The level without an option. A verb that ends with a report logs warnings only: its output is for the
            terminal. A service logs what it does (`info`): the log is all that anybody sees of it.
    """

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        @click.option(
            "--log-level",
            type=click.Choice(_LEVELS),
            default=default,
            show_default=True,
            envvar="FLEETDRIFT_LOG_LEVEL",
            help="Least level of the events that are logged to stderr; docs/logs.md lists them.",
        )
        @click.option(
            "--log-format",
            type=click.Choice(_FORMATS),
            default="text",
            show_default=True,
            envvar="FLEETDRIFT_LOG_FORMAT",
            help="How each line of the log is written.",
        )
        @functools.wraps(function)
        def wrapper(*args: Any, log_level: str, log_format: str, **kwargs: Any) -> Any:
            from shared.events.event import LogLevel  # lazy: cold start
            from shared.logs import LogFormat, configure_logging

            configure_logging(LogLevel[log_level.upper()], LogFormat(log_format))
            return function(*args, **kwargs)

        return wrapper

    return decorate
