"""Write the demo's folder: the declaration, the Rust service and a fleetdrift.toml, which stay after the demo."""

from __future__ import annotations

import json
import secrets
import shutil
from collections.abc import Iterable
from pathlib import Path

from shared.embedded.postgres import EmbeddedPostgres
from shared.embedded.redis import EmbeddedRedis

NEXT_VERSION = "20261110090000"
"""The version that is being rolled out when a demo with a past begins to serve."""

_FLEET = Path(__file__).parent / "fleet"
_FLEET_WITH_A_PAST = Path(__file__).parent / "fleet_with_a_past"

_FIRST_LINE = "# Written by `fleetdrift demo`"
_CONFIGURATION = f"""\
{_FIRST_LINE}; the servers it names end with the demo.

[fleet]
name = "demo"
{{fleet}}
[hosts.demo]
address = {{address}}
port = {{port}}
user = {{user}}
max_connections = 16

{{more_hosts}}[spec]
source = "infra"

[[contracts]]
service = "orders"
path = "service"

{{applying}}[redis]
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

_OF_TERRAFORM = """
[fleet.declared]            # the tenants are the keys of Terraform's for_each
host = "demo"
"""

_OF_A_FILE = """file = "tenants.csv"
"""

_ONE_OF_SO_MANY_IS_GOLD = 6

_SECOND_HOST = """[hosts.west]
address = {address}
port = {port}
user = {user}
max_connections = 16

"""


_APPLYING = """[apply.hosts.{name}]
user = {owner}

"""

_SERVICE = """[{name}]
host={address}
port={port}
user={owner}
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
    _begin(directory)
    for part in ("infra", "sql", "service"):
        shutil.copytree(_FLEET / part, directory / part, dirs_exist_ok=True)
    variables = {"tenants": {name: {"database": name} for name in tenants}}
    (directory / "infra" / "terraform.tfvars.json").write_text(json.dumps(variables, indent=2) + "\n")


def prepare_folder_with_a_past(directory: Path, places: Iterable[tuple[str, str]]) -> None:
    """Copy a declaration that is a folder of migrations, without the newest one, and the service.

    Args:
        directory: As for `prepare_folder`.
        places: (tenant, host) of each tenant; its database is called as it is.

    Raises:
        DemoFolderError: When the folder holds something that no demo wrote.
    """
    _begin(directory)
    shutil.copytree(_FLEET / "service", directory / "service", dirs_exist_ok=True)
    for part in ("infra", "migrations"):
        shutil.copytree(_FLEET_WITH_A_PAST / part, directory / part)
    next_migration(directory).unlink()
    rows = [
        f"{tenant},{host},{tenant},,{'gold' if number % _ONE_OF_SO_MANY_IS_GOLD == 0 else 'standard'}"
        for number, (tenant, host) in enumerate(places)
    ]
    (directory / "tenants.csv").write_text("\n".join(["tenant,host,database,namespace,labels.tier", *rows]) + "\n")


def _begin(directory: Path) -> None:
    """Make the folder ours, without what an earlier demo declared in it."""
    configuration = directory / "fleetdrift.toml"
    if directory.exists() and any(directory.iterdir()):
        ours = configuration.exists() and configuration.read_text(errors="replace").startswith(_FIRST_LINE)
        if not ours:
            raise DemoFolderError(f"{directory} holds something else; name another folder with --directory")
        for part in ("infra", "sql", "migrations"):
            shutil.rmtree(directory / part, ignore_errors=True)
    directory.mkdir(parents=True, exist_ok=True)
    configuration.write_text(f"{_FIRST_LINE}\n")


def next_migration(directory: Path) -> Path:
    """Give the file of the migration that is rolled out while the demo's fleet has a past."""
    return directory / "migrations" / f"{NEXT_VERSION}_parcels.sql"


def add_next_migration(directory: Path) -> None:
    """Add that migration to the declaration in the demo's folder."""
    path = next_migration(directory)
    path.write_text((_FLEET_WITH_A_PAST / "migrations" / path.name).read_text())


def write_configuration(
    directory: Path,
    server: EmbeddedPostgres,
    redis: EmbeddedRedis,
    *,
    scanner: str,
    owner: str,
    store: str,
    interval: float,
    port: int,
    west: EmbeddedPostgres | None = None,
) -> Path:
    """Write fleetdrift.toml for the servers of this demo, pg_service.conf for psql, and a key for the queue.

    Args:
        directory: The demo's folder.
        server: Holds tenants, store and scratch databases.
        redis: Carries the queue.
        scanner: Role the tenants are read as.
        owner: Role that owns what tenants have.
        store: Database of the store.
        interval: Seconds between scans of `--serve`.
        port: Where `--serve` listens.
        west: A second server with tenants; `tenants.csv` then says who lives where.
    """
    hosts = {"demo": server} if west is None else {"demo": server, "west": west}
    text = _CONFIGURATION.format(
        address=json.dumps(str(server.socket_dir)),
        port=server.port,
        user=json.dumps(scanner),
        redis=json.dumps(redis.url),
        store=json.dumps(server.dsn(store)),
        scratch=json.dumps(server.dsn()),
        interval=interval,
        listen=port,
        fleet=_OF_TERRAFORM if west is None else _OF_A_FILE,
        more_hosts="" if west is None else _host(west, scanner),
        applying="".join(_APPLYING.format(name=name, owner=json.dumps(owner)) for name in hosts),
    )
    (directory / "pg_service.conf").write_text("\n".join(_service(name, hosts[name], owner) for name in hosts))
    key = directory / "redis.key"
    key.unlink(missing_ok=True)
    key.touch(mode=0o600)
    key.write_text(secrets.token_hex(32))
    path = directory / "fleetdrift.toml"
    path.write_text(text)
    return path


def _host(server: EmbeddedPostgres, user: str) -> str:
    return _SECOND_HOST.format(address=json.dumps(str(server.socket_dir)), port=server.port, user=json.dumps(user))


def _service(name: str, server: EmbeddedPostgres, owner: str) -> str:
    """Give the lines by which psql finds a server (https://www.postgresql.org/docs/current/libpq-pgservice.html)."""
    return _SERVICE.format(name=name, address=server.socket_dir, port=server.port, owner=owner)
