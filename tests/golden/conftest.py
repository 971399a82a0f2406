"""Golden files: `--update` rewrites what is expected, and the diff is for a person to read."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update", action="store_true", help="rewrite golden files instead of comparing with them")


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[Path, str], None]:
    update = bool(request.config.getoption("--update", default=False))

    def compare(path: Path, actual: str) -> None:
        if update:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(actual, encoding="utf-8", newline="")
        assert path.is_file(), f"{path.name} does not exist: run the test with --update and read what it wrote"
        with path.open(encoding="utf-8", newline="") as stream:
            assert actual == stream.read()

    return compare
