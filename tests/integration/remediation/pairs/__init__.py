"""Pairs of small schemas with rows, a module for each kind of change; a plan has to lead from each to the other."""

from __future__ import annotations

Pairs = dict[str, tuple[str, str]]
"""What the pair is about → (the SQL of one schema, of the other)."""
