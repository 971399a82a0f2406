"""docs/coverage.md is generated, complete, and of the probes that are here."""

from __future__ import annotations

import pytest

from shared.schema.model import KINDS
from tests.probes.coverage import COVERAGE, fields_of, render_coverage
from tests.probes.kept import SERVERS, probes_hash, read_kept
from tests.probes.notes import PAIR_REASONS, REASONS, SAID_BY, UNPROBED
from tests.probes.pairs import SERVERS as PAIR_SERVERS
from tests.probes.pairs import read_pairs
from tests.probes.probe import read_probes

ATTRIBUTES = {f"{kind}.{field}" for kind in KINDS for field in fields_of(kind)}
PROBED = {about for probe in read_probes(max(SERVERS)) for about in probe.about}


@pytest.mark.parametrize("major", SERVERS)
def test_the_kept_results_are_of_these_probes(major):
    assert read_kept(major).probes == probes_hash(read_probes(major)), (
        f"run: python -m tests.probes --server {major} --packed --write"
    )


def test_the_page_is_what_generation_gives():
    assert COVERAGE.read_text() == render_coverage(), "run: python -m tests.probes --write-coverage"


def test_every_attribute_is_probed_or_says_why_not():
    assert SAID_BY.keys() | UNPROBED.keys() == ATTRIBUTES - PROBED


def test_a_probe_speaks_of_what_the_model_has():
    others = {about for about in PROBED if not about.endswith(".*")} - ATTRIBUTES
    assert {about.partition(".")[0] for about in PROBED} <= KINDS.keys()
    assert {about.partition(".")[2] for about in others} <= {"name", "namespace", "signature"}


def test_whatever_fails_has_a_reason_and_no_reason_is_left_over():
    assert {name for major in SERVERS for name in read_kept(major).failed} == REASONS.keys()


def test_every_pair_of_schemas_that_ends_unequal_has_a_reason():
    unequal = {
        pair
        for major in PAIR_SERVERS
        for pair, outcome in read_pairs(major).others.items()
        if outcome != "pass_colorder"
    }
    assert unequal == PAIR_REASONS.keys()
