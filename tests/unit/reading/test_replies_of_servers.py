"""What a server must not answer, and the sentence that says what was expected instead."""

from __future__ import annotations

import asyncio

import pytest

from shared.postgres.connection import TargetError
from shared.postgres.reading.fingerprint import hash_in_database
from shared.postgres.session import Server, ask
from shared.targets import FailureKind, Limits


class Replying:
    """A connection whose server answers every query with the same rows."""

    def __init__(self, reply: bytes) -> None:
        self.reply = reply

    async def copy_from_query(self, _query: str, *, output) -> None:
        await output(self.reply)


def test_rows_of_another_width_are_refused_with_both_widths():
    with pytest.raises(TargetError, match=r"^expected 2 values in each row of the server's reply, got 3$") as caught:
        asyncio.run(ask(Replying(b"a\tb\nc\td\te\n"), "SELECT 1, 2", columns=2))

    assert caught.value.failure.kind is FailureKind.PROTOCOL


def test_a_count_that_is_no_number_is_quoted():
    with pytest.raises(TargetError, match=r"^expected a number in the server's reply, got 'many'$") as caught:
        asyncio.run(hash_in_database(Replying(b"table\tmany\t1\tff\n"), Server(180000), ("table",), Limits()))

    assert caught.value.failure.kind is FailureKind.PROTOCOL
