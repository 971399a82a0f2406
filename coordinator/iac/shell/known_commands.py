"""The table of known commands, `known_commands.toml`."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import msgspec


class FolderTool(msgspec.Struct, frozen=True):
    """A tool whose folder of migrations is the declaration; the table says what each field means."""

    verbs: tuple[str, ...]
    folder: tuple[str, ...]
    default: str
    files: str
    url: tuple[str, ...] = ()


class Wrapper(msgspec.Struct, frozen=True):
    """A program that runs another command: its options with a value, and how many words of its own."""

    short: str = ""
    long: tuple[str, ...] = ()
    words: int = 0


class _Harmless(msgspec.Struct, frozen=True):
    names: frozenset[str]


class KnownCommands(msgspec.Struct, frozen=True):
    """The whole table."""

    folders: dict[str, FolderTool]
    unread: dict[str, str]
    harmless_verbs: dict[str, frozenset[str]]
    harmless: _Harmless
    wrappers: dict[str, Wrapper]
    images: dict[str, str]


@lru_cache(maxsize=1)
def known_commands() -> KnownCommands:
    """Read the table."""
    return msgspec.toml.decode(Path(__file__).with_suffix(".toml").read_bytes(), type=KnownCommands)
