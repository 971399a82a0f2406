"""What can go wrong when the fleet is listed."""


class InventoryError(Exception):
    """The fleet cannot be listed; the message is one sentence."""
