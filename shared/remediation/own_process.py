"""Give a script for psql a server process of its own, where a statement of it wants settings of a session."""

from __future__ import annotations

from collections.abc import Iterable

from shared.remediation.psql import comment
from shared.remediation.stages import Stage

_SENT = "search_path"  # pinned below in any case
_LINES = (
    comment(
        "A statement below runs outside of transactions, under settings of the session. So this script connects anew,\n"
        "with an option that no pooler passes on: no application is served by the same server process afterwards."
    ),
    "\\set fleetdrift_options ''",
    "\\getenv fleetdrift_options PGOPTIONS",
    f"\\set fleetdrift_connection 'options=''' :fleetdrift_options ' -c {_SENT}=pg_catalog,pg_temp'''",
    "\\connect -reuse-previous=on :fleetdrift_connection",
    # Only the first message of a client gives a setting this source: SET and an owner's ALTER DATABASE give others.
    "SELECT COALESCE((SELECT s.source OPERATOR(pg_catalog.=) 'client' FROM pg_catalog.pg_settings s",
    f"    WHERE s.name OPERATOR(pg_catalog.=) '{_SENT}'), false) AS fleetdrift_own_process \\gset",
    "\\if :fleetdrift_own_process",
    "\\else",
    "DO $$ BEGIN RAISE EXCEPTION 'fleetdrift: a pooler stands in front of the server; connect past it'; END $$;",
    "\\endif",
    "",
)


def own_process(stages: Iterable[Stage]) -> tuple[str, ...]:
    """Write the lines that connect anew and stop the script behind a pooler; none where all runs in transactions."""
    return () if all(stage.transactional for stage in stages) else _LINES
