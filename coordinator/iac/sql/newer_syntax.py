"""Splits SQL into statements by its tokens alone, where its syntax is newer than the grammar we parse with.

libpg_query in `pgparse` knows PostgreSQL 17. Statements with syntax of 18 are split by sqlglot's tokenizer,
which knows quotes and comments; whether they are valid, the scratch server says.
"""

from __future__ import annotations

import re

POSTGRES_18_WORDS = re.compile(
    r"\b(?:VIRTUAL|GENERATED\s+ALWAYS\s+AS\s*\(|NOT\s+ENFORCED|ENFORCED|WITHOUT\s+OVERLAPS|PERIOD|(?:ADD|,|\()\s*(?:CONSTRAINT\s+\S+\s+)?NOT\s+NULL\s+[\w\"]"
    r"|ALTER\s+CONSTRAINT\s+\S+\s+(?:NO\s+)?INHERIT)",
    re.IGNORECASE,
)
"""Words of statements that PostgreSQL accepts since version 18 (release-18.html)."""


class UnclosedQuoteError(ValueError):
    """A quote or a comment of the text is never closed, so it cannot be split."""


def statement_spans(text: str) -> tuple[tuple[int, int], ...]:
    """Return the span of each statement: offsets of its first character and behind its last, without the semicolon.

    Raises:
        UnclosedQuoteError: When a quote or a comment is not closed.
    """
    from sqlglot.dialects.postgres import Postgres  # lazy: rarely needed, and slow to import
    from sqlglot.errors import TokenError

    try:
        tokens = Postgres().tokenize(text)
    except TokenError as error:
        raise UnclosedQuoteError(str(error)) from None
    spans: list[tuple[int, int]] = []
    begin, depth, previous = -1, 0, ""
    for token in tokens:
        word = token.text.upper() if token.token_type.name not in {"STRING", "IDENTIFIER", "HEREDOC_STRING"} else ""
        if (word == "ATOMIC" and previous == "BEGIN") or (word == "CASE" and depth):
            depth += 1  # a body of statements, and what else is closed by END within it
        elif word == "END" and depth:
            depth -= 1
        if word == ";" and not depth:
            if begin >= 0:
                spans.append((begin, token.start))
            begin = -1
        elif begin < 0:
            begin = token.start
        previous = word
    if begin >= 0:
        spans.append((begin, len(text)))
    return tuple(spans)
