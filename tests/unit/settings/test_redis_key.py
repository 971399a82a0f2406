"""`[redis] key`: where it is, how long it must be, and when it is needed."""

from __future__ import annotations

import pytest

from coordinator.settings.load import SettingsError, load_settings, refuse_open_queue
from tests.unit.settings.test_settings import MINIMAL, error, load

KEY = "0123456789abcdef" * 4


@pytest.mark.parametrize(
    "url",
    ["redis://queue/0", "redis://10.0.0.1:6379", "rediss://queue.internal", "redis://user@[2001:db8::1]/0"],
)
def test_a_redis_on_another_machine_needs_a_key(tmp_path, url):
    text = MINIMAL + f'[redis]\nurl = "{url}"\n'
    with pytest.raises(SettingsError, match=r"^redis\.url leads to another machine, and there is no redis\.key: give "):
        refuse_open_queue(load(tmp_path, text))
    refuse_open_queue(load(tmp_path, text + 'key = { env = "KEY" }\n', {"KEY": KEY}))


@pytest.mark.parametrize(
    "url",
    [
        "unix:///run/redis.sock",
        "unix:///run/redis.sock?db=2",
        "redis://localhost/0",
        "redis://127.0.0.1",
        "redis://[::1]",
    ],
)
def test_a_redis_on_this_machine_needs_none(tmp_path, url):
    refuse_open_queue(load(tmp_path, MINIMAL + f'[redis]\nurl = "{url}"\n'))


def test_of_several_keys_the_first_one_signs(tmp_path):
    (tmp_path / "new").write_text("n" * 32 + "\n")
    text = MINIMAL + '[redis]\nurl = "redis://queue"\nkey = [{ file = "new" }, { env = "OLD" }]\n'
    keys = load(tmp_path, text, {"OLD": KEY}).redis_keys
    assert [key.reveal() for key in keys] == ["n" * 32, KEY]


def test_the_environment_gives_a_key(tmp_path):
    settings = load(tmp_path, MINIMAL, {"FLEETDRIFT_REDIS_KEY": KEY})
    assert [key.reveal() for key in settings.redis_keys] == [KEY]


def test_a_short_key_is_refused_and_not_repeated(tmp_path):
    text = MINIMAL + '[redis]\nkey = { env = "KEY" }\n'
    said = error(tmp_path, text, {"KEY": "canary-4711"})
    assert said == "redis.key: expected at least 32 characters, found fewer: `openssl rand -hex 32` makes a key"


def test_a_key_that_stands_in_the_file_is_refused_and_not_repeated(tmp_path):
    path = tmp_path / "fleetdrift.toml"
    path.write_text(MINIMAL + f'[redis]\nkey = "{KEY}"\n')
    with pytest.raises(SettingsError) as refused:
        load_settings(path, {})
    assert KEY not in str(refused.value)
    assert "redis.key" in str(refused.value)
