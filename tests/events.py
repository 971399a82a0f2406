"""Every event of the log, found in the modules of its room."""

from __future__ import annotations

import importlib
import pkgutil

from shared import events
from shared.events.event import Event, RunEvent, name_of


def event_types() -> dict[str, type[Event]]:
    """Give every kind of event by its name in the log."""
    for module in pkgutil.iter_modules(events.__path__):
        importlib.import_module(f"{events.__name__}.{module.name}")
    kinds = [kind for parent in (Event, RunEvent) for kind in parent.__subclasses__() if kind is not RunEvent]
    return {name_of(kind): kind for kind in kinds}
