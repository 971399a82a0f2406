"""Start a server program as a child that ends when this process ends, however that happens."""

from __future__ import annotations

import contextlib
import ctypes
import os
import pwd
import resource
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

_PR_SET_PDEATHSIG = 1  # prctl(2)


def unprivileged_user() -> pwd.struct_passwd | None:
    """Name the user a server should run as when we are root (PostgreSQL refuses root); None when we are not.

    Raises:
        RuntimeError: When root finds neither `postgres` nor `nobody`.
    """
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise RuntimeError("running as root, and neither of the users postgres and nobody exists to run PostgreSQL as")


def _prepare(stop_signal: signal.Signals, limits: Mapping[int, int]) -> Callable[[], None]:
    """Give what the child does before it becomes the server."""
    prctl = ctypes.CDLL(None, use_errno=True).prctl if sys.platform.startswith("linux") else None
    set_limit = resource.setrlimit

    def prepare() -> None:
        if prctl is not None:
            prctl(_PR_SET_PDEATHSIG, int(stop_signal))
        for what, most in limits.items():
            set_limit(what, (most, most))

    return prepare


def start_server(
    argv: Sequence[object],
    *,
    log: Path,
    stop_signal: signal.Signals,
    user: pwd.struct_passwd | None = None,
    libraries: Path | None = None,
    limits: Mapping[int, int] | None = None,
) -> subprocess.Popen[bytes]:
    """Start a server in a session of its own (Ctrl-C is ours alone), which gets `stop_signal` when our thread dies.

    Args:
        argv: The program and its arguments; paths and strings.
        log: File that receives its output.
        stop_signal: What asks it to stop.
        user: Whom to run it as, when we are root.
        libraries: Folder whose shared libraries come before the system's: a server's modules want its own libpq.
        limits: What each of its processes may take: `resource.RLIMIT_AS` → bytes, say.
    """
    environment = dict(os.environ)
    if libraries is not None:
        known = environment.get("LD_LIBRARY_PATH")
        environment["LD_LIBRARY_PATH"] = f"{libraries}:{known}" if known else str(libraries)
    owner = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []} if user else {}
    with log.open("ab") as sink:
        return subprocess.Popen(  # type: ignore[call-overload,no-any-return]  # mypy cannot follow **owner
            [str(part) for part in argv],
            stdin=subprocess.DEVNULL,
            stdout=sink,
            stderr=sink,
            env=environment,
            start_new_session=True,
            preexec_fn=_prepare(stop_signal, limits or {}),  # noqa: PLW1509  # system calls, prepared before the fork
            **owner,
        )


def stop_server(process: subprocess.Popen[bytes], stop_signal: signal.Signals, timeout: float = 10.0) -> None:
    """Ask a server to stop, and kill it when it has not stopped after `timeout` seconds."""
    if process.poll() is not None:
        return
    process.send_signal(stop_signal)
    try:
        process.wait(timeout)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
