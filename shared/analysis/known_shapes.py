"""Analyses of shapes without the services, kept for the next process: a service that changes makes no plan anew."""

from __future__ import annotations

import msgspec

from shared.analysis.analysis import Analysis
from shared.analysis.code_hash import code_hash
from shared.analysis.comparing import Comparison
from shared.analysis.request import AnalysisRequest
from shared.kept_files import KeptFiles
from shared.postgres.scratch.unbuilt import Unbuilt
from shared.schema.canonical import canonical_json
from shared.schema.schema import Snapshot

_MAX_KEPT_BYTES = 256 * 1024 * 1024
"""Of all that is kept: a shape of 1,000 tables takes about 5 MB."""


class KnownShape(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a shape, whatever the services expect.

    Args:
        analysis: Without verdicts.
        whole: The observed schema, as the scratch server spells it: services are judged in it.
        unbuilt: What the scratch server could not rebuild.
    """

    analysis: Analysis
    whole: Snapshot
    unbuilt: tuple[Unbuilt, ...]


class KnownShapes:
    """Gives and keeps what is known of shapes.

    Args:
        kept: Where.
    """

    def __init__(self, kept: KeptFiles) -> None:
        self._kept = kept

    def get(self, request: AnalysisRequest) -> KnownShape | None:
        """Give what is known of the shape of a request; None when nothing is."""
        content = self._kept.get(request.schema_id)
        if content is None:
            return None
        try:
            known = msgspec.json.decode(content, type=KnownShape)
        except msgspec.MsgspecError:
            return None  # it is written again
        return known if known.analysis.id == request.schema_id else None

    def put(self, request: AnalysisRequest, analysis: Analysis, comparison: Comparison) -> None:
        """Keep an analysis without its verdicts.

        Args:
            request: What it answers.
            analysis: The answer.
            comparison: The two schemas as they were compared for it.
        """
        alone = msgspec.structs.replace(analysis, id=request.schema_id, verdicts=())
        known = KnownShape(analysis=alone, whole=comparison.whole, unbuilt=comparison.unbuilt)
        self._kept.put(request.schema_id, canonical_json(known))


def lasting_shapes() -> KnownShapes:
    """Give what processes of this release have found out of shapes on this machine."""
    return KnownShapes(KeptFiles("shapes", code_hash(), most_bytes=_MAX_KEPT_BYTES))
