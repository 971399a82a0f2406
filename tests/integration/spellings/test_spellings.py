"""What PostgreSQL considers one schema is one shape, however it was written; what it does not is drift."""

from __future__ import annotations

import asyncio
from collections import defaultdict

import msgspec
import pytest

from shared.postgres.scratch import ScratchServer, compile_spec
from shared.schema.profile import EVERYTHING, Profile
from shared.schema.schema import Declaration, Origin, Schema, SpecSource
from tests.integration.spellings.same import SAME, WITH_FACETS

ROUNDS = max(map(len, (*SAME.values(), *WITH_FACETS.values())))


@pytest.fixture(scope="module")
def shapes(scratch) -> dict[str, list[str]]:
    """The shapes of every spelling: each round compiles one spelling of everything, each in its own namespace."""
    found: dict[str, list[str]] = defaultdict(list)
    for spellings, profile in ((SAME, Profile()), (WITH_FACETS, EVERYTHING)):
        for number in range(ROUNDS):
            scripts = {name: said[number] for name, said in spellings.items() if number < len(said)}
            if scripts:
                for name, shape in compiled(scratch, scripts, profile).items():
                    found[name].append(shape)
    return found


def compiled(scratch: ScratchServer, scripts: dict[str, str], profile: Profile) -> dict[str, str]:
    """Compile scripts beside each other, as `check` does, and give what each made, as text."""
    namespaces = {f"case_{number}": name for number, name in enumerate(scripts)}
    declarations = []
    for namespace, name in namespaces.items():
        sql = f"CREATE SCHEMA {namespace}; SET search_path = {namespace}; {scripts[name]}"
        declarations.append(Declaration(sql, Origin(name, 1)))
    spec = asyncio.run(compile_spec(scratch, SpecSource(declarations=tuple(declarations)), profile))
    parts: dict[str, list[str]] = {name: [] for name in scripts}
    for item in Schema(spec.schema.objects):
        if item.namespace in namespaces:
            text = msgspec.json.encode(item, order="sorted").decode()
            parts[namespaces[item.namespace]].append(text.replace(item.namespace, "n"))
    return {name: "\n".join(lines) for name, lines in parts.items()}


@pytest.mark.parametrize("name", [*SAME, *WITH_FACETS])
def test_spellings_of_one_schema_are_one_shape(shapes, name):
    first, *others = shapes[name]
    assert first
    for other in others:
        assert other == first
