"""One configuration of several fleets: each is as if it were the only one."""

from __future__ import annotations

from pathlib import Path

import pytest

from coordinator.settings.load import SettingsError, load_fleets, load_settings

COMMON = """
[hosts.main]
address = "127.0.0.1"
[spec]
source = "common.sql"
[scan]
interval = 60
deadline = 600
[[ignore]]
kind = "index"
reason = "made by hand"
owner = "ada"
until = 2099-01-01
[report]
directory = "out"
"""
TWO = (
    COMMON
    + """
[fleets.eu]
tenants = [{ tenant = "a" }]
[fleets.us]
file = "us.csv"
exclude = ["test-*"]
[fleets.us.spec]
source = "us.sql"
[fleets.us.scan]
interval = 5
[[fleets.us.ignore]]
kind = "view"
reason = "of a tool"
owner = "bob"
until = 2099-01-01
[fleets.us.report]
directory = "elsewhere"
"""
)


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "fleetdrift.toml"
    path.write_text(text)
    return path


def test_a_fleet_says_what_is_its_own_and_shares_the_rest(tmp_path):
    eu, us = load_fleets(written(tmp_path, TWO), {})
    assert (eu.file.fleet.name, us.file.fleet.name) == ("eu", "us")
    assert (us.file.fleet.file, us.file.fleet.exclude) == ("us.csv", ("test-*",))
    assert [each.file.specs[0].source for each in (eu, us)] == ["common.sql", "us.sql"]
    assert [(each.file.scan.interval, each.file.scan.deadline) for each in (eu, us)] == [(60, 600), (5, 600)]
    assert [[rule.reason for rule in each.file.ignore] for each in (eu, us)] == [
        ["made by hand"],
        ["made by hand", "of a tool"],
    ]
    assert [each.file.report.directory for each in (eu, us)] == ["out/eu", "elsewhere"]
    assert eu.hosts == us.hosts


def test_one_of_several_is_chosen_by_its_name(tmp_path):
    path = written(tmp_path, TWO)
    assert load_settings(path, {}, "us").file.fleet.name == "us"
    with pytest.raises(SettingsError, match=r"declares the fleets eu, us: name one with --fleet or FLEETDRIFT_FLEET"):
        load_settings(path, {})
    with pytest.raises(SettingsError, match=r"there is no fleet 'uk'; expected one of eu, us"):
        load_settings(path, {}, "uk")


def test_a_single_fleet_stays_what_it_was_and_may_be_named(tmp_path):
    path = written(tmp_path, COMMON + '[fleet]\nname = "eu"\ntenants = [{ tenant = "a" }]\n')
    assert load_settings(path, {}) == load_settings(path, {}, "eu") == load_fleets(path, {})[0]
    assert load_settings(path, {}).file.report.directory == "out"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (TWO + '[fleet]\nname = "x"\n', "expected [fleet] for a single fleet or [fleets.NAME] for several, found both"),
        (COMMON + "[fleets]\n", "fleets: expected a table for each fleet, [fleets.NAME]"),
        (COMMON + "fleets = 3\n", "unknown key 'report.fleets'"),
        (
            COMMON + '[fleets.eu]\nname = "us"\ntenants = [{ tenant = "a" }]\n',
            "fleets.eu: expected the fleet's name in [fleets.NAME] and nowhere else",
        ),
        (TWO.replace("interval = 5", "intervall = 5"), "unknown key 'fleets.us.scan.intervall'; did you mean"),
        (TWO.replace("interval = 5", "interval = 'x'"), "fleets.us: scan.interval: Expected `float`, got `str`"),
        (TWO.replace('file = "us.csv"', ""), "fleets.us: [fleet] needs exactly one of"),
        (TWO.replace("[fleets.us.spec]", "[fleets.us.redis]"), "unknown key 'fleets.us.redis'"),
    ],
)
def test_what_is_wrong_is_said_with_the_fleet(tmp_path, text, said):
    with pytest.raises(SettingsError) as caught:
        load_fleets(written(tmp_path, text), {})
    assert said in str(caught.value)


def test_the_environment_counts_for_every_fleet_but_never_says_who_is_in_one(tmp_path):
    path = written(tmp_path, TWO)
    assert [each.file.scan.interval for each in load_fleets(path, {"FLEETDRIFT_SCAN_INTERVAL": "7"})] == [7, 7]
    with pytest.raises(SettingsError, match=r"FLEETDRIFT_FLEET_FILE is set, and the file declares several fleets"):
        load_fleets(path, {"FLEETDRIFT_FLEET_FILE": "x.csv"})


def test_a_command_that_prints_a_secret_is_asked_once_for_all_fleets(tmp_path):
    asked = tmp_path / "asked"
    script = f"echo x >> {asked}; echo word"
    path = written(
        tmp_path, TWO.replace('"127.0.0.1"', f'"127.0.0.1"\npassword = {{ command = ["sh", "-c", "{script}"] }}')
    )
    assert len(load_fleets(path, {})) == 2
    assert asked.read_text() == "x\n"
