"""What fits into a comment: sections of items, of which the most important stay and the others are counted. Pure."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from coordinator.report.renderers.presentation import plural

MAX_BYTES = 65_536
"""Largest comment on a pull request.

GitHub refuses a longer one: `422 Validation Failed`, "Body is too long (maximum is 65536 characters)", as in
https://github.com/telia-oss/github-pr-resource/issues/259. We count bytes of UTF-8, which are at least as many as
characters, whatever is called one. GitLab takes 1,000,000, a job's summary on GitHub 1 MiB.
"""


class Item(msgspec.Struct, frozen=True):
    """One thing of a section, as Markdown.

    Args:
        short: What is shown of it in any case.
        full: What is shown where there is room; empty when that is the same.
        cut: What is said below `short` where there is no room for `full`.
    """

    short: str
    full: str = ""
    cut: str = ""


class Section(msgspec.Struct, frozen=True, kw_only=True):
    """One part of a comment.

    Args:
        heading: What stands above the items, whether or not there is room for one.
        items: The most important first; those beyond the room are counted.
        noun: What an item is called.
        elsewhere: Where those are that are not shown, as half a sentence.
        most: Items that are shown at most.
        between: What stands between two items.
        table_head: First lines of the table whose rows the items are; empty where they are none.
    """

    heading: str
    items: Sequence[Item] = ()
    noun: str = ""
    elsewhere: str = ""
    most: int = 30
    between: str = "\n"
    table_head: str = ""


class _Shown(msgspec.Struct):
    """How much of a section is shown: so many items, of which some are in full."""

    section: Section
    items: int = 0
    in_full: set[int] = msgspec.field(default_factory=set)

    def markdown(self) -> str:
        items = [self._item(number) for number in range(self.items)]
        lines = [self.section.table_head, *items] if items and self.section.table_head else items
        rest = len(self.section.items) - self.items
        more = f"… and {plural(rest, self.section.noun)} more: {self.section.elsewhere}." if rest else ""
        return "\n\n".join(filter(None, (self.section.heading, self.section.between.join(lines), more)))

    def _item(self, number: int) -> str:
        item = self.section.items[number]
        if item.full and number in self.in_full:
            return item.full
        return f"{item.short}\n\n{item.cut}" if item.cut else item.short


def fill_comment(sections: Sequence[Section], max_bytes: int = MAX_BYTES) -> str:
    """Write sections one below the other, with as much of each as fits.

    Every heading is written, and the number of items that are left out. Then each section in turn gets one item more
    while there is room; at last items are shown in full, the first ones of the first section first.

    Args:
        sections: In their order. Their headings alone are taken to fit.
        max_bytes: Of UTF-8.
    """
    shown = [_Shown(section) for section in sections]
    growing = [each for each in shown if each.section.items]
    while growing:
        growing = [each for each in growing if _grows(each, shown, max_bytes)]
    for each in shown:
        for number in range(each.items):
            _show_in_full(each, number, shown, max_bytes)
    return _written(shown)


def _grows(each: _Shown, shown: Sequence[_Shown], max_bytes: int) -> bool:
    """Show one item more of a section if there is room; say whether there may be room for another."""
    each.items += 1
    if len(_written(shown).encode()) > max_bytes:
        each.items -= 1
        return False
    return each.items < min(each.section.most, len(each.section.items))


def _show_in_full(each: _Shown, number: int, shown: Sequence[_Shown], max_bytes: int) -> None:
    each.in_full.add(number)
    if len(_written(shown).encode()) > max_bytes:
        each.in_full.remove(number)


def _written(shown: Sequence[_Shown]) -> str:
    return "\n\n".join(filter(None, (each.markdown() for each in shown))) + "\n"
