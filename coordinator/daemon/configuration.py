"""The configuration of a coordinator that runs: read again when its file changes; a broken one changes nothing."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from coordinator.records.documents import ConfigurationState
from coordinator.settings.load import SettingsError
from coordinator.settings.model import Settings
from shared.events.configuration import ConfigurationBroken, ConfigurationLoaded
from shared.logs import log

LOOK_EVERY_SECONDS = 2.0
"""After which the file is looked at again. It is read when it has not changed between two looks: somebody writes it."""

_AT_START_ONLY = ("serve", "redis", "store", "scratch")
"""Tables of what is opened once, for all fleets."""

Sign = tuple[int, int, int] | None


class Configuration:
    """Reads the configuration again when it has changed, or on SIGHUP.

    Args:
        path: fleetdrift.toml.
        fleets: As it was read at the start.
        read: Reads it; raises SettingsError where it cannot be used.

    Attributes:
        state: Whether the file as it is now is in force.
    """

    def __init__(self, path: Path, fleets: Sequence[Settings], read: Callable[[], Sequence[Settings]]) -> None:
        self._path = path
        self._first = fleets[0]
        self._read = read
        self._sign = _sign_of(path)
        self.state = ConfigurationState()

    async def follow(self, use: Callable[[Sequence[Settings]], None], refuse: Callable[[], None]) -> None:
        """Read the file again whenever it changes, until cancelled.

        Args:
            use: Called with the configuration of every fleet.
            refuse: Called when the file cannot be used.
        """
        asked = asyncio.Event()
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGHUP, asked.set)
        seen = self._sign
        try:
            while True:
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(LOOK_EVERY_SECONDS):
                        await asked.wait()
                sign = _sign_of(self._path)
                if asked.is_set() or sign == seen != self._sign:
                    asked.clear()
                    self._sign = sign
                    await self._reload(use, refuse)
                seen = sign
        finally:
            loop.remove_signal_handler(signal.SIGHUP)

    async def _reload(self, use: Callable[[Sequence[Settings]], None], refuse: Callable[[], None]) -> None:
        try:
            found = await asyncio.to_thread(self._read)  # a command that prints a secret may take its time
        except SettingsError as error:
            self.state = msgspec.structs.replace(self.state, problem=str(error))
            log(ConfigurationBroken(reason=str(error)))
            refuse()
            return
        waiting = tuple(name for name in _AT_START_ONLY if self._differs(found[0], name))
        self.state = ConfigurationState(waiting=waiting)
        use([self._as_opened(settings) for settings in found])
        names = ", ".join(settings.file.fleet.name for settings in found)
        log(ConfigurationLoaded(fleets=names, waiting=", ".join(waiting)))

    def _differs(self, found: Settings, table: str) -> bool:
        return bool(getattr(found.file, table) != getattr(self._first.file, table))

    def _as_opened(self, found: Settings) -> Settings:
        """Give a configuration with what was opened at the start: queue, store, scratch server and API."""
        first = self._first
        tables = {name: getattr(first.file, name) for name in _AT_START_ONLY}
        return msgspec.structs.replace(
            found,
            file=msgspec.structs.replace(found.file, **tables),
            redis_url=first.redis_url,
            redis_keys=first.redis_keys,
            store_dsn=first.store_dsn,
            scratch_dsn=first.scratch_dsn,
            api_token=first.api_token,
        )


def _sign_of(path: Path) -> Sign:
    """Give what is different when a file is another or has another content; None where there is none."""
    try:
        stat = path.stat()
    except OSError:
        return None
    return stat.st_ino, stat.st_mtime_ns, stat.st_size
