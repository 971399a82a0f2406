"""What travels: readable by both sides, and free of secrets by construction."""

from __future__ import annotations

import msgspec
import pytest

from shared.blobs import BlobError, pack, unpack
from shared.hosts import Secret
from shared.messages import (
    Analysed,
    Answer,
    AnswerSet,
    DeferReason,
    Deferred,
    Failed,
    Observed,
    Place,
    ScanBatch,
    host_down,
)
from shared.schema.profile import EVERYTHING
from shared.schema.schema import Schema, SchemaVersion, Snapshot
from shared.targets import Failure, FailureKind
from tests.hostile import HOSTILE_NAMES
from workers.app import broker_url

OUTCOMES = (
    Observed("ab" * 32, 180001, 12, (SchemaVersion("sqlx", "7", dirty=True),)),
    Analysed("key"),
    Failed(Failure(FailureKind.BUSY, "locked")),
    Deferred(DeferReason.TIME),
)


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_an_answer_arrives_as_it_was_sent(outcome):
    sent = AnswerSet(batch="1-1", worker="w", answers=tuple(Answer(name, outcome) for name in HOSTILE_NAMES))
    assert msgspec.json.decode(msgspec.json.encode(sent), type=AnswerSet) == sent


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
    assert msgspec.json.decode(msgspec.json.encode(sent), type=ScanBatch) == sent


def test_fifty_answers_of_fingerprints_are_small():
    answers = tuple(Answer(f"tenant-{number:06}", OUTCOMES[0]) for number in range(50))
    assert len(msgspec.json.encode(AnswerSet(batch="1-1", worker="w", answers=answers))) < 50 * 250


def test_a_dead_host_is_described_in_the_same_words_for_every_tenant():
    assert host_down("db-7", FailureKind.REFUSED).message == (
        "host db-7 takes no connections; after repeated failures its other tenants were not tried"
    )


def test_a_blob_unpacks_to_what_was_packed():
    snapshot = Snapshot(schema=Schema(), server_version=150018, fingerprint="f")
    assert unpack(pack(snapshot), Snapshot) == snapshot


@pytest.mark.parametrize("data", [b"", b"not compressed", pack({"another": "type"}), pack("x")[:-6]])
def test_damaged_blobs_are_refused(data):
    with pytest.raises(BlobError, match="a Snapshot blob"):
        unpack(data, Snapshot)


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
