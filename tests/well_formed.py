"""What every page keeps: elements are closed in order, ids are unique, and no code or style stands in it."""

from __future__ import annotations

from html.parser import HTMLParser

_VOID = {"meta", "link", "input", "br", "hr", "img"}


class WellFormed(HTMLParser):
    """Reads a page and notes what is wrong with it."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.faults: list[str] = []
        self.ids: set[str] = set()
        self.words: list[str] = []
        self.links: list[str] = []

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        self.faults += [f"{tag} has {name}" for name in given if name == "style" or name.startswith("on")]
        self.faults += [f"{tag} bears code" for _ in [1] if tag == "style" or (tag == "script" and "src" not in given)]
        if "id" in given:
            self.faults += [f"id {given['id']} twice"] if given["id"] in self.ids else []
            self.ids.add(given["id"])
        self.links += [given["href"]] if tag == "a" else []
        if tag not in _VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in _VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.faults.append(f"</{tag}> closes something else at {self.getpos()}")

    def handle_data(self, data):
        self.words.append(data)


def read_page(text: str) -> WellFormed:
    """Read a page and insist that it is well-formed."""
    page = WellFormed()
    page.feed(text)
    page.close()
    assert (page.faults, page.open) == ([], [])
    return page
