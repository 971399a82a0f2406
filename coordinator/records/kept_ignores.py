"""Ignore rules as commands list, make and take them away: of the store, or of a coordinator over HTTP."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Sequence
from typing import Protocol

from coordinator.access.audit import Action, Deed
from coordinator.access.caller import Caller
from coordinator.records.ignores import IgnoresList, IgnoreSource, IgnoreView, shown_ignores
from coordinator.store.ignores import Ignores
from shared.findings.ignore import IgnoreRule, KeptIgnoreRule, unknown_kind

_ID_BYTES = 6


class IgnoreError(ValueError):
    """A rule cannot be made or taken away; the message is a sentence."""


class IgnoreRecords(Protocol):
    """The ignore rules of one fleet."""

    async def ignores(self) -> IgnoresList:
        """Give all: those of the configuration first."""
        ...

    async def create_ignore(self, rule: IgnoreRule) -> IgnoreView:
        """Make a rule; it counts from the next scan on.

        Args:
            rule: What it ignores, why, who decided, and until when.
        """
        ...

    async def delete_ignore(self, ignore: str) -> bool:
        """Take a rule of the store away, and say whether there was one.

        Args:
            ignore: Id.
        """
        ...


class StoredIgnores(IgnoreRecords):
    """Those of the store. Every method raises StoreError when the store fails.

    Args:
        ignores: Of the store.
        fleet: Name.
        configured: The rules of the configuration.
        caller: Who asks, for the audit log.
    """

    def __init__(self, ignores: Ignores, fleet: str, configured: Sequence[IgnoreRule], caller: Caller) -> None:
        self._ignores = ignores
        self._fleet = fleet
        self._configured = configured
        self._caller = caller

    async def ignores(self) -> IgnoresList:
        """Load those of the store."""
        kept = await self._ignores.of(self._fleet)
        return IgnoresList(fleet=self._fleet, ignores=shown_ignores(self._configured, kept, _today()))

    async def create_ignore(self, rule: IgnoreRule) -> IgnoreView:
        """Keep a rule under a new id; raises IgnoreError when its last day is over, or its kind is none."""
        if rule.until < _today():
            raise IgnoreError(f"until: {rule.until} is over")
        if problem := unknown_kind(rule):
            raise IgnoreError(problem)
        kept = KeptIgnoreRule.named(secrets.token_hex(_ID_BYTES), rule)
        said = f"until {rule.until}, {rule.owner}: {rule.reason}"
        await self._ignores.create(self._fleet, kept, self._deed(Action.IGNORE_CREATED, kept.id, said))
        return next(view for view in (await self.ignores()).ignores if view.id == kept.id)

    async def delete_ignore(self, ignore: str) -> bool:
        """Forget a rule; raises IgnoreError when it is one of the configuration."""
        view = next((each for each in (await self.ignores()).ignores if each.id == ignore), None)
        if view is None:
            return False
        if view.source is IgnoreSource.CONFIGURATION:
            raise IgnoreError("this rule stands in fleetdrift.toml: take it away there")
        said = f"{view.rule.owner}: {view.rule.reason}"
        return await self._ignores.delete(self._fleet, ignore, self._deed(Action.IGNORE_DELETED, ignore, said))

    def _deed(self, action: Action, ignore: str, detail: str) -> Deed:
        return Deed(caller=self._caller, action=action, fleet=self._fleet, subject=ignore, detail=detail)


def _today() -> dt.date:
    return dt.datetime.now(dt.UTC).date()
