"""The error of a fleet that cannot be listed."""


class InventoryError(Exception):
    """The fleet cannot be listed; the message is one sentence."""
