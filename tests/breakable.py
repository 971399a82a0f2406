"""Servers to which anything may be done: killed, stopped, started again at the same place, made to follow another."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from redis import Redis

from shared.embedded.postgres import EmbeddedPostgres
from shared.embedded.process import start_server, stop_server, unprivileged_user
from shared.embedded.redis import redis_binary

START_TIMEOUT_SECONDS = 20.0


class BreakableRedis:
    """A context manager; its place stays the same however often it is stopped and started.

    Args:
        settings: Of the server, as `--name value`.
    """

    def __init__(self, *settings: str) -> None:
        self._settings = settings
        self._home = Path()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """For redis-py."""
        return f"unix://{self._home / 'redis.sock'}"

    @property
    def process(self) -> subprocess.Popen[bytes]:
        """The server."""
        assert self._process is not None, "it is not running"
        return self._process

    def client(self) -> Redis:
        """Connect to it."""
        return Redis.from_url(self.url)

    def start(self) -> None:
        """Start it with the data that `save` left there, if any, and wait until it answers."""
        self._home.joinpath("redis.sock").unlink(missing_ok=True)
        argv = [
            redis_binary(), "--port", "0", "--unixsocket", self._home / "redis.sock", "--unixsocketperm", "700",
            "--save", "", "--appendonly", "no", "--dir", self._home, "--dbfilename", "kept.rdb",
            "--maxmemory-policy", "noeviction", *self._settings,
        ]  # fmt: skip
        self._process = start_server(argv, log=self._home / "log", stop_signal=signal.SIGTERM)
        until = time.monotonic() + START_TIMEOUT_SECONDS
        while not self._answers():
            if time.monotonic() > until:
                raise TimeoutError((self._home / "log").read_text()[-500:])
            time.sleep(0.02)

    def kill(self) -> None:
        """Kill it: what it held is gone."""
        self.process.kill()
        self.process.wait()

    def save_and_kill(self) -> None:
        """Have it write down what it holds, and kill it."""
        with self.client() as client:
            client.save()
        self.kill()

    def _answers(self) -> bool:
        with socket.socket(socket.AF_UNIX) as probe:
            probe.settimeout(1)
            try:
                probe.connect(str(self._home / "redis.sock"))
                probe.sendall(b"PING\r\n")
                return probe.recv(16).startswith(b"+PONG")
            except OSError:
                return False

    def __enter__(self) -> Self:
        self._home = Path(tempfile.mkdtemp(prefix="fd-redis-"))
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGCONT)
            stop_server(self._process, signal.SIGTERM)
        shutil.rmtree(self._home, ignore_errors=True)


class BreakablePostgres(EmbeddedPostgres):
    """A PostgreSQL that is stopped and started again with its data, at the same place."""

    def halt(self) -> None:
        """Stop it: connections are ended, and new ones refused."""
        assert self._process is not None, "it is not running"
        stop_server(self._process, signal.SIGINT)

    def resume(self) -> None:
        """Start it again."""
        self._serve()


class Standby:
    """A server that replays what a primary does, and lets nothing wait for its own queries. A context manager.

    Args:
        primary: Its settings allow replication.
    """

    def __init__(self, primary: EmbeddedPostgres) -> None:
        self._primary = primary
        self._process: subprocess.Popen[bytes] | None = None
        self.socket_dir = Path()
        self.port = primary.port

    def dsn(self, database: str = "postgres") -> str:
        """For asyncpg."""
        return f"postgresql://postgres@/{database}?host={self.socket_dir}&port={self.port}"

    def __enter__(self) -> Self:
        user = unprivileged_user()
        self.socket_dir = Path(tempfile.mkdtemp(prefix="fd-standby-"))
        if user:
            os.chown(self.socket_dir, user.pw_uid, user.pw_gid)
        binaries, libraries = self._primary.binaries, self._primary.binaries.parent / "lib"
        copy: list[str | Path] = [
            binaries / "pg_basebackup", "-h", self._primary.socket_dir, "-p", str(self.port), "-U", "postgres",
            "-D", self.socket_dir / "data", "-R", "-c", "fast", "--no-sync",
        ]  # fmt: skip
        environment = {**os.environ, "LD_LIBRARY_PATH": str(libraries)}
        name = user.pw_name if user else None
        subprocess.run(copy, user=name, check=True, cwd="/", env=environment, capture_output=True)
        argv: list[object] = [binaries / "postgres", "-D", self.socket_dir / "data"]
        for setting in (
            f"unix_socket_directories={self.socket_dir}", f"port={self.port}", "listen_addresses=", "fsync=off",
            "max_standby_streaming_delay=0", "max_connections=200",
        ):  # fmt: skip
            argv += ["-c", setting]
        log = self.socket_dir / "log"
        self._process = start_server(argv, log=log, stop_signal=signal.SIGINT, user=user, libraries=libraries)
        until = time.monotonic() + START_TIMEOUT_SECONDS
        while not (self.socket_dir / f".s.PGSQL.{self.port}").exists() or b"accept read-only" not in log.read_bytes():
            if time.monotonic() > until:
                raise TimeoutError(log.read_text()[-500:])
            time.sleep(0.02)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process is not None:
            stop_server(self._process, signal.SIGINT)
        shutil.rmtree(self.socket_dir, ignore_errors=True)
