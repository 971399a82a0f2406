"""The programs of the extras, and how the tests talk to servers."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
EXTRAS = Path(sys.prefix) / "extras" / "usr"
LIBRARIES = next((EXTRAS / "lib").glob("*-linux-gnu*"), None)
"""Folder of the shared libraries that came with the programs; None where none came."""
PATIENCE = 60.0  # seconds to wait for a server that is up in two or three


def program(name: str) -> Path:
    """Find a program of the extras: beside the virtual environment, else on the PATH."""
    places = [EXTRAS / folder / name for folder in ("bin", "sbin")]
    found = next((place for place in places if place.exists()), None) or shutil.which(name)
    assert found, f"{name} is missing: run sh deploy/install-extras.sh"
    return Path(found)


def run(name: str, *arguments: object, **options: Any) -> subprocess.CompletedProcess[str]:
    """Run a program of the extras."""
    argv = [str(part) for part in (program(name), *arguments)]
    return subprocess.run(argv, capture_output=True, check=False, text=True, **{"timeout": PATIENCE, **options})


def fetch(url: str) -> str:
    with urllib.request.urlopen(url, timeout=10) as answer:
        return answer.read().decode()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until(
    look: Callable[[], Any], process: subprocess.Popen[bytes] | None, log: Path, *, seconds: float = PATIENCE
) -> Any:
    """Look again until there is an answer; fail with the end of the log when the process ends or patience does."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            answer = look()
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            answer = None
        if answer:
            return answer
        ended = None if process is None else process.poll()
        assert ended is None, f"ended with {ended}: {log.read_text()[-2000:]}"
        assert time.monotonic() < deadline, f"not ready: {log.read_text()[-2000:]}"
        time.sleep(0.1)
