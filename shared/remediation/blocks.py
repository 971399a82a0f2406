"""Write DO blocks, whose body no name in it can end."""

from __future__ import annotations

_TAG = "$fleetdrift$"


def fill_block(template: str, **parts: str) -> str:
    """Fill in a DO block; its dollar quotes are chosen so that no part ends them."""
    tag = _TAG
    while any(tag in part for part in parts.values()):
        tag = tag[:-1] + "_$"
    return template.format(tag=tag, **parts)
