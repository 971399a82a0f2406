"""`[[notify]]`: what cannot be is refused with its key."""

from __future__ import annotations

from pathlib import Path

import pytest

from coordinator.settings.load import SettingsError, load_settings

HEAD = """
[fleet]
name = "f"
tenants = [{ tenant = "a", host = "main", database = "a" }]
[hosts.main]
address = "127.0.0.1"
[spec]
source = "schema.sql"
[[notify]]
name = "n"
"""


def load(tmp_path: Path, text: str):
    path = tmp_path / "fleetdrift.toml"
    path.write_text(HEAD + text)
    return load_settings(path, {"HOOK": "https://hooks.example/T0/secret", "EMPTY": "ftp://x"})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('kind = "webhook"', "notify[0].url: is needed where kind is 'webhook'"),
        ('kind = "pigeon"', "notify[0].kind: Invalid enum value 'pigeon'"),
        (
            'kind = "slack"\nurl = "https://x"\nkey = { env = "HOOK" }',
            "notify[0].key: is not known where kind is 'slack'",
        ),
        (
            'kind = "webhook"\nurl = { env = "EMPTY" }',
            "notify[0].url: expected a URL that begins with https:// or http://",
        ),
        ('kind = "webhook"\nurl = { env = "NOWHERE" }', "notify[0].url: the environment variable NOWHERE is not set"),
        ('kind = "email"\nsmtp = "mail"\nsender = "a"\nto = ["b"]', "notify[0].smtp: expected HOST:PORT, found 'mail'"),
        (
            'kind = "email"\nsmtp = "mail:25"\nsender = "a"\nto = ["b"]\nuser = "u"',
            "notify[0].password: is needed where there is a user",
        ),
        (
            'kind = "webhook"\nurl = "https://x"\n[[notify]]\nname = "n"\nkind = "slack"',
            "notify: the name 'n' must be given to exactly one table",
        ),
        (
            'kind = "webhook"\nurl = "https://x"\non = ["sometimes"]',
            "notify[0].on[0]: Invalid enum value 'sometimes'",
        ),
        (
            'kind = "webhook"\nurl = "https://x"\nsevrity = "error"',
            "unknown key 'notify[0].sevrity'; did you mean 'severity'?",
        ),
    ],
)
def test_a_table_that_cannot_be_is_refused_with_its_key(tmp_path, text, message):
    with pytest.raises(SettingsError) as refused:
        load(tmp_path, text)
    assert str(refused.value) == f"{tmp_path / 'fleetdrift.toml'}: {message}"


def test_an_address_that_is_a_secret_is_not_printed(tmp_path):
    settings = load(tmp_path, 'kind = "slack"\nurl = { env = "HOOK" }')
    assert "secret" not in repr(settings)
    assert settings.sinks[0].url.reveal() == "https://hooks.example/T0/secret"
