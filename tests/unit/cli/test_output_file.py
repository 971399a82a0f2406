"""Where `--output FORM:FILE` writes: into files, and never over what is none."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import click
import pytest

from coordinator.cli.output_file import different_files, write_output
from coordinator.report.files import ReportFileError


def test_a_pipe_is_written_to_and_stays_a_pipe(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    read: list[str] = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_text()))
    reader.start()
    write_output(pipe, "all of it")
    reader.join(timeout=30)
    assert read == ["all of it"]
    assert pipe.is_fifo()


def test_a_device_is_never_replaced(tmp_path):
    link = tmp_path / "null"
    link.symlink_to("/dev/null")
    write_output(link, "text")
    assert link.is_symlink()
    assert Path("/dev/null").is_char_device()


def test_a_full_device_is_told_in_a_sentence(tmp_path):
    link = tmp_path / "full"
    link.symlink_to("/dev/full")
    with pytest.raises(ReportFileError, match=r"cannot write to .*full: No space left on device"):
        write_output(link, "text")


def test_the_file_behind_a_link_is_written_and_the_link_stays(tmp_path):
    (tmp_path / "kept").mkdir()
    link, target = tmp_path / "report.json", tmp_path / "kept" / "r.json"
    link.symlink_to(target)
    for text in ("first", "second"):
        write_output(link, text)
        assert target.read_text() == text
    assert link.is_symlink()
    assert [path.name for path in target.parent.iterdir()] == ["r.json"]


def test_two_outputs_need_two_files(tmp_path):
    with pytest.raises(click.UsageError, match="each needs a file of its own"):
        different_files([tmp_path / "a", tmp_path / "b" / ".." / "a"])
    different_files([tmp_path / "a", tmp_path / "b"])
    different_files([Path("/dev/null"), Path("/dev/null")])
