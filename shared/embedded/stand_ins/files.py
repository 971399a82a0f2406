"""Write the control and script files of stand-ins, which a server reads from `extension_control_path` (v18)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

from shared.embedded.stand_ins.facts import REACH_OUT, ExtensionFacts, stand_in_facts
from shared.embedded.stand_ins.script import stand_in_script
from shared.sql import quote_literal

INSTEAD = "instead"
"""Folder of the stand-ins that come before an extension that the server has."""
LACKING = "lacking"
"""Folder of the stand-ins for extensions that it may lack."""

MARK = "stand-in"
"""A version that no real extension has: by it `scratch_abilities.sql` and `scratch_stands_in.sql` know a stand-in."""


def stand_ins_hash() -> str:
    """Name what `write_stand_ins` writes: other facts or other bodies have another name."""
    digest = hashlib.sha256()
    for path in sorted(Path(__file__).parent.iterdir()):
        if path.suffix in {".py", ".json"}:
            digest.update(path.read_bytes())
    return digest.hexdigest()


def write_stand_ins(folder: Path) -> None:
    """Write the files of all stand-ins.

    Args:
        folder: Made here; a server that has its two folders in `extension_control_path` knows them.
    """
    for home in (folder / INSTEAD / "extension", folder / LACKING / "extension"):
        home.mkdir(parents=True)
        for made in (folder, home.parent, home):
            made.chmod(0o755)
    known = {facts.extension: facts for facts in stand_in_facts()}
    for facts in known.values():
        home = folder / (INSTEAD if facts.extension in REACH_OUT else LACKING) / "extension"
        _write(home / f"{facts.extension}.control", _control(facts))
        required = _required(facts, known)
        script = "".join(f"{statement};\n" for statement in stand_in_script(facts, required))
        for version in facts.versions:
            _write(home / f"{facts.extension}--{version}.sql", script)
        _write(home / f"{facts.extension}--{MARK}.sql", "")


def _required(facts: ExtensionFacts, known: dict[str, ExtensionFacts]) -> Iterator[ExtensionFacts]:
    for name in facts.requires:
        if name in known:
            yield known[name]
            yield from _required(known[name], known)


def _write(path: Path, text: str) -> None:
    path.write_text(text)
    path.chmod(0o644)  # the server runs as another user when we are root


def _control(facts: ExtensionFacts) -> str:
    # The comment is the real one: it is compared.
    lines = {
        "comment": facts.comment,
        "default_version": facts.version,
        "schema": facts.schema,
        "relocatable": str(facts.relocatable).lower(),
        "trusted": str(facts.trusted).lower(),
        "superuser": str(facts.superuser).lower(),
        "requires": ", ".join(facts.requires),
    }
    return "".join(f"{name} = {quote_literal(value)}\n" for name, value in lines.items() if value)
