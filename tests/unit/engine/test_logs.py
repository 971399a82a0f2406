"""The lines of the log: one per event, hostile names in one word, and nothing of what a library quotes."""

from __future__ import annotations

import json
import logging

import pytest

from shared.events.event import LogLevel, name_of
from shared.events.run import BatchSent
from shared.events.scan import ScanCreated
from shared.events.worker import InternalError
from shared.logs import LogFormat, configure_logging, log
from tests.events import event_types
from tests.hostile import HOSTILE_NAMES

SENT = BatchSent(run="r", batch="1-2", host="main", items=3, attempt=1, connections=2, careful=False)


@pytest.fixture(autouse=True)
def restored():
    """Logging as it was, whatever a test sets up."""
    root, ours = logging.getLogger(), logging.getLogger("fleetdrift")
    before = (root.handlers, root.level, ours.level)
    yield
    root.handlers = before[0]
    root.setLevel(before[1])
    ours.setLevel(before[2])


def lines(capsys) -> list[str]:
    return capsys.readouterr().err.splitlines()


def test_a_line_of_text_holds_the_time_the_level_the_event_and_its_fields(capsys):
    configure_logging(LogLevel.INFO, LogFormat.TEXT)
    log(SENT)
    [line] = lines(capsys)
    time, rest = line.split(" ", 1)
    assert time.endswith("Z")
    assert rest == "INFO batch.sent run=r batch=1-2 host=main items=3 attempt=1 connections=2 careful=false"


def test_a_line_of_json_holds_the_same_with_types(capsys):
    configure_logging(LogLevel.INFO, LogFormat.JSON)
    log(SENT)
    fields = json.loads(lines(capsys)[0])
    assert fields.pop("time").endswith("Z")
    assert fields == {
        "level": "INFO",
        "event": "batch.sent",
        "run": "r",
        "batch": "1-2",
        "host": "main",
        "items": 3,
        "attempt": 1,
        "connections": 2,
        "careful": False,
    }


@pytest.mark.parametrize("form", LogFormat)
def test_a_hostile_name_stays_within_its_line_and_its_word(capsys, form):
    configure_logging(LogLevel.INFO, form)
    for name in HOSTILE_NAMES:
        log(BatchSent(run="r", batch="b", host=name, items=1, attempt=1, connections=1, careful=True))
    written = lines(capsys)
    assert len(written) == len(HOSTILE_NAMES)
    assert all(line.isascii() and line.isprintable() for line in written)
    if form is LogFormat.JSON:
        assert [json.loads(line)["host"] for line in written] == list(HOSTILE_NAMES)
    else:
        for line, name in zip(written, HOSTILE_NAMES, strict=True):
            assert line.partition(" host=")[2].rpartition(" items=1 ")[0] in {name, json.dumps(name)}


def test_events_below_the_level_are_not_written(capsys):
    configure_logging(LogLevel.WARNING, LogFormat.TEXT)
    log(SENT)
    log(InternalError(id="x", error="KeyError", frames=("a.py:1 f",)))
    assert [line.split()[2] for line in lines(capsys)] == ["internal.error"]


def test_of_a_library_s_record_nothing_is_written_that_could_quote_a_secret(capsys):
    configure_logging(LogLevel.DEBUG, LogFormat.TEXT)
    library = logging.getLogger("celery.worker.consumer")
    try:
        raise ConnectionError("redis://:canary@host")  # noqa: TRY301  # the text is the point
    except ConnectionError:
        library.exception("cannot connect to %s\nin %s", "redis://:canary@host", "canary")
    library.error("cannot connect to redis://:canary@host")
    library.warning({"canary": 1})
    library.info("nobody needs to know")
    written = lines(capsys)
    assert "canary" not in "\n".join(written)
    assert len(written) == 3
    assert 'message="cannot connect to %s" error=ConnectionError' in written[0]
    assert "logger=celery.worker.consumer at=test_logs.py:" in written[1]


def test_setting_up_twice_writes_each_line_once(capsys):
    for _ in range(2):
        configure_logging(LogLevel.INFO, LogFormat.TEXT)
    log(SENT)
    assert len(lines(capsys)) == 1


def test_every_event_has_a_name_of_its_own_with_a_room_and_a_verb():
    kinds = event_types()
    assert len(kinds) > 40
    assert all(name.count(".") == 1 and name == name_of(kind) for name, kind in kinds.items())
    assert name_of(ScanCreated) == "scan.created"


def test_every_event_says_what_happened():
    assert [name for name, kind in event_types().items() if not (kind.__doc__ or "").rstrip().endswith(".")] == []
