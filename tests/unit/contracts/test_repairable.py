"""What repairs queries is loaded where one is repaired, and not before."""

from __future__ import annotations

import subprocess
import sys

_JUDGES = """
import sys
from shared.contracts.contract import Contract, Query
from shared.contracts.facts import QueryFacts, ServerError, ShapeFacts
from shared.contracts.judge import judge_contract
from shared.schema.schema import Schema, Snapshot

query = Query(file="src/lib.rs", line=1, macro="query", sql="SELECT gone FROM thing")
contract = Contract(service="desk", queries=(query,))
snapshot = Snapshot(schema=Schema(), server_version=170000, fingerprint="")
lost = QueryFacts(key=query.key, error=ServerError("42P01", "there is no such table"))
here = ShapeFacts(snapshot=snapshot, search_path=("public",), queries=(lost,))
declared = ShapeFacts(snapshot=snapshot, search_path=("public",), queries=(QueryFacts(key=query.key),))
[verdict] = judge_contract(contract, here, declared)
print(verdict.status, "sqlglot" in sys.modules)
"""


def test_a_query_that_cannot_be_repaired_loads_nothing_that_repairs() -> None:
    done = subprocess.run([sys.executable, "-c", _JUDGES], capture_output=True, text=True, check=True)
    assert done.stdout == "violated False\n"
