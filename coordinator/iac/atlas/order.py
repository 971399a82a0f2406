"""Puts the statements of a schema in an order in which each finds what it needs."""

from __future__ import annotations

import heapq
import re

from coordinator.iac.atlas.names import Address
from coordinator.iac.atlas.statements import Made

_NAME = re.compile(r'"(?:[^"]|"")+"|[^\W\d][\w$]*')


def ordered(statements: list[Made]) -> list[Made]:
    """Return the statements in the order they need: by phase, then as written, after what they refer to.

    A name in SQL text is a reference too, but one that gives way where references make a circle.
    """
    makers = {made.makes: i for i, made in enumerate(statements) if made.makes is not None}
    named = _by_name(makers)
    hard = [{makers[need] for need in made.needs if need in makers} - {i} for i, made in enumerate(statements)]
    soft = [_mentioned(made, named) - {i} - hard[i] for i, made in enumerate(statements)]
    waiting = [len(hard[i]) + len(soft[i]) for i in range(len(statements))]
    followers: list[list[int]] = [[] for _ in statements]
    for i in range(len(statements)):
        for needed in hard[i] | soft[i]:
            followers[needed].append(i)
    ready = [(made.phase, i) for i, made in enumerate(statements) if not waiting[i]]
    heapq.heapify(ready)
    done: list[Made] = []
    left = set(range(len(statements)))
    while left:
        i = heapq.heappop(ready)[1] if ready else _first_of_circle(statements, left, hard)
        if i not in left:
            continue
        left.remove(i)
        done.append(statements[i])
        for follower in followers[i]:
            waiting[follower] -= 1
            if not waiting[follower] and follower in left:
                heapq.heappush(ready, (statements[follower].phase, follower))
    return done


def _by_name(makers: dict[Address, int]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for address, i in makers.items():
        if address.kind not in {"schema", "extension"}:
            found.setdefault(address.name, []).append(i)
    return found


def _mentioned(made: Made, named: dict[str, list[int]]) -> set[int]:
    found: set[int] = set()
    for text in made.texts:
        for match in _NAME.finditer(text):
            word = match.group()
            name = word[1:-1].replace('""', '"') if word.startswith('"') else word.lower()
            found.update(named.get(name, ()))
    return found


def _first_of_circle(statements: list[Made], left: set[int], hard: list[set[int]]) -> int:
    """Choose the statement that a circle is broken at: one that waits only for names in its text, if there is one."""
    free = [i for i in left if not hard[i] & left] or list(left)
    return min(free, key=lambda i: (statements[i].phase, i))
