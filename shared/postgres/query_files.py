"""Read the `.sql` files of this package by name.

Two expressions that many queries need have a file of their own: `{redacted:COLUMN}` and `{grants:ACL:OWNER}`.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

QUERIES = Path(__file__).with_name("queries")

_REDACTED = re.compile(r"\{redacted:([^}]+)\}")
_GRANTS = re.compile(r"\{grants:([^}]+):([^}:]+)\}")


@cache
def query_text(file: str) -> str:
    """Read one query file, with the shared expressions put in."""
    text = (QUERIES / file).read_text(encoding="utf-8").strip()
    text = _REDACTED.sub(lambda found: query_text("redacted.sql").replace("{option}", found[1]), text)
    return _GRANTS.sub(lambda found: _grants(found[1], found[2]), text)


def _grants(acl: str, owner: str) -> str:
    return query_text("grants.sql").replace("= {owner}", f"= {owner}").replace("{acl}", acl)
