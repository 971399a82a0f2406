"""Write the demo's folder: the declaration, the Rust service and a fleetdrift.toml, which stay after the demo."""

from __future__ import annotations

import json
import secrets
import shutil
from pathlib import Path

from shared.embedded.postgres import EmbeddedPostgres
from shared.embedded.redis import EmbeddedRedis

_FIRST_LINE = "# Written by `fleetdrift demo`"
_CONFIGURATION = f"""\
{_FIRST_LINE}; the servers it names end with the demo.

[fleet]
name = "demo"

[fleet.declared]            # the tenants are the keys of Terraform's for_each
host = "demo"

[hosts.demo]
address = {{address}}
port = {{port}}
user = {{user}}
max_connections = 16

[spec]
source = "infra"

[[contracts]]
service = "orders"
path = "service"

[redis]
url = {{redis}}
key = {{{{ file = "redis.key" }}}}    # made by the demo; signs what travels between coordinator and workers

[store]
dsn = {{store}}

[scratch]
dsn = {{scratch}}

[scan]
interval = {{interval}}
slots = 2

[serve]
port = {{listen}}

[report]
directory = "."
"""


class DemoFolderError(Exception):
    """The folder cannot be used; the message is one sentence."""


def prepare_folder(directory: Path, tenants: tuple[str, ...]) -> None:
    """Copy the declaration and the service, and say in a tfvars file who the tenants are.

    Args:
        directory: Made if need be; one that holds something else is left alone.
        tenants: Names, in order.

    Raises:
        DemoFolderError: When the folder holds something that no demo wrote.
    """
    configuration = directory / "fleetdrift.toml"
    if directory.exists() and any(directory.iterdir()):
        ours = configuration.exists() and configuration.read_text(errors="replace").startswith(_FIRST_LINE)
        if not ours:
            raise DemoFolderError(f"{directory} holds something else; name another folder with --directory")
    directory.mkdir(parents=True, exist_ok=True)
    configuration.write_text(f"{_FIRST_LINE}\n")
    package = Path(__file__).parent / "fleet"
    for part in ("infra", "sql", "service"):
        shutil.copytree(package / part, directory / part, dirs_exist_ok=True)
    variables = {"tenants": {name: {"database": name} for name in tenants}}
    (directory / "infra" / "terraform.tfvars.json").write_text(json.dumps(variables, indent=2) + "\n")


def write_configuration(
    directory: Path,
    server: EmbeddedPostgres,
    redis: EmbeddedRedis,
    *,
    scanner: str,
    store: str,
    interval: float,
    port: int,
) -> Path:
    """Write fleetdrift.toml for the servers of this demo, and a key for its queue.

    Args:
        directory: The demo's folder.
        server: Holds tenants, store and scratch databases.
        redis: Carries the queue.
        scanner: Role the tenants are read as.
        store: Database of the store.
        interval: Seconds between scans of `--serve`.
        port: Where `--serve` listens.
    """
    text = _CONFIGURATION.format(
        address=json.dumps(str(server.socket_dir)),
        port=server.port,
        user=json.dumps(scanner),
        redis=json.dumps(redis.url),
        store=json.dumps(server.dsn(store)),
        scratch=json.dumps(server.dsn()),
        interval=interval,
        listen=port,
    )
    key = directory / "redis.key"
    key.unlink(missing_ok=True)
    key.touch(mode=0o600)
    key.write_text(secrets.token_hex(32))
    path = directory / "fleetdrift.toml"
    path.write_text(text)
    return path
