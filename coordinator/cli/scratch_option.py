"""`--scratch`, an option of every command that rebuilds schemas."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import click

from shared.embedded.installations import SCRATCH_VARIABLE


def scratch_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--scratch`: it counts more than the environment, which counts more than the configuration."""
    return click.option(
        "--scratch",
        metavar="URL",
        expose_value=False,
        callback=_use,
        help=f"A PostgreSQL for throw-away databases; else ${SCRATCH_VARIABLE}, [scratch], or one that is started.",
    )(function)


def _use(_context: click.Context, _option: click.Parameter, url: str | None) -> None:
    """Hand the URL on as the environment variable does: there is one place that decides which server is used."""
    if url:
        os.environ[SCRATCH_VARIABLE] = url
