"""The embedded PostgreSQL leaves nothing behind, even when its owner could not say goodbye."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from shared.embedded.postgres import EmbeddedPostgres

KILLED = """
import os, signal
from shared.embedded.postgres import EmbeddedPostgres
server = EmbeddedPostgres().start()
print(server.socket_dir, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_cluster_is_gone_when_it_is_stopped():
    with EmbeddedPostgres() as server:
        home = server.socket_dir
        assert (home / "data").is_dir()
    assert not home.exists()


def test_what_a_killed_owner_left_is_removed_by_the_next_one():
    done = subprocess.run([sys.executable, "-c", KILLED], capture_output=True, text=True, check=False)
    left = Path(done.stdout.strip())
    with EmbeddedPostgres() as server:
        for _ in range(100):  # the orphaned server notices its owner's death by a signal, and needs a moment to stop
            if not left.exists():
                break
            with EmbeddedPostgres() as other:
                assert other.socket_dir != server.socket_dir
        assert server.socket_dir.exists(), "a living cluster was taken for a dead one"
    assert not left.exists()
