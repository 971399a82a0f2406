"""Which errors mean that the store is away, and may be back."""

from __future__ import annotations

import asyncpg
import pytest

from coordinator.store.connection import StoreAwayError, StoreError, translated


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (asyncpg.AdminShutdownError("no"), StoreAwayError),
        (asyncpg.DiskFullError("no"), StoreAwayError),
        (asyncpg.ConnectionDoesNotExistError("no"), StoreAwayError),
        (
            asyncpg.InternalClientError("cannot switch to state 12; another operation (2) is in progress"),
            StoreAwayError,
        ),
        (asyncpg.InternalClientError("got result for unknown protocol state 7"), StoreError),
        (ConnectionResetError(), StoreAwayError),
        (asyncpg.UniqueViolationError("no"), StoreError),
    ],
)
def test_an_error_says_whether_the_store_may_be_back(error, kind):
    with pytest.raises(StoreError) as caught, translated():
        raise error
    assert type(caught.value) is kind
