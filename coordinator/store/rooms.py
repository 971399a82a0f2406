"""The parts of the store that have a class of their own, by name."""

from __future__ import annotations

from coordinator.store.access import StoreAccess
from coordinator.store.credentials import Credentials
from coordinator.store.declarations import Declarations
from coordinator.store.fleet_figures import FleetFigures
from coordinator.store.fleet_memory import FleetMemory
from coordinator.store.ignores import Ignores
from coordinator.store.listings import Listings
from coordinator.store.schemas import Schemas
from coordinator.store.signs import Signs


class StoreRooms(StoreAccess):
    """A store by its parts; each waits as patiently as the whole."""

    @property
    def memory(self) -> FleetMemory:
        """What is known of tenants and changes across scans."""
        return FleetMemory(self._pool, self._patience)

    @property
    def figures(self) -> FleetFigures:
        """What is counted of a fleet for its metrics."""
        return FleetFigures(self._pool, self._patience)

    @property
    def credentials(self) -> Credentials:
        """Who may ask, and who did what."""
        return Credentials(self._pool, self._patience)

    @property
    def ignores(self) -> Ignores:
        """The ignore rules beside those of the configuration."""
        return Ignores(self._pool, self._patience)

    @property
    def declarations(self) -> Declarations:
        """What was declared when fleets were last scanned."""
        return Declarations(self._pool, self._patience)

    @property
    def schemas(self) -> Schemas:
        """What is known of shapes, versions and declarations."""
        return Schemas(self._pool, self._patience)

    @property
    def listings(self) -> Listings:
        """Where the tenants of fleets live, as servers last listed them."""
        return Listings(self._pool, self._patience)

    @property
    def signs(self) -> Signs:
        """What was read of tenants, by the signs of their databases."""
        return Signs(self._pool, self._patience)
