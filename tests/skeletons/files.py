"""Write new files and put lines into old ones; nothing that exists is overwritten."""

from __future__ import annotations

from pathlib import Path


class SkeletonError(Exception):
    """The name cannot be used, or a file is not as the skeleton expects it."""


class Files:
    """The files that one skeleton writes.

    Args:
        root: Of the project.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self.written: dict[Path, str] = {}

    def new(self, name: str, text: str) -> None:
        """Plan a file that must not exist yet."""
        path = self._root / name
        if path.exists():
            raise SkeletonError(f"{name} exists already: choose another name, or remove what an earlier try has left")
        self.written[path] = text

    def after(self, name: str, anchor: str, addition: str) -> None:
        """Plan to put text behind the first place where a text stands in an existing file."""
        path = self._root / name
        text = self.written.get(path) or path.read_text()
        if anchor not in text:
            raise SkeletonError(f"expected {anchor!r} in {name}, to put {addition!r} behind it: put it there by hand")
        self.written[path] = text.replace(anchor, anchor + addition, 1)

    def write(self) -> tuple[Path, ...]:
        """Write everything that was planned, and give the paths."""
        for path, text in self.written.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return tuple(self.written)
