"""The example configuration is complete and true."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec

from coordinator.settings.load import load_settings
from coordinator.settings.model import SettingsFile

EXAMPLE = Path(__file__).parents[3] / "deploy" / "fleetdrift.example.toml"
SECRETS = (
    "FLEETDRIFT_EU_1_PASSWORD",
    "FLEETDRIFT_REDIS",
    "FLEETDRIFT_REDIS_KEY",
    "FLEETDRIFT_STORE",
    "FLEETDRIFT_SCRATCH",
    "FLEETDRIFT_TOKEN",
    "FLEETDRIFT_HOOK_KEY",
    "FLEETDRIFT_MAIL_PASSWORD",
)
ENVIRONMENT = {
    **dict.fromkeys(SECRETS, "postgresql://x/y"),
    "FLEETDRIFT_REDIS": "redis://x/0",
    "FLEETDRIFT_REDIS_KEY": "k" * 64,
    "FLEETDRIFT_HOOK": "https://hook.example/",
    "FLEETDRIFT_SLACK": "https://slack.example/",
}


def test_the_example_loads():
    settings = load_settings(EXAMPLE, ENVIRONMENT)
    assert settings.file.fleet.name == "production"
    assert settings.api_token is not None


def test_every_table_and_key_of_the_model_stands_in_the_example():
    text = EXAMPLE.read_text()
    for table in msgspec.structs.fields(SettingsFile):
        assert re.search(rf"^\[+{table.name}\b", text, re.MULTILINE), table.name
        if isinstance(table.type, type) and issubclass(table.type, msgspec.Struct):
            for key in msgspec.structs.fields(table.type):
                assert re.search(rf"^(# )?(\[*{table.name}\.)?\[*{key.name}\b|\.{key.name}\]", text, re.MULTILINE), (
                    key.name
                )


def test_the_defaults_shown_are_the_defaults():
    settings = load_settings(EXAMPLE, ENVIRONMENT)
    for name in ("compare", "limits", "scan"):
        shown = getattr(settings.file, name)
        assert shown == type(shown)()
    assert msgspec.structs.replace(settings.file.apply, hosts={}) == type(settings.file.apply)()
