"""What a probe is, and how its file is read.

A case file is SQL cut by marker lines:

    == column.type, column.default [15+] a varchar grows
    base, run first on every side (may be empty)
    --
    variant A
    --
    variant B

`$n` stands for a name of the probe's own: a namespace that exists, and the prefix of whatever lives outside namespaces.
"""

from __future__ import annotations

import re
from pathlib import Path

import msgspec

CASES = Path(__file__).with_name("cases")
_HEADER = re.compile(
    r"== (?P<about>\w+\.[\w*]+(?:, \w+\.[\w*]+)*)(?: \[(?P<since>\d+)\+\])?(?P<alone> \[alone\])? (?P<title>.+)"
)


class Probe(msgspec.Struct, frozen=True, kw_only=True):
    """One attribute, two values of it.

    Args:
        name: `what it is about: title`, unique.
        file: The case file.
        about: "kind.field" or "kind", as the model calls them; any of them must be in the diff.
        since: First server major version that has it.
        alone: Cannot share a database with other probes (it speaks of the database itself).
        base: SQL run first on both sides.
        left: SQL that makes the one value.
        right: SQL that makes the other.
    """

    name: str
    file: str
    about: tuple[str, ...]
    since: int
    alone: bool
    base: str
    left: str
    right: str

    def spelt(self, name: str) -> Probe:
        """Give the probe with `$n` replaced, and the namespace of that name made first."""
        base, left, right = (text.replace("$n", name) for text in (self.base, self.left, self.right))
        return msgspec.structs.replace(self, base=f"CREATE SCHEMA {name};\n{base}", left=left, right=right)


def read_probes(server_major: int) -> tuple[Probe, ...]:
    """Read every case file, and give the probes that a server has.

    Raises:
        ValueError: For a malformed case, with its file and line.
    """
    probes: list[Probe] = []
    for path in sorted(CASES.glob("*.sql")):
        probes += _read_file(path)
    names = [probe.name for probe in probes]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ValueError(f"two probes are called {twice}")
    return tuple(probe for probe in probes if probe.since <= server_major)


def _read_file(path: Path) -> list[Probe]:
    probes: list[Probe] = []
    header, body = "", list[str]()
    for number, line in enumerate([*path.read_text().splitlines(), "== end"], 1):
        if line.startswith("== "):
            if header:
                probes.append(_probe(path, number, header, "\n".join(body)))
            header, body = line, []
        else:
            body.append(line)
    return probes


def _probe(path: Path, number: int, header: str, body: str) -> Probe:
    found = _HEADER.fullmatch(header)
    parts = [part.strip() for part in re.split(r"(?m)^--$", body)]
    if found is None or len(parts) != 3:
        raise ValueError(f"{path.name}, before line {number}: {header!r} is no probe of three parts")
    return Probe(
        name=f"{found['about'].partition(', ')[0]}: {found['title']}",
        file=path.stem,
        about=tuple(found["about"].split(", ")),
        since=int(found["since"] or 14),
        alone=bool(found["alone"]),
        base=parts[0],
        left=parts[1],
        right=parts[2],
    )
