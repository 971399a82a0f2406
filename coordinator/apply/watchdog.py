"""Kill this command when a server's answer makes it hang while it changes tenants: nothing within it can.

Some bytes make the driver turn in C for ever, and neither a timeout nor a signal is heard any more (decision 111). So a
second process watches: it is told four times a second that the event loop turns, and at which tenants it is at work.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import select
import signal
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import NoReturn

from coordinator.report.renderers.visible import visible

_BEAT_EVERY_SECONDS = 0.25
_NAMES_CHARACTERS = 500  # a pipe takes so much at once
_READ_BYTES = 1 << 16


@contextlib.asynccontextmanager
async def watched(silence: float, progress: Path) -> AsyncIterator[Callable[[str], AbstractContextManager[None]]]:
    """Kill this process, with a sentence on stderr, when its event loop stands still while the block runs.

    Args:
        silence: For how many seconds it may.
        progress: The file that says what was done.

    Returns:
        What is entered with each tenant for as long as it is being changed.
    """
    hearing, telling = os.pipe()
    sys.stdout.flush()  # else the watcher would hold a copy of what is not written yet
    command = os.getpid()
    watcher = os.fork()
    if watcher == 0:
        _watch(hearing, command, silence, progress)
    os.close(hearing)
    heart = _Heart(telling)
    beating = asyncio.create_task(heart.beat())
    try:
        yield heart.at_work
    finally:
        beating.cancel()
        os.close(telling)
        os.waitpid(watcher, 0)  # noqa: ASYNC222  # it ends as soon as the pipe is closed


class _Heart:
    """Tells the watcher that the event loop turns, and at which tenants it is at work."""

    def __init__(self, telling: int) -> None:
        self._telling = telling
        self._tenants: set[str] = set()

    async def beat(self) -> None:
        while True:
            self._tell()
            await asyncio.sleep(_BEAT_EVERY_SECONDS)

    @contextlib.contextmanager
    def at_work(self, tenant: str) -> Iterator[None]:
        self._tenants.add(visible(tenant))
        self._tell()
        try:
            yield
        finally:
            self._tenants.discard(visible(tenant))

    def _tell(self) -> None:
        names = ", ".join(sorted(self._tenants))
        os.write(self._telling, f"{names[:_NAMES_CHARACTERS]}\n".encode())


def _watch(hearing: int, command: int, silence: float, progress: Path) -> NoReturn:
    """Listen until the command has closed its end, or kill it. Never returns into the command's code."""
    code = 1
    try:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # of a terminal, meant for the command
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        os.dup2(hearing, 3)
        os.closerange(4, os.sysconf("SC_OPEN_MAX"))
        heard, silent = b"", 0.0
        # Counted in looks and not by the clock: Ctrl-Z stops the command and its watcher alike.
        while silent < silence:
            if not select.select([3], [], [], _BEAT_EVERY_SECONDS)[0]:
                silent += _BEAT_EVERY_SECONDS
            elif data := os.read(3, _READ_BYTES):
                heard, silent = data, 0.0
            else:
                os._exit(0)
        names = heard.decode(errors="replace").splitlines()[-1:]
        _say(names[0] if names else "", progress)
        os.kill(command, signal.SIGKILL)
        code = 0
    finally:
        os._exit(code)


def _say(names: str, progress: Path) -> None:
    sentence = (
        f"fleetdrift: a server's answer made apply hang while it was at work on {names or 'a tenant'}: the command was "
        f"killed. What was done stands in {progress}. Look at these tenants' servers, then run the command again.\n"
    )
    os.write(2, sentence.encode())
