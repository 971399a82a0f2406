"""The scratch server, in one import: throw-away databases, schemas rebuilt in them, declarations compiled in them."""

from __future__ import annotations

from shared.postgres.scratch.compile import SpecError, compile_spec
from shared.postgres.scratch.compile_known import compile_known
from shared.postgres.scratch.database import ScratchDatabase
from shared.postgres.scratch.errors import ScratchError, ScratchLimitError, ScratchLostError
from shared.postgres.scratch.plan_run import run_plan
from shared.postgres.scratch.rebuild import MaterialiseError, Spelt, materialise, read_again, spell
from shared.postgres.scratch.server import ScratchServer

__all__ = [
    "MaterialiseError",
    "ScratchDatabase",
    "ScratchError",
    "ScratchLimitError",
    "ScratchLostError",
    "ScratchServer",
    "SpecError",
    "Spelt",
    "compile_known",
    "compile_spec",
    "materialise",
    "read_again",
    "run_plan",
    "spell",
]
