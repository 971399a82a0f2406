"""What travels: readable by both sides, and free of secrets by construction."""

from __future__ import annotations

import pytest

from shared.blobs import pack, unpack
from shared.formats import ANALYSIS, SNAPSHOT, Format, FormatError
from shared.hosts import Secret
from shared.messages import (
    ANALYSE_SHAPE,
    SCAN_BATCH,
    Analysed,
    Answer,
    AnswerSet,
    DeferReason,
    Deferred,
    Failed,
    Keys,
    Observed,
    Place,
    ScanBatch,
    ShapeJob,
    decode_answers,
    decode_scan_batch,
    decode_shape_job,
    encode_answers,
    encode_message,
    host_down,
    verify_message,
)
from shared.schema.profile import EVERYTHING
from shared.schema.schema import Schema, SchemaVersion, Snapshot
from shared.targets import Failure, FailureKind
from tests.hostile import HOSTILE_NAMES
from workers.app import broker_url

KEYS = Keys("fleet")
OUTCOMES = (
    Observed("ab" * 32, 180001, 12, (SchemaVersion("sqlx", "7", dirty=True),)),
    Analysed("key"),
    Failed(Failure(FailureKind.BUSY, "locked")),
    Deferred(DeferReason.TIME),
)


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_an_answer_arrives_as_it_was_sent(outcome):
    sent = AnswerSet(batch="1-1", worker="w", answers=tuple(Answer(name, outcome) for name in HOSTILE_NAMES))
    assert decode_answers(KEYS, "stream", encode_answers(KEYS, "stream", sent)) == sent


def test_a_batch_arrives_as_it_was_sent():
    sent = ScanBatch(
        run="r",
        epoch=2,
        batch="2-1",
        attempt=3,
        host="h",
        places=tuple(Place(name, name, name) for name in HOSTILE_NAMES),
        connections=4,
        careful=True,
        profile=EVERYTHING,
    )
    assert decode_scan_batch(verify_message(KEYS, SCAN_BATCH, encode_message(KEYS, sent))) == sent


def test_a_job_arrives_as_it_was_sent():
    sent = ShapeJob(run="r", epoch=1, batch="0-1", attempt=1, analysis="k", spec="s", snapshot="f", contracts="c")
    assert decode_shape_job(verify_message(KEYS, ANALYSE_SHAPE, encode_message(KEYS, sent))) == sent


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{", "expected the JSON of a scan batch: "),
        ('"text"', "expected the JSON of a scan batch: "),
        ("[" * 100_000, "expected the JSON of a scan batch: "),
        ('{"format": 7}', "expected the JSON of a scan batch: "),
        (
            "{}",
            "this scan batch was written in protocol 1; this release reads protocol 2: upgrade the side that sent it",
        ),
        ('{"format": "scan_batch/3"}', "this scan batch was written in protocol 3; this release reads protocol 2: "),
        ('{"format": "shape_job/2"}', "expected the scan batch, found something that calls itself 'shape_job/2'"),
        ('{"format": "scan_batch/²"}', "expected the scan batch, found something that calls itself"),
        ('{"format": "scan_batch/2"}', "this scan batch cannot be read: Object missing required field"),
    ],
)
def test_a_message_that_cannot_be_understood_is_refused_in_a_sentence(text, reason):
    with pytest.raises(FormatError) as refused:
        decode_scan_batch(text)
    assert str(refused.value).startswith(reason)


def test_fifty_answers_of_fingerprints_are_small():
    answers = tuple(Answer(f"tenant-{number:06}", OUTCOMES[0]) for number in range(50))
    assert len(encode_answers(KEYS, "stream", AnswerSet(batch="1-1", worker="w", answers=answers))) < 50 * 250


def test_a_dead_host_is_described_in_the_same_words_for_every_tenant():
    assert host_down("db-7", FailureKind.REFUSED).message == (
        "host db-7 takes no connections; after repeated failures its other tenants were not tried"
    )


def test_a_blob_unpacks_to_what_was_packed():
    snapshot = Snapshot(schema=Schema(), server_version=150018, fingerprint="f")
    assert unpack(SNAPSHOT, pack(SNAPSHOT, snapshot), Snapshot) == snapshot


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "expected a snapshot, found 0 bytes that do not name their format"),
        (b"not compressed", "expected a snapshot, found 14 bytes that do not name their format"),
        (b"fleetdrift \n", "expected a snapshot, found 12 bytes that do not name their format"),
        (pack(SNAPSHOT, {"another": "type"}), "this snapshot cannot be read: Object missing required field"),
        (pack(SNAPSHOT, "x")[:-6], "this snapshot cannot be read"),
        (b"fleetdrift snapshot/1\nnot compressed", "this snapshot cannot be read"),
        (pack(ANALYSIS, {}), "expected the snapshot, found something that calls itself 'analysis/2'"),
        (
            pack(Format("snapshot", 2), {}),
            "this snapshot was written in format 2; this release reads format 1: upgrade fleetdrift",
        ),
    ],
)
def test_damaged_and_foreign_blobs_are_refused_in_a_sentence(data, reason):
    with pytest.raises(FormatError, match=reason):
        unpack(SNAPSHOT, data, Snapshot)


@pytest.mark.parametrize(
    ("redis", "kombu"),
    [
        ("redis://:p@h:6379/0", "redis://:p@h:6379/0"),
        ("rediss://h/1", "rediss://h/1"),
        ("unix:///tmp/r.sock", "redis+socket:///tmp/r.sock"),
        ("unix:///tmp/r.sock?db=2", "redis+socket:///tmp/r.sock?virtual_host=2"),
    ],
)
def test_celery_is_told_the_same_redis(redis, kombu):
    assert broker_url(Secret(redis)) == kombu
