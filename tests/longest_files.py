"""Files of tests that take long, the longest first: whoever begins with them is not left waiting for one at the end.

Not the tests of `make check`. By what `pytest --durations=0` said of a run on two cores; roughly right is enough.
"""

from __future__ import annotations

LONGEST_FILES = (
    "tests/integration/remediation/test_pairs_of_every_kind.py",
    "tests/integration/iac/test_patch_kinds.py",
    "tests/integration/analysis/test_every_door.py",
    "tests/integration/probes/test_probes.py",
    "tests/integration/apply/test_from_check_to_apply.py",
    "tests/acceptance/faults/test_silence_is_explained.py",
    "tests/acceptance/faults/test_processes_die.py",
    "tests/integration/apply/test_apply_to_tenants.py",
    "tests/integration/contracts/test_corpus.py",
    "tests/integration/iac/test_postgresql_provider.py",
    "tests/integration/contracts/test_contract_verdicts.py",
    "tests/integration/remediation/test_locks_are_said.py",
    "tests/properties/test_pairs_lead_to_each_other.py",
    "tests/integration/analysis/test_careful_plans_meet_rows.py",
    "tests/integration/cli/test_asking_a_coordinator.py",
    "tests/acceptance/sources/test_every_source.py",
    "tests/acceptance/fleet/test_determinism.py",
    "tests/acceptance/hostile/test_large_schemas.py",
    "tests/acceptance/story/test_a_platform_teams_week.py",
    "tests/acceptance/demo/test_demo.py",
    "tests/acceptance/faults/test_redis_breaks.py",
    "tests/acceptance/hostile/test_scratch_is_killed.py",
    "tests/integration/cli/test_outputs_of_check.py",
    "tests/integration/cli/test_memory_verbs.py",
    "tests/acceptance/hostile/test_hanging_readers.py",
    "tests/acceptance/fleet/test_bad_tenants.py",
    "tests/integration/cli/test_contracts.py",
    "tests/acceptance/sources/test_every_inventory.py",
    "tests/acceptance/faults/test_forged_values.py",
    "tests/acceptance/faults/test_junk_in_the_queue.py",
    "tests/acceptance/faults/test_commands_end_well.py",
    "tests/acceptance/chaos/test_chaos.py",
    "tests/acceptance/hostile/test_slow_tenants.py",
)
_RANKS = {path: rank for rank, path in enumerate(LONGEST_FILES)}


def rank(test: str) -> int:
    """Say when the file of a test is to begin: a file that is not among the longest begins after them."""
    return _RANKS.get(test.partition("::")[0], len(_RANKS))
