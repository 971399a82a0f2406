"""What is kept for other processes is whole, made by the same code, bounded, and this user's alone."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from shared.kept_files import KeptFiles


@pytest.fixture(autouse=True)
def base(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path / "fleetdrift" / "things"


def kept(code: str = "1", most_bytes: int = 1200) -> KeptFiles:
    return KeptFiles("things", code, most_bytes=most_bytes)


def test_another_process_finds_what_was_kept() -> None:
    kept().put("a", b"content")
    assert kept().get("a") == b"content"
    assert kept().get("b") is None


def test_another_release_does_not_see_it() -> None:
    kept("1").put("a", b"content")
    assert kept("2").get("a") is None


@pytest.mark.parametrize("torn", [b"", b"fleetdrift kept/1\n", b"something else"])
def test_a_torn_entry_counts_as_not_there_and_is_written_again(base: Path, torn: bytes) -> None:
    kept().put("a", b"content")
    [path] = base.iterdir()
    path.write_bytes(torn)
    assert kept().get("a") is None
    kept().put("a", b"content")
    assert kept().get("a") == b"content"


def test_one_changed_byte_counts_as_not_there(base: Path) -> None:
    kept().put("a", b"content")
    [path] = base.iterdir()
    path.write_bytes(path.read_bytes().replace(b"content", b"Content"))
    assert kept().get("a") is None


def test_what_was_not_used_for_longest_goes_first(base: Path) -> None:
    for age, name in enumerate(["a", "b", "c"]):
        kept().put(name, name.encode() * 300)
        newest = max(base.iterdir(), key=lambda path: path.stat().st_mtime_ns)
        os.utime(newest, ns=(age, age))
    assert kept().get("a") is not None, "which makes it the one used last"
    kept().put("d", b"d" * 300)
    assert [name for name in "abcd" if kept().get(name)] == ["a", "d"]


def test_more_than_may_be_kept_is_not_kept() -> None:
    kept(most_bytes=10).put("a", b"content of eleven")
    assert kept(most_bytes=10).get("a") is None


def test_a_folder_that_others_can_enter_keeps_nothing(base: Path) -> None:
    base.mkdir(parents=True)
    base.chmod(0o755)
    kept().put("a", b"content")
    assert list(base.iterdir()) == []


def test_without_a_folder_nothing_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", "/proc/nowhere")
    kept().put("a", b"content")
    assert kept().get("a") is None
