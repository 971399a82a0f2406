"""Run the demo's worker processes (the real `fleetdrift worker`), which end with the demo."""

from __future__ import annotations

import contextlib
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from shared.embedded.process import start_server, stop_server


@contextlib.contextmanager
def worker_processes(
    configuration: Path, log_directory: Path, count: int = 2
) -> Iterator[list[subprocess.Popen[bytes]]]:
    """Run `count` workers for as long as the block runs.

    Args:
        configuration: fleetdrift.toml.
        log_directory: Receives worker-N.log.
        count: How many processes.
    """
    with contextlib.ExitStack() as stack:
        processes = []
        for number in range(1, count + 1):
            argv = [
                sys.executable, "-P", "-m", "coordinator.cli", "worker",  # -P: no module of the folder we stand in
                "--config", configuration, "--concurrency", "1", "--name", f"worker-{number}",
            ]  # fmt: skip
            process = start_server(argv, log=log_directory / f"worker-{number}.log", stop_signal=signal.SIGTERM)
            stack.callback(stop_server, process, signal.SIGTERM)
            processes.append(process)
        try:
            yield processes
        finally:
            for process in processes:  # all at once; the stack then waits for each
                process.terminate()
