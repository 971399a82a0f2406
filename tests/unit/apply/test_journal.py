"""The progress file survives what ends us, and is never mistaken for another plan's."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from coordinator.apply.journal import Begun, Done, Failed, Journal, JournalError, Progress, Staged, read_progress
from shared.schema.schema import Schema, Snapshot

BASE = Snapshot(schema=Schema(), server_version=180000, fingerprint="f")


def test_without_a_file_nothing_was_done(tmp_path):
    assert read_progress(tmp_path / "none", "p") == Progress()


def test_what_was_noted_is_read_back(tmp_path):
    path = tmp_path / "progress"
    with Journal(path, "p") as journal:
        journal.begin(BASE)
        journal.note(Begun(tenant="a\nb", stage=0))
        journal.note(Staged(tenant="a\nb", stage=0))
        journal.note(Staged(tenant="a\nb", stage=1))
        journal.note(Done(tenant="c"))
        journal.note(Failed(tenant="a\nb", message="no"))
    assert read_progress(path, "p") == Progress(base=BASE, done=frozenset({"c"}), stages={"a\nb": 2})
    assert len(path.read_bytes().splitlines()) == 6


def test_a_second_run_goes_on_in_the_same_file(tmp_path):
    path = tmp_path / "progress"
    for tenant in ("a", "b"):
        with Journal(path, "p") as journal:
            journal.begin(BASE if tenant == "a" else None)
            journal.note(Done(tenant=tenant))
    assert read_progress(path, "p") == Progress(base=BASE, done=frozenset({"a", "b"}))


def test_a_line_that_a_crash_tore_is_forgotten(tmp_path):
    path = tmp_path / "progress"
    with Journal(path, "p") as journal:
        journal.begin(None)
        journal.note(Done(tenant="a"))
    with path.open("ab") as file:
        file.write(b'{"event":"done","ten')
    assert read_progress(path, "p").done == {"a"}
    with Journal(path, "p") as journal:
        journal.note(Done(tenant="b"))
    assert read_progress(path, "p").done == {"a", "b"}


def test_a_line_that_is_none_is_named(tmp_path):
    path = tmp_path / "progress"
    path.write_bytes(b'{"event":"opened","plan":"p"}\nhello\n{"event":"done","tenant":"a"}\n')
    with pytest.raises(JournalError, match=r"progress:2: is no line of a progress file"):
        read_progress(path, "p")


def test_another_plans_file_is_refused(tmp_path):
    path = tmp_path / "progress"
    with Journal(path, "p") as journal:
        journal.begin(None)
    with pytest.raises(JournalError, match="is about another plan; name a new file with --progress"):
        read_progress(path, "q")


def test_two_runs_do_not_share_a_file(tmp_path):
    path = tmp_path / "progress"
    refused = pytest.raises(JournalError, match="another fleetdrift apply is at work with it")
    with Journal(path, "p"), refused, Journal(path, "p"):
        pass


def test_a_place_that_cannot_be_written_is_one_sentence(tmp_path):
    refused = pytest.raises(JournalError, match="cannot be written: No such file or directory")
    with refused, Journal(tmp_path / "no" / "progress", "p"):
        pass


def test_a_file_in_another_format_is_refused_and_one_that_names_none_is_of_the_first(tmp_path):
    path = tmp_path / "progress"
    done = '{"event":"done","tenant":"a"}\n'
    path.write_text('{"event":"opened","plan":"p"}\n' + done)
    assert read_progress(path, "p").done == {"a"}
    path.write_text('{"event":"opened","format":"progress/2","plan":{"id":"p"}}\n' + done)
    with pytest.raises(JournalError) as refused:
        read_progress(path, "p")
    assert str(refused.value) == (
        f"{path}: this progress was written in format 2; this release reads format 1: upgrade fleetdrift"
    )


def test_a_device_keeps_no_progress_and_is_not_read_to_an_end_that_it_has_not(tmp_path):
    path = tmp_path / "progress"
    path.symlink_to("/dev/zero")
    with pytest.raises(JournalError, match="is no file that could keep"):
        read_progress(path, "p")
    with pytest.raises(JournalError, match="is no file that could keep"), Journal(path, "p"):
        pass


def test_a_full_disk_is_told_in_one_sentence(tmp_path):
    with Path("/dev/full").open("ab") as full, Journal(tmp_path / "progress", "p") as journal:
        os.dup2(full.fileno(), journal._file.fileno())  # what is written from now on meets a full disk
        with pytest.raises(JournalError, match="cannot be written: No space left on device"):
            journal.note(Done(tenant="a"))
