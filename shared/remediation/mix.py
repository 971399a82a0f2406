"""The desired schema with some changes left out, each with what is in its way."""

from __future__ import annotations

from shared.diff.changes import Altered, Change, Unexpected
from shared.schema.identity import ObjectId
from shared.schema.model import SchemaObject
from shared.schema.schema import Snapshot


class Mix:
    """What a plan can reach: desired objects, and in the place of some the observed ones.

    Args:
        desired: Where to.
        observed: Where from.
    """

    def __init__(self, desired: Snapshot, observed: Snapshot) -> None:
        self.objects: dict[ObjectId, SchemaObject] = dict(desired.schema.by_identity())
        self.present = observed.schema.by_identity()
        self.withheld: dict[ObjectId, Change] = {}
        self.reasons: dict[ObjectId, str] = {}

    def leave_out(self, change: Change, reason: str = "") -> None:
        """Leave a change out of the plan: the object stays as it is, or stays missing.

        Args:
            change: The first reason for it is kept.
            reason: What is in its way, a clause whose subject is the object; empty where the change is destructive.
        """
        if change.identity not in self.withheld and reason:
            self.reasons[change.identity] = reason
        self.withheld[change.identity] = change
        if isinstance(change, Altered | Unexpected):
            self.objects[change.identity] = self.present[change.identity]
        else:
            self.objects.pop(change.identity, None)
