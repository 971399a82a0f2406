"""The configuration: what is wrong is said in one sentence, and secrets stay where they are."""

from __future__ import annotations

from pathlib import Path

import pytest

from coordinator.settings.load import SettingsError, load_settings, load_worker_settings, refuse_open_api
from coordinator.settings.resolve import resolve_writer

MINIMAL = """
[fleet]
tenants = [{ tenant = "a" }]
[hosts.main]
address = "127.0.0.1"
[spec]
source = "sql"
"""


def load(tmp_path: Path, text: str, environment: dict[str, str] | None = None):
    path = tmp_path / "fleetdrift.toml"
    path.write_text(text)
    return load_settings(path, environment or {})


def error(tmp_path: Path, text: str, environment: dict[str, str] | None = None) -> str:
    with pytest.raises(SettingsError) as caught:
        load(tmp_path, text, environment)
    message = str(caught.value)
    assert message.startswith(f"{tmp_path}/fleetdrift.toml: ")
    return message.removeprefix(f"{tmp_path}/fleetdrift.toml: ")


def test_an_ignore_rule_for_a_kind_that_is_none_is_told_before_it_ignores_nothing(tmp_path):
    path = tmp_path / "fleetdrift.toml"
    rule = '[[ignore]]\nkind = "tabel"\nreason = "r"\nowner = "o"\nuntil = 2099-01-01\n'
    fleet = '[fleet]\ntenants = [{ tenant = "a" }]\n[hosts.here]\naddress = "/tmp"\n[spec]\nsource = "a.sql"\n'
    path.write_text(rule + fleet)
    with pytest.raises(
        SettingsError, match=r"ignore\[0\]\.kind: no object is of the kind 'tabel': did you mean 'table'\?"
    ):
        load_settings(path, {})


def test_the_defaults_are_the_documented_ones(tmp_path):
    settings = load(tmp_path, MINIMAL)
    assert settings.file.scan.lease == 20
    assert settings.file.limits.lock_timeout == 2
    assert settings.redis_url is None
    assert settings.hosts["main"].max_connections == 8


def test_an_unknown_key_suggests_the_near_one(tmp_path):
    assert error(tmp_path, MINIMAL + "[scan]\nleese = 3\n") == "unknown key 'scan.leese'; did you mean 'lease'?"


def test_an_unknown_table_suggests_the_near_one(tmp_path):
    assert error(tmp_path, MINIMAL + "[reddis]\nurl = ''\n") == "unknown key 'reddis'; did you mean 'redis'?"


def test_an_unknown_key_of_one_tenant_is_named_with_its_place(tmp_path):
    text = MINIMAL.replace('{ tenant = "a" }', '{ tenant = "a" }, { tenant = "b", datbase = "x" }')
    assert error(tmp_path, text) == "unknown key 'fleet.tenants[1].datbase'; did you mean 'database'?"


def test_a_wrong_type_names_the_key(tmp_path):
    assert error(tmp_path, MINIMAL + "[scan]\nslots = 'many'\n") == "scan.slots: Expected `int`, got `str`"


def test_a_value_out_of_bounds_names_the_key(tmp_path):
    assert error(tmp_path, MINIMAL + "[scan]\nconcurrency = 0\n") == "scan.concurrency: Expected `int` >= 1"


def test_broken_toml_is_one_sentence(tmp_path):
    assert error(tmp_path, "[fleet\n").startswith("is not valid TOML: ")


def test_a_missing_file_is_one_sentence(tmp_path):
    with pytest.raises(SettingsError, match="cannot be read: No such file or directory"):
        load_settings(tmp_path / "fleetdrift.toml", {})


def test_the_environment_overrides_a_plain_key(tmp_path):
    settings = load(tmp_path, MINIMAL, {"FLEETDRIFT_SCAN_SLOTS": "7", "FLEETDRIFT_SPEC_SOURCE": "other"})
    assert settings.file.scan.slots == 7
    assert settings.file.spec.source == "other"


def test_a_password_in_an_overriding_url_never_enters_the_document(tmp_path):
    settings = load(tmp_path, MINIMAL, {"FLEETDRIFT_REDIS_URL": "redis://:canary-4711@r/0"})
    assert settings.redis_url is not None
    assert settings.redis_url.reveal() == "redis://:canary-4711@r/0"
    assert "canary-4711" not in repr(settings)


def test_a_password_written_into_the_file_is_refused_without_repeating_it(tmp_path):
    message = error(tmp_path, MINIMAL + '[store]\ndsn = "postgresql://u:canary-4711@h/d"\n')
    assert message.startswith("store.dsn: holds a password; use { env = … }")
    assert "canary-4711" not in message


def test_secrets_come_from_environment_file_or_command(tmp_path):
    (tmp_path / "secret").write_text("from-file\n")
    (tmp_path / "printed").write_text("from-command\n")
    for reference, value in (
        ('{ env = "PW" }', "from-env"),
        ('{ file = "secret" }', "from-file"),
        (f'{{ command = ["cat", "{tmp_path}/printed"] }}', "from-command"),
    ):
        text = MINIMAL.replace('"127.0.0.1"', f'"127.0.0.1"\npassword = {reference}')
        settings = load(tmp_path, text, {"PW": "from-env"})
        password = settings.hosts["main"].password
        assert password is not None
        assert password.reveal() == value
        assert value not in repr(settings)


def test_a_secret_that_is_not_there_says_where_it_was_sought(tmp_path):
    text = MINIMAL.replace('"127.0.0.1"', '"127.0.0.1"\npassword = { env = "NOPE" }')
    assert error(tmp_path, text) == "hosts.main.password: the environment variable NOPE is not set"


def test_a_secret_in_two_places_is_refused(tmp_path):
    text = MINIMAL.replace('"127.0.0.1"', '"127.0.0.1"\npassword = { env = "A", file = "b" }')
    assert error(tmp_path, text) == "hosts.main.password: give exactly one of env, file, command"


def test_a_fleet_is_named_in_exactly_one_way(tmp_path):
    text = MINIMAL + '[fleet.discover]\nhost = "main"\ndatabases = "*"\n'
    assert error(tmp_path, text).endswith(
        "exactly one of tenants, file, command, discover, query, declared; found tenants and discover"
    )


def test_a_host_that_is_not_described_suggests_the_near_one(tmp_path):
    text = MINIMAL.replace('{ tenant = "a" }', '{ tenant = "a", host = "mian" }')
    assert error(tmp_path, text) == "[fleet] names the host 'mian', and there is no [hosts.mian]; did you mean 'main'?"


IGNORE = """
[[ignore]]
kind = "index"
name = "tmp_*"
reason = "built by support"
owner = "support"
until = 2027-01-31
"""


def test_an_ignore_rule_is_read_with_its_date(tmp_path):
    (rule,) = load(tmp_path, MINIMAL + IGNORE).file.ignore
    assert (rule.kind, rule.name, rule.until.isoformat()) == ("index", "tmp_*", "2027-01-31")


@pytest.mark.parametrize(
    ("said", "instead", "message"),
    [
        ("kind =", "kidn =", "unknown key 'ignore[0].kidn'; did you mean 'kind'?"),
        ("2027-01-31", '"soon"', "ignore[0].until: Invalid RFC3339 encoded date"),
        ('owner = "support"\n', "", "ignore[0]: Object missing required field `owner`"),
        ('"built by support"', '" "', "ignore[0]: an ignore rule needs a reason and an owner"),
    ],
)
def test_a_wrong_ignore_rule_names_its_place(tmp_path, said, instead, message):
    assert error(tmp_path, MINIMAL + IGNORE.replace(said, instead)) == message


APPLY = '[apply.hosts.main]\nuser = "changer"\npassword = { env = "CHANGER" }\n'


def test_no_scan_asks_for_the_credential_that_can_write(tmp_path):
    settings = load(tmp_path, MINIMAL + APPLY)
    with pytest.raises(ValueError, match="the environment variable CHANGER is not set"):
        resolve_writer(settings, "main", {})


def test_apply_connects_to_the_same_server_as_somebody_else(tmp_path):
    writer = resolve_writer(load(tmp_path, MINIMAL + APPLY), "main", {"CHANGER": "canary-4711"})
    assert (writer.address, writer.user) == ("127.0.0.1", "changer")
    assert writer.password is not None
    assert writer.password.reveal() == "canary-4711"
    assert "canary-4711" not in repr(writer)


def test_apply_connects_past_the_pooler_that_a_host_is_read_through(tmp_path):
    text = MINIMAL + APPLY + 'address = "10.0.0.9"\nport = 5433\n'
    writer = resolve_writer(load(tmp_path, text), "main", {"CHANGER": "x"})
    assert (writer.address, writer.port) == ("10.0.0.9", 5433)


def test_apply_refuses_a_host_without_a_credential_of_its_own(tmp_path):
    with pytest.raises(ValueError, match=r"there is no \[apply.hosts.main\]"):
        resolve_writer(load(tmp_path, MINIMAL), "main", {})


def test_apply_refuses_the_scanners_role(tmp_path):
    with pytest.raises(ValueError, match=r"apply\.hosts\.main\.user: is the scanner's role"):
        resolve_writer(load(tmp_path, MINIMAL + APPLY.replace("changer", "fleetdrift")), "main", {"CHANGER": "x"})


def test_a_credential_for_a_host_that_is_not_described_suggests_the_near_one(tmp_path):
    text = MINIMAL + APPLY.replace("hosts.main", "hosts.mian")
    assert error(tmp_path, text) == "[apply] names the host 'mian', and there is no [hosts.mian]; did you mean 'main'?"


@pytest.mark.parametrize("address", ["0.0.0.0", "::", "10.0.0.1", "fleetdrift.internal"])
def test_an_api_that_other_machines_reach_needs_a_token(tmp_path, address):
    text = MINIMAL + f'[serve]\naddress = "{address}"\n'
    with pytest.raises(SettingsError, match=r"^serve\.address is .* and there is no token: make one with "):
        refuse_open_api(load(tmp_path, text), has_tokens=False)
    refuse_open_api(load(tmp_path, text), has_tokens=True)
    refuse_open_api(
        load(tmp_path, text + '[serve.proxy]\naddresses = ["10.0.0.2"]\nuser_header = "X-User"\n'), has_tokens=False
    )
    refuse_open_api(load(tmp_path, text + 'token = { env = "TOKEN" }\n', {"TOKEN": "0123456789"}), has_tokens=False)


def test_a_proxy_is_trusted_at_addresses_and_networks_only(tmp_path):
    text = MINIMAL + '[serve.proxy]\naddresses = ["10.0.0.0/8", "everywhere"]\n'
    expected = "serve.proxy: expected IP addresses and networks as 10.0.0.0/8, found 'everywhere'"
    assert error(tmp_path, text) == expected


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "localhost", "127.8.8.8"])
def test_an_api_on_loopback_needs_none(tmp_path, address):
    refuse_open_api(load(tmp_path, MINIMAL + f'[serve]\naddress = "{address}"\n'), has_tokens=False)


def test_an_empty_secret_is_no_secret(tmp_path):
    (tmp_path / "token").write_text("\n")
    text = MINIMAL + '[serve]\ntoken = { file = "token" }\n'
    assert error(tmp_path, text) == "serve.token: the file token is empty"


def test_a_worker_looks_for_no_secret_of_store_api_or_notices(tmp_path):
    path = tmp_path / "fleetdrift.toml"
    path.write_text(
        MINIMAL
        + """
[store]
dsn = { env = "STORE" }
[serve]
token = { env = "TOKEN" }
[[notify]]
name = "team"
kind = "webhook"
url = { env = "URL" }
[redis]
key = { env = "KEY" }
"""
    )
    (settings,) = load_worker_settings(path, {"KEY": "k" * 32})
    assert (settings.store_dsn, settings.api_token, settings.sinks, len(settings.redis_keys)) == (None, None, (), 1)
    with pytest.raises(SettingsError, match=r"redis\.key: the environment variable KEY is not set"):
        load_worker_settings(path, {})
    with pytest.raises(SettingsError, match=r"store\.dsn: the environment variable STORE is not set"):
        load_settings(path, {"KEY": "k" * 32})
