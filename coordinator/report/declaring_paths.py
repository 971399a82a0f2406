"""How a renderer asks where the files of origins lie in their repository; it looks at no disk itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable

PathsOf = Callable[[str], tuple[str, ...]]
"""Gives the path of an origin's file in its repository; several where it is not known which source is meant."""

DeclaringPaths = Callable[[Iterable[str]], PathsOf]
"""Gives that for the declarations of some tenants."""


def as_origins_say(_tenants: Iterable[str]) -> PathsOf:
    """Leave files relative to their source: nothing is known of the repository."""
    return lambda file: (file,)
