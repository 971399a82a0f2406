"""Stop a script for psql that would run functions of the database's owner as a superuser."""

from __future__ import annotations

from collections.abc import Iterable

from shared.kinds.step import HazardKind
from shared.remediation.plan import Statement
from shared.remediation.psql import comment

_REFUSAL = (
    "fleetdrift: this script calls functions that the owner of the database can change, and you are a superuser: "
    "connect as the owner, or insist with psql -v run_tenant_code_as_superuser=1"
)
_LINES = (
    comment(
        "Statements below call functions that the owner of the database can change (runs_tenant_code), as whoever\n"
        "runs this script. A superuser insists on that by psql -v run_tenant_code_as_superuser=1."
    ),
    "\\if :{?run_tenant_code_as_superuser}",
    "\\else",
    "\\set run_tenant_code_as_superuser 0",
    "\\endif",
    "\\if :run_tenant_code_as_superuser",
    "\\else",
    # Whoever acts for another role is a superuser too: what runs can say RESET ROLE.
    "DO $$ BEGIN IF EXISTS (SELECT FROM pg_catalog.pg_roles r WHERE r.rolsuper AND (",
    "    r.rolname OPERATOR(pg_catalog.=) current_user OR r.rolname OPERATOR(pg_catalog.=) session_user)) THEN",
    f"    RAISE EXCEPTION '{_REFUSAL}';",
    "END IF; END $$;",
    "\\endif",
    "",
)


def refuse_superuser(statements: Iterable[Statement]) -> tuple[str, ...]:
    """Write the lines that stop a superuser who does not insist; none where nothing of the owner's is called.

    Args:
        statements: Those that the script runs.
    """
    hazards = (hazard.kind for statement in statements for hazard in statement.hazards)
    return _LINES if HazardKind.RUNS_TENANT_CODE in hazards else ()
