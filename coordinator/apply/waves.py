"""Cut tenants into waves: the first one is the canary, later ones grow."""

from __future__ import annotations

from collections.abc import Sequence


def cut_waves(tenants: Sequence[str], sizes: Sequence[int]) -> tuple[tuple[str, ...], ...]:
    """Cut tenants into waves, in the order given.

    Args:
        tenants: In the order in which they are changed.
        sizes: Tenants in the first wave, the second, …; the last size repeats. At least one, each at least 1.
    """
    waves: list[tuple[str, ...]] = []
    begin = 0
    while begin < len(tenants):
        size = sizes[min(len(waves), len(sizes) - 1)]
        waves.append(tuple(tenants[begin : begin + size]))
        begin += size
    return tuple(waves)
