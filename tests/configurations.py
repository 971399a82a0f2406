"""Parts of a `fleetdrift.toml` that many tests write."""

from __future__ import annotations

from shared.embedded.postgres import EmbeddedPostgres


def one_server(postgres: EmbeddedPostgres) -> str:
    """Write that a server of our own, and its superuser, is the host `here` and the scratch server too."""
    return f"""
[hosts.here]
address = "{postgres.socket_dir}"
port = {postgres.port}
user = "postgres"
[limits]
allow_unsafe_role = true
[scratch]
dsn = "{postgres.dsn()}"
"""
