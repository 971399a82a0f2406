"""A scan that may begin only so many tenants a second reads every one, through workers and without, with one answer."""

from __future__ import annotations

import msgspec

from .conftest import Fleet


def test_a_rate_changes_nothing_in_a_report(fleet: Fleet):
    path = fleet.folder / "with-a-rate.toml"
    path.write_text(fleet.configuration.read_text().replace("[scan]\n", "[scan]\nrate = 12\n"))
    assert "rate = 12" in path.read_text()
    slow = msgspec.structs.replace(fleet, configuration=path)
    expected = fleet.check().content_hash
    fleet.forget()
    assert slow.scan(2).content_hash == expected
    assert slow.check().content_hash == expected
