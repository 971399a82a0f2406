"""A small fleet in Terraform, as `load_source` reads it: every statement with the file and line it stands on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from coordinator.iac.load import load_source

FLEET = Path(__file__).parent / "fleet"


def test_a_fleet_is_read_with_the_place_of_every_statement(golden: Callable[[Path, str], None]) -> None:
    source = load_source(FLEET / "infra")
    lines = [
        f"expected version: {source.expected_version}",
        f"tenants: {', '.join(source.tenants)}",
        f"unchecked: {', '.join(source.unchecked)}",
        *(f"\n{item.origin} {item.origin.address}\n{item.sql}" for item in source.declarations),
    ]
    golden(FLEET / "expected.txt", "\n".join(lines) + "\n")
