"""Authentication tags: what they hold for, and what they do not."""

from __future__ import annotations

from itertools import pairwise

import pytest

from shared.formats import FormatError
from shared.hosts import Secret
from shared.messages import (
    ANALYSE_SHAPE,
    SCAN_BATCH,
    AnswerSet,
    Keys,
    ScanBatch,
    decode_answers,
    encode_answers,
    encode_message,
    verify_message,
)
from shared.signing import KeyRing, Purpose, TagError

OLD, NEW = Secret("o" * 32), Secret("n" * 32)
RING = KeyRing([OLD])
SIGNED = RING.sign(Purpose.ANSWERS, ("stream",), b"value")


def test_what_was_signed_is_given_back():
    for data in (b"", b"value", b"two\nlines\0", bytes(range(256))):
        assert RING.verify(Purpose.BLOB, ("a", "b"), RING.sign(Purpose.BLOB, ("a", "b"), data)) == data


@pytest.mark.parametrize("purpose", [each for each in Purpose if each is not Purpose.ANSWERS])
def test_a_tag_holds_for_one_purpose_and_one_place(purpose):
    with pytest.raises(TagError, match="a wrong authentication tag"):
        RING.verify(purpose, ("stream",), SIGNED)
    for place in ((), ("",), ("Stream",), ("stream", ""), ("str", "eam"), ('stream"],["',)):
        with pytest.raises(TagError, match="a wrong authentication tag"):
            RING.verify(Purpose.ANSWERS, place, SIGNED)


def test_no_byte_of_a_signed_value_can_be_changed():
    for position in range(len(SIGNED)):
        changed = bytearray(SIGNED)
        changed[position] ^= 1
        with pytest.raises(TagError):
            RING.verify(Purpose.ANSWERS, ("stream",), bytes(changed))


@pytest.mark.parametrize(
    "junk", [b"", b"\n", b"signed/1", b"value", SIGNED[:-6], SIGNED[:90], b"\xff" * 200, b" " * 200]
)
def test_what_has_no_tag_is_refused_in_a_sentence(junk):
    with pytest.raises(TagError):
        RING.verify(Purpose.ANSWERS, ("stream",), junk)


def test_another_key_is_not_accepted_and_no_key_is_another_key():
    for others in (KeyRing([NEW]), KeyRing()):
        with pytest.raises(TagError, match="signed with a key of"):
            others.verify(Purpose.ANSWERS, ("stream",), SIGNED)
        assert not others.understands(RING.ids)
        assert not RING.understands(others.ids)


def test_keys_can_be_changed_one_after_the_other():
    """Everybody gets both keys before anybody signs with the new one, and loses the old one when nobody does."""
    steps = [KeyRing([OLD]), KeyRing([OLD, NEW]), KeyRing([NEW, OLD]), KeyRing([NEW])]
    for one, next_one in pairwise(steps):
        for signs, reads in ((one, next_one), (next_one, one)):
            assert reads.verify(Purpose.BLOB, (), signs.sign(Purpose.BLOB, (), b"x")) == b"x"
            assert reads.understands(signs.ids)
    assert not steps[0].understands(steps[2].ids)


def test_an_id_names_a_key_and_does_not_give_it_away():
    assert RING.ids == KeyRing([OLD]).ids
    assert len(RING.ids[0]) == 12
    assert OLD.reveal()[:6] not in RING.ids[0]
    assert KeyRing([OLD, OLD]).ids == RING.ids


def test_a_message_is_worth_nothing_for_another_task_or_fleet():
    keys = Keys("a", RING)
    sent = encode_message(keys, ScanBatch(run="r", epoch=1, batch="1-1", attempt=1, host="h", places=()))
    assert verify_message(keys, SCAN_BATCH, sent).startswith('{"format":"scan_batch/')
    for other, task in ((keys, ANALYSE_SHAPE), (Keys("b", RING), SCAN_BATCH)):
        with pytest.raises(TagError):
            verify_message(other, task, sent)
    with pytest.raises(TagError):
        verify_message(keys, SCAN_BATCH, "\ud800" + sent)


def test_an_answer_is_worth_nothing_in_another_run_or_epoch():
    keys = Keys("a", RING)
    entry = encode_answers(keys, keys.answers("r", 1), AnswerSet(batch="1-1", worker="w"))
    assert decode_answers(keys, keys.answers("r", 1), entry).batch == "1-1"
    for stream in (keys.answers("r", 2), keys.answers("s", 1), Keys("b", RING).answers("r", 1)):
        with pytest.raises(TagError):
            decode_answers(keys, stream, entry)


def test_whoever_reads_formats_can_take_a_wrong_tag_for_a_value_that_cannot_be_read():
    assert issubclass(TagError, FormatError)
