"""The kept facts of each stand-in are those of the real extension, as a real server has it."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from shared.embedded.postgres import EmbeddedPostgres
from shared.embedded.stand_ins.facts import stand_in_facts
from tests.extras.stand_in_facts import read_facts

pytestmark = pytest.mark.extras
_INSTALLED = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))


def test_the_kept_facts_are_those_of_the_real_extensions():
    assert _INSTALLED, "a PostgreSQL with its extensions is needed: apt-get install postgresql"
    with EmbeddedPostgres(_INSTALLED[-1].parent, in_memory=True) as server:
        for kept in stand_in_facts():
            assert asyncio.run(read_facts(server.dsn(), kept.extension, kept.source)) == kept
