"""A malformed connection string is refused without any part of it that could be a password."""

from __future__ import annotations

import sys

import pytest

from coordinator.cli.main import main
from coordinator.settings.load import SettingsError, load_settings
from shared.hosts import Secret
from shared.postgres.url import UrlError, parse_url

CANARY = "canary7c1f"
MALFORMED = [
    f"host=db user=u password={CANARY} dbname=d",
    f"host=db password='{CANARY}'",
    f"password={CANARY}",
    f"mysql://u:{CANARY}@db/d",
    f"u:{CANARY}@db",
    f"u:{CANARY}@db/d",
    f"//u:{CANARY}@db/d",
    f"u:{CANARY}",
    f"jdbc:postgresql://db/d?user=u&password={CANARY}",
    f"postgresql+asyncpg://u:{CANARY}@db/d",
    f"POSTGRESQL://u:{CANARY}@db/d",
    f" postgresql://u:{CANARY}@db/d",
    f"postgresql:/u:{CANARY}@db/d",
    f"postgresql://u:{CANARY}@ss@db/d",
    f"postgresql://u:{CANARY} word@db/d",
    f"postgresql://u:{CANARY}%zz@db/d",
    f"postgresql://u:{CANARY}%ff@db/d",
    f"postgresql://u:{CANARY}/x@db/d",
    f"postgresql://u:{CANARY}#x@db/d",
    f"postgresql://u:{CANARY}?x@db/d",
    f"postgresql://u:x:{CANARY}@db/d",
    f"postgresql://u:{CANARY}@db:port/d",
    f"postgresql://u:{CANARY}@[::1/d",
    f"postgresql://u:{CANARY}@db/d?sslmode",
    f"postgresql://u:{CANARY}@db/d?sslmode=none",
    f"postgresql://db/d?password={CANARY}&port=no",
]
COMMANDS = [
    ("diff", "{}", "x.sql"),
    ("diff", "{}", "{}"),
    ("snapshot", "{}"),
    ("fingerprint", "{}"),
    ("--debug", "fingerprint", "{}"),
    ("iac", "show", "{}"),
    ("snapshot", "a.sql", "{}"),
    ("{}",),
    ("check", "-c", "{}"),
    ("check", "--output", "{}"),
]
SETTINGS = """
[fleet]
tenants = [{ tenant = "a" }]
[hosts.main]
address = "127.0.0.1"
[spec]
source = "sql"
"""


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
@pytest.mark.parametrize("text", MALFORMED)
def test_no_command_repeats_it(command, text, monkeypatch, capsys, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["fleetdrift", *(part.format(text) for part in command)])
    with pytest.raises(SystemExit) as ended:
        main()
    said = capsys.readouterr()
    assert ended.value.code in (1, 64)
    assert said.err
    assert CANARY not in said.err + said.out


def test_no_command_repeats_the_words_of_one_that_the_shell_cut(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["fleetdrift", "snapshot", "host=db", f"password={CANARY}", "dbname=d"])
    with pytest.raises(SystemExit):
        main()
    assert CANARY not in capsys.readouterr().err


@pytest.mark.parametrize("key", ["store.dsn", "scratch.dsn", "redis.url", "hosts.main.address"])
@pytest.mark.parametrize("how", ["written", "referred to", "in the environment"])
@pytest.mark.parametrize("text", MALFORMED)
def test_the_configuration_refuses_it_by_its_key(key, how, text, tmp_path):
    section, name = key.rsplit(".", 1)
    environment = {"CANARY": text}
    document = SETTINGS
    if key == "hosts.main.address":
        document = document.replace('"127.0.0.1"', f'"{text}"')
    elif how == "written":
        document += f'[{section}]\n{name} = "{text}"\n'
    elif how == "referred to":
        document += f'[{section}]\n{name} = {{ env = "CANARY" }}\n'
    else:
        environment = {f"FLEETDRIFT_{section}_{name}".upper(): text}
    path = tmp_path / "fleetdrift.toml"
    path.write_text(document)
    with pytest.raises(SettingsError) as caught:
        load_settings(path, environment)
    assert key in str(caught.value)
    assert CANARY not in str(caught.value)


@pytest.mark.parametrize("text", MALFORMED)
def test_the_reader_of_urls_says_what_is_wrong_and_repeats_nothing(text):
    with pytest.raises(UrlError) as caught:
        parse_url(text)
    assert CANARY not in str(caught.value)
    assert caught.value.__cause__ is None


def test_a_well_formed_url_is_read_to_its_last_part():
    place = parse_url(
        "postgresql://us%40er:p%40ss%3A%2F@db-1:5433,[::1]/da%20ta?sslmode=verify-full&sslrootcert=%2Fca.crt"
        "&target_session_attrs=read-write&allow_weak_authentication=true&work_mem=1MB"
    )
    assert (place.user, place.database) == ("us@er", "da ta")
    assert place.password is not None
    assert place.password.reveal() == "p@ss:/"
    assert place.servers == (("db-1", 5433), ("::1", 5432))
    assert (place.tls.sslmode, place.tls.sslrootcert) == ("verify-full", "/ca.crt")
    assert (place.target_session_attrs, place.allow_weak_authentication) == ("read-write", True)
    assert place.settings == (("work_mem", "1MB"),)
    assert isinstance(place.password, Secret)


@pytest.mark.parametrize(
    ("url", "sslmode"),
    [
        ("postgresql://u@db/d", "require"),
        ("postgresql://u@10.0.0.1/d", "require"),
        ("postgresql://u@localhost,db/d", "require"),
        ("postgresql://u@localhost/d", "prefer"),
        ("postgresql://u@[::1]/d", "prefer"),
        ("postgresql:///d", "prefer"),
        ("postgresql:///d?host=/run/postgresql", "prefer"),
        ("postgresql://u@db/d?sslmode=disable", "disable"),
    ],
)
def test_beyond_this_machine_tls_is_the_default(url, sslmode):
    assert parse_url(url).tls.sslmode == sslmode
