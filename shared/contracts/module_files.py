"""Which files of a crate are compiled: a module that is declared behind a `cfg` takes its file with it."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Sequence

from shared.contracts.tokens import Source

_ROOTS = frozenset({"lib.rs", "main.rs", "mod.rs"})
"""Files whose modules lie beside them; those of any other file lie in a folder of its name."""


def compiled_files(sources: Sequence[Source]) -> list[Source]:
    """Leave out the files of modules that are declared behind a `cfg` which does not hold.

    A module's file is found as rustc finds it (The Rust Reference, "Module source filenames"), but for `#[path]`.
    """
    gone = tuple(place for source in sources for place in _places(source))
    return [source for source in sources if not source.path.startswith(gone)] if gone else list(sources)


def _places(source: Source) -> Iterator[str]:
    """Give the beginnings of the paths of the modules that a file leaves out."""
    folder, name = posixpath.split(source.path)
    home = folder if name in _ROOTS else posixpath.join(folder, name.removesuffix(".rs"))
    for module in sorted(source.left_out):
        place = posixpath.join(home, module)
        yield f"{place}.rs"
        yield f"{place}/"
