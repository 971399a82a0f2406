"""Servers the tests share. A missing service is a failure, never a skip."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest

from shared.embedded.postgres import EmbeddedPostgres
from shared.embedded.redis import EmbeddedRedis
from tests.longest_files import rank
from tests.servers import NEWEST, OLDER


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--server-major", dest="server_major", type=int, default=NEWEST, choices=[*OLDER, NEWEST],
        help="the PostgreSQL major on which the tests of reading run",
    )  # fmt: skip


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: rank(item.nodeid))


@pytest.fixture(scope="session")
def postgres() -> Iterator[EmbeddedPostgres]:
    with EmbeddedPostgres(in_memory=True) as server:
        yield server


@pytest.fixture(scope="session")
def redis_server() -> Iterator[EmbeddedRedis]:
    with EmbeddedRedis() as server:
        yield server


@pytest.fixture(autouse=True)
def no_log_of_an_earlier_test() -> Iterator[None]:
    """Take away the log that a test has set up: it writes to the test's own streams, which are closed afterwards."""
    yield
    root = logging.getLogger()
    root.handlers = [handler for handler in root.handlers if type(handler) is not logging.StreamHandler]
