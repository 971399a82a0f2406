"""A named mistake in the code, and the applying of it to a text."""

from __future__ import annotations

import msgspec


class Mutant(msgspec.Struct, frozen=True, kw_only=True):
    """A mistake that unit tests must notice.

    Args:
        name: What the code does wrongly with it, as a sentence.
        file: Path in the project.
        before: The right text: it stands exactly once in the file.
        after: The wrong one.
        tests: Test files of which at least one test must fail.
    """

    name: str
    file: str
    before: str
    after: str
    tests: tuple[str, ...]

    def apply(self, text: str) -> str:
        """Give the file's text with the mistake in it.

        Raises:
            ValueError: When the right text does not stand there exactly once.
        """
        found = text.count(self.before)
        if found != 1:
            raise ValueError(
                f"expected {self.before!r} once in {self.file}, found it {found} times: "
                f"mend the mutant {self.name!r} in tests/mutants/named.py"
            )
        return text.replace(self.before, self.after)
