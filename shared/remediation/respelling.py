"""Write deparsed array expressions so that PostgreSQL reads them as the expressions it deparsed.

`status IN ('a', 'b')` on a varchar column is deparsed as `((status)::text = ANY ((ARRAY['a'::character varying,
'b'::character varying])::text[]))`. Read again, the cast is pushed into the array's elements (parse_expr.c,
transformTypeCast), and the next deparse differs: a restored dump differs from what was dumped. A cast of the array to
the type it has anyway stops that, and leaves no trace of its own.
"""

from __future__ import annotations

import re

_ARRAY = "(ARRAY["
_OUTER = re.compile(r"\]\)::(?P<type>[^\s,();]+(?: [a-z]+)*)\[\]")
_ELEMENT_TYPE = re.compile(r"::(?P<type>\"?[A-Za-z_][^:'\[\]()]*(?:\([0-9, ]+\))?)\Z")


def keep_array_casts(sql: str) -> str:
    """Add to each deparsed array that is cast a cast to the type it has anyway, before the other."""
    parts: list[str] = []
    position = 0
    while (start := sql.find(_ARRAY, position)) >= 0:
        inside = start + len(_ARRAY)
        end = _end_of_array(sql, inside)
        parts.append(sql[position:inside])
        own = _own_type(sql[inside:end]) if end and _OUTER.match(sql, end) else None
        if own is None:
            position = inside
            continue
        parts += [sql[inside:end], f"]::{own}[]"]
        position = end + 1
    return "".join([*parts, sql[position:]])


def _end_of_array(sql: str, start: int) -> int:
    """Find the array's closing bracket; 0 when the text is not the deparse of an array."""
    depth = 1
    quote = ""
    for position in range(start, len(sql)):
        char = sql[position]
        if quote:
            quote = "" if char == quote else quote
        elif char in "'\"":
            quote = char
        elif char in "[(":
            depth += 1
        elif char in "])":
            depth -= 1
            if depth == 0:
                return position if char == "]" else 0
    return 0


def _own_type(elements: str) -> str | None:
    """Give the type that every element is cast to, or None when they are not all cast to one."""
    types = set()
    for element in _split(elements):
        found = _ELEMENT_TYPE.search(element)
        types.add(found.group("type") if found else None)
    return types.pop() if len(types) == 1 else None


def _split(elements: str) -> list[str]:
    found: list[str] = []
    depth, quote, begin = 0, "", 0
    for position, char in enumerate(elements):
        if quote:
            quote = "" if char == quote else quote
        elif char in "'\"":
            quote = char
        elif char in "[(":
            depth += 1
        elif char in "])":
            depth -= 1
        elif char == "," and depth == 0:
            found.append(elements[begin:position])
            begin = position + 1
    return [*found, elements[begin:]]
