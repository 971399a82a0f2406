"""What a figure of a benchmark must reach, printed beside it."""

from __future__ import annotations


class Bars:
    """Prints each figure beside its bar, and remembers whether one is beyond it."""

    def __init__(self) -> None:
        self.failed = False

    def hold(self, what: str, found: float, bar: float, unit: str) -> None:
        """Print a figure.

        Args:
            what: Was measured.
            found: The figure.
            bar: It must be below.
            unit: Of both.
        """
        self.failed |= found >= bar
        print(f"{'ok ' if found < bar else 'BAD'} {what}: {found:.3g} {unit} (bar: below {bar:g} {unit})", flush=True)

    def reach(self, what: str, found: float, bar: float) -> None:
        """Print a ratio.

        Args:
            what: Was measured.
            found: The ratio.
            bar: It must be at least this.
        """
        self.failed |= found < bar
        print(f"{'ok ' if found >= bar else 'BAD'} {what}: {found:.3g} x (bar: {bar:g} x)", flush=True)
