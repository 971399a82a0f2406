"""How a service meets a drifted schema in these tests: what is new, and that its untouched twin hears nothing."""

from __future__ import annotations

from shared.contracts.contract import Contract
from shared.contracts.extract import extract_contract

UNTOUCHED = "CREATE TABLE unrelated_to_any_service (id int)"


def service(**files: str) -> Contract:
    """Read a service: `lib` is src/lib.rs, `models` is src/models.rs, and so on."""
    return extract_contract("desk", [(f"src/{name}.rs", text.encode()) for name, text in files.items()])


def news(meet, contract: Contract, declared: str, change: str) -> list[tuple[str, str, str, str]]:
    """Give (status, rule, SQLSTATE, file) of what a change makes of a service that is in order without it."""
    declared = declared.strip()
    twin = meet(contract, declared=declared, observed=f"{declared};\n{UNTOUCHED}")
    assert [verdict for verdict in twin if not verdict.declared_too] == []
    verdicts = meet(contract, declared=declared, observed=f"{declared};\n{change}")
    return sorted(
        {
            (verdict.status.value, verdict.rule.removeprefix("contract-"), verdict.sqlstate, verdict.file)
            for verdict in verdicts
            if not verdict.declared_too
        }
    )
