"""Names as a hostile tenant would choose them. They go through every output there is."""

from __future__ import annotations

HOSTILE_NAMES = (
    "line\nbreak: in sync",
    "carriage\rreturn",
    'double"quote',
    "single'quote",
    "back`tick``s",
    "pi|pe",
    "back\\slash \\! \\n",
    "\x1b[2J\x1b[31mescape\x1b[0m",
    "\x07bell\x08\x7f\x9b31m",
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "&lt;entity&#x3c;",
    "]]>cdata",
    "--> comment <!--",
    "*/ -- ; DROP TABLE orders; /*",
    "$$dollar$$ $tag$",
    "rtl\u202eevil\u2066iso\u2069",
    "zero\u200bwidth\ufeff",
    "line\u2028separator\u2029",
    "{{ 7 * 7 }} {% raw %} {tenant} {0}",
    "[link](javascript:alert(1)) ![i](http://198.51.100.1/x)",
    "# heading\n- item",
    ':"PORT" :name',
    "[bold red]markup[/bold red] :smile:",
    "naïve ü 数据 🐘",
    " leading and trailing ",
    "tab\there",
    "[[ignore]]*?[a-z]",
    "x" * 63,
)
"""What PostgreSQL stores as an identifier without a word: anything but NUL."""
