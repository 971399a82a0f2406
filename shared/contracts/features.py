"""Which cargo features are on, and what of a file a `cfg` attribute leaves out because of them."""

from __future__ import annotations

import posixpath
import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

On = frozenset[str] | None
"""The features of a crate that are on; None where nobody has said which: then all code is read."""


class FeaturesError(Exception):
    """The features that somebody named cannot be on; the message is the rest of a sentence."""


class Features:
    """The cargo features of a service that are on, crate by crate.

    Args:
        given: Features that somebody said are on, as `cargo build --no-default-features --features` takes them: `web`
            for every crate of the service, `api/web` for the crate api; `default` for a crate's default features. None
            where nobody has said.
        files: Content of the service's files by path; its `Cargo.toml` files say what each feature switches on.

    Raises:
        FeaturesError: When no crate declares one that is given.
    """

    def __init__(self, given: Sequence[str] | None, files: Mapping[str, bytes]) -> None:
        self._on: dict[str, set[str]] | None = None
        if given is None:
            return
        crates = {posixpath.dirname(path): tables for path, tables in _manifests(files)}
        self._on = {folder: set() for folder in crates}
        for feature in given:
            if not self._switch_on(feature, crates, crates) and feature != "default":
                known = sorted({name for tables in crates.values() for name in _declared(tables)})
                said = f"it declares {', '.join(known)}" if known else "it declares none"
                raise FeaturesError(f"no Cargo.toml declares a feature {feature!r}: {said}")

    def of_file(self, path: str) -> On:
        """Give the features that are on for a file: those of the nearest crate above it."""
        if self._on is None:
            return None
        folder = posixpath.dirname(path)
        while folder and folder not in self._on:
            folder = posixpath.dirname(folder)
        return frozenset(self._on.get(folder, ()))

    def _switch_on(self, feature: str, crates: Mapping[str, Mapping[str, Any]], within: Iterable[str]) -> bool:
        """Switch a feature on with what it implies; say whether any of the crates declares it."""
        assert self._on is not None, "features were given"
        crate, _, name = feature.removeprefix("dep:").rpartition("/")
        meant = [folder for folder in (crates if crate else within) if not crate or _is(crates[folder], folder, crate)]
        found = False
        for folder in meant:
            declared = _declared(crates[folder])
            if name not in declared:
                continue
            found = True
            if name not in self._on[folder]:
                self._on[folder].add(name)
                for implied in declared[name]:
                    self._switch_on(implied, crates, [folder])
        return found


def _manifests(files: Mapping[str, bytes]) -> Iterable[tuple[str, Mapping[str, Any]]]:
    for path in sorted(files):
        if posixpath.basename(path) == "Cargo.toml":
            try:
                yield path, tomllib.loads(files[path].decode())
            except (tomllib.TOMLDecodeError, UnicodeDecodeError):
                continue  # named with its place by `shared.contracts.cargo`


def _declared(tables: Mapping[str, Any]) -> dict[str, Sequence[str]]:
    """Give the features that a Cargo.toml declares, with what each implies; optional crates are features as well."""
    features = tables.get("features")
    found: dict[str, Sequence[str]] = {}
    for name, implied in features.items() if isinstance(features, dict) else ():
        found[str(name)] = tuple(map(str, implied))
    dependencies = tables.get("dependencies")
    for name, entry in dependencies.items() if isinstance(dependencies, dict) else ():
        if isinstance(entry, dict) and entry.get("optional"):
            found.setdefault(name, ())
    return found


def _is(tables: Mapping[str, Any], folder: str, crate: str) -> bool:
    package = tables.get("package")
    name = package.get("name", "") if isinstance(package, dict) else ""
    return crate.removesuffix("?") in {name, posixpath.basename(folder)}


def is_left_out(attribute: Sequence[str], on: On) -> bool:
    """Say whether an item with this attribute is not compiled into the service, or is for another database.

    Args:
        attribute: The tokens between its brackets: `cfg`, `(`, `feature`, `=`, `"web"`, `)`.
        on: The features that are on.
    """
    if list(attribute[:2]) != ["cfg", "("]:
        path = attribute[: attribute.index("(")] if "(" in attribute else attribute
        return bool(path) and path[-1] in {"test", "bench"}
    if _means_another_database(attribute):
        return True
    holds = None if on is None else _Condition(attribute[2:-1], on).holds()
    return not holds if holds is not None else "test" in attribute and "not" not in attribute


def _means_another_database(condition: Sequence[str]) -> bool:
    """Say whether a `cfg` holds only where a service speaks to another database than PostgreSQL."""
    features = [text.strip('"').lower() for text in condition if text.startswith('"')]
    postgres = any("postgres" in feature or feature in {"pg", "psql"} for feature in features)
    others = any(re.search("sqlite|mysql|mssql|mariadb", feature) for feature in features)
    return (others and not postgres and "not" not in condition) or (postgres and not others and "not" in condition)


class _Condition:
    """A condition of `cfg` (The Rust Reference, "Conditional compilation"); what is not known decides nothing."""

    def __init__(self, tokens: Sequence[str], on: frozenset[str]) -> None:
        self._tokens = tokens
        self._on = on
        self._next = 0

    def holds(self) -> bool | None:
        """Say whether the condition holds; None when that depends on more than tests and features."""
        word = self._take()
        if self._peek() == "(":
            self._take()
            return self._combined(word)
        if self._peek() == "=":
            self._take()
            value = self._take().strip('"')
            return value in self._on if word == "feature" else None
        return False if word == "test" else None

    def _combined(self, word: str) -> bool | None:
        found: list[bool | None] = []
        while self._peek() not in {")", ""}:
            found.append(self.holds())
            if self._peek() == ",":
                self._take()
        self._take()
        if word == "not":
            return None if len(found) != 1 or found[0] is None else not found[0]
        if word not in {"any", "all"}:
            return None
        decides = word == "any"  # one that holds decides `any`, one that does not decides `all`
        if decides in found:
            return decides
        return None if None in found else not decides

    def _peek(self) -> str:
        return self._tokens[self._next] if self._next < len(self._tokens) else ""

    def _take(self) -> str:
        word = self._peek()
        self._next += 1
        return word
