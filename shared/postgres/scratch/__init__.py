"""The scratch server, in one import: throw-away databases, specs compiled in them, plans proven in them."""

from __future__ import annotations

from shared.postgres.scratch.compile import SpecError, compile_spec
from shared.postgres.scratch.planning import plan_and_prove
from shared.postgres.scratch.proof import MaterialiseError, materialise, prove, read_again, settle
from shared.postgres.scratch.server import ScratchDatabase, ScratchError, ScratchServer

__all__ = [
    "MaterialiseError",
    "ScratchDatabase",
    "ScratchError",
    "ScratchServer",
    "SpecError",
    "compile_spec",
    "materialise",
    "plan_and_prove",
    "prove",
    "read_again",
    "settle",
]
