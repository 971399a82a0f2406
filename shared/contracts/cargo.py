"""Find the database crates of a service, with their versions, in its `Cargo.toml` and `Cargo.lock` files."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from typing import Any

from shared.contracts.contract import Driver, Unread

_DRIVERS = {
    "sqlx": "sqlx",
    "tokio-postgres": "tokio-postgres",
    "deadpool-postgres": "tokio-postgres",
    "bb8-postgres": "tokio-postgres",
    "mobc-postgres": "tokio-postgres",
    "postgres": "postgres",
    "r2d2_postgres": "postgres",
    "diesel": "diesel",
    "diesel-async": "diesel",
    "diesel_async": "diesel",
    "sea-orm": "sea-orm",
    "sea-query": "sea-query",
    "cornucopia": "cornucopia",
    "cornucopia_async": "cornucopia",
    "clorinde": "cornucopia",
}
_BACKENDS = {"sqlx": "postgres", "diesel": "postgres", "sea-orm": "sqlx-postgres", "sea-query": "backend-postgres"}
"""The feature that means PostgreSQL, for crates that speak to several databases."""
_OTHER_BACKENDS = re.compile(r"(?:sqlx-|backend-)?(?:sqlite|mysql)(?:_bundled|-unbundled)?\Z")


def read_drivers(files: Mapping[str, bytes]) -> tuple[tuple[Driver, ...], tuple[Unread, ...]]:
    """Find the database crates that the crates of a service depend on.

    Args:
        files: Content by path.

    Returns:
        The drivers, sorted, once for each crate that names one; and the Cargo files that could not be read.
    """
    parsed: dict[str, Mapping[str, Any]] = {}
    unread: list[Unread] = []
    for path in sorted(files):
        if path.rpartition("/")[2] in {"Cargo.toml", "Cargo.lock"}:
            try:
                parsed[path] = tomllib.loads(files[path].decode())
            except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
                unread.append(Unread(file=path, line=1, reason=f"it is no TOML: {error}"))
    locked = dict(_locked(parsed))
    shared = {name: entry for path, tables in parsed.items() for name, entry in _workspace(tables)}
    drivers: set[Driver] = set()
    for path, tables in parsed.items():
        if path.endswith("Cargo.toml"):
            drivers.update(_drivers(path, files[path].decode(), tables, shared, locked))
    return tuple(sorted(drivers)), tuple(unread)


def _locked(parsed: Mapping[str, Mapping[str, Any]]) -> Iterator[tuple[str, list[str]]]:
    versions: dict[str, list[str]] = {}
    for path, tables in parsed.items():
        packages = tables.get("package") if path.endswith("Cargo.lock") else None
        for package in packages if isinstance(packages, list) else ():
            versions.setdefault(str(package.get("name")), []).append(str(package.get("version", "")))
    yield from versions.items()


def _workspace(tables: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    workspace = tables.get("workspace")
    dependencies = workspace.get("dependencies") if isinstance(workspace, dict) else None
    yield from (dependencies or {}).items()


def _drivers(
    path: str, text: str, tables: Mapping[str, Any], shared: Mapping[str, Any], locked: Mapping[str, list[str]]
) -> Iterator[Driver]:
    for name, entry in _dependencies(tables):
        settings = entry if isinstance(entry, dict) else {"version": entry}
        crate = str(settings.get("package", name))
        inherited = shared.get(name) if settings.get("workspace") else None
        if isinstance(inherited, dict):
            features = [*inherited.get("features", ()), *settings.get("features", ())]
            settings = {**inherited, **settings, "features": features}
            crate = str(inherited.get("package", crate))
        elif inherited is not None:
            settings = {**settings, "version": inherited}
        driver = _DRIVERS.get(crate)
        if driver is not None and not _is_for_another_database(driver, settings):
            version = _version(str(settings.get("version", "")), locked.get(crate, []))
            yield Driver(name=driver, file=path, line=_line_of(text, name), version=version if crate == driver else "")


def _dependencies(tables: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    found = tables.get("dependencies")
    yield from found.items() if isinstance(found, dict) else ()
    targets = tables.get("target")
    for target in targets.values() if isinstance(targets, dict) else ():
        yield from _dependencies(target) if isinstance(target, dict) else ()


def _is_for_another_database(driver: str, settings: Mapping[str, Any]) -> bool:
    features = [str(feature) for feature in settings.get("features", ())]
    others = any(_OTHER_BACKENDS.match(feature) for feature in features)
    return driver in _BACKENDS and others and _BACKENDS[driver] not in features


def _version(required: str, locked: list[str]) -> str:
    """Give the locked version that a requirement takes; without a lock, the least one that it takes."""
    wanted = re.match(r"\s*[\^~=>]*\s*([0-9]+(?:\.[0-9]+)*)", required)
    least = wanted[1] if wanted else ""
    prefix = ".".join(least.split(".")[:2])
    fitting = [version for version in locked if version == prefix or version.startswith(f"{prefix}.")] if prefix else []
    return min(fitting or locked or [least], key=version_number)


def version_number(version: str) -> tuple[int, ...]:
    """Give a version as something to compare: `0.8.2` is (0, 8, 2)."""
    return tuple(int(part) for part in re.findall(r"[0-9]+", version)[:3])


def _line_of(text: str, name: str) -> int:
    quoted = re.escape(name)
    found = re.search(rf'^[ \t]*(?:\[[^\]\n]*dependencies\.)?["\']?{quoted}["\']?\s*[\].=]', text, re.MULTILINE)
    return text.count("\n", 0, found.start()) + 1 if found else 1
