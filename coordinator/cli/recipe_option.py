"""`--recipe`, an option of the commands that make plans."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click
import msgspec

from coordinator.settings.model import Settings
from shared.kinds.context import Recipe

_HELP = "How a change that writes every row anew is made: in one statement that everybody waits for, or in many."


def recipe_option(default: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Add `--recipe`; the function gets a `Recipe`, or None where the option is not given.

    Args:
        default: What counts without the option, in words for the help.
    """
    return click.option(
        "--recipe",
        type=click.Choice([recipe.value for recipe in Recipe]),
        callback=lambda _context, _option, name: Recipe(name) if name else None,
        help=f"{_HELP}  [default: {default}]",
    )


def with_recipe(settings: Settings, recipe: Recipe | None) -> Settings:
    """Give the configuration with the recipe of the command line, which counts more than `[scan] recipe`."""
    if recipe is None:
        return settings
    scan = msgspec.structs.replace(settings.file.scan, recipe=recipe)
    return msgspec.structs.replace(settings, file=msgspec.structs.replace(settings.file, scan=scan))
