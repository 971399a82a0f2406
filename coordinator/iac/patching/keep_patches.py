"""Writes patches of the declaring files after which the database, as it is now, is what they declare."""

from __future__ import annotations

import functools
import os
from pathlib import Path

import pgparse

from coordinator.iac.cloudformation.document import parse_document
from coordinator.iac.expressions.files import repository_root
from coordinator.iac.hcl.native_syntax import parse_body
from coordinator.iac.patching.declaring_text import CannotEditError, DeclaringText, unified_diff
from coordinator.iac.patching.keep_statements import KeptChange, changes_to_keep
from coordinator.iac.source import SourceError, read_text
from coordinator.iac.sql.statements import in_file, split_statements
from coordinator.report.model import Patch
from shared.diff.changes import SchemaDiff
from shared.schema.identity import ObjectId
from shared.schema.schema import Declaration, Spec

MAX_KEPT_CHANGES = 500
"""Differences that all patches of a report keep together; a longer list would not be read."""


def keep_patches(diff: SchemaDiff, spec: Spec, root: Path) -> tuple[Patch, ...]:
    """Write patches that make the declaration say what the database has.

    Args:
        diff: Desired against observed.
        spec: What the desired side was compiled from.
        root: The source that was loaded; the origins' files are relative to it.

    Returns:
        One patch for each file, sorted by path, paths from the repository's root (else from the folder that holds
        everything the source reads). Differences that have no obvious place in the files are left out.
    """
    folder = (root if root.is_dir() else root.parent).resolve()
    edits = _Edits(spec, folder)
    for keep in list(changes_to_keep(diff))[:MAX_KEPT_CHANGES]:
        edits.apply(keep)
    return edits.patches()


class _Edits:
    """The edited text of each declaring file, and a summary of what was changed in it."""

    def __init__(self, spec: Spec, folder: Path) -> None:
        self._spec = spec
        self._folder = folder
        self._texts: dict[str, DeclaringText] = {}
        self._summaries: dict[str, list[str]] = {}

    @functools.cached_property
    def _declarations(self) -> dict[tuple[str, int], list[tuple[int, Declaration]]]:
        found: dict[tuple[str, int], list[tuple[int, Declaration]]] = {}
        for i, item in enumerate(self._spec.source.declarations):
            found.setdefault((item.origin.file, item.origin.line), []).append((i, item))
        return found

    @functools.cached_property
    def _origins(self) -> dict[ObjectId, tuple[str, int]]:
        return {entry.identity: (entry.origin.file, entry.origin.line) for entry in self._spec.origins}

    def _declared(self, identity: ObjectId) -> tuple[int, Declaration] | None:
        """Return the one declaration that an object comes from, with its position; None when there are more."""
        origin = self._origins.get(identity)
        found = self._declarations.get(origin, []) if origin is not None else []
        return found[0] if len(found) == 1 else None

    def apply(self, keep: KeptChange) -> None:
        """Make the edits of one difference, or none of them."""
        edits: list[tuple[Declaration, tuple[str, ...]]] = []
        if keep.removes is not None:
            own = self._declared(keep.removes)
            if own is None or not _stands_alone(own[1]):
                return
            edits.append((own[1], ()))
        if keep.adds:
            anchors = [self._declared(identity) for identity in keep.after]
            known = [anchor for anchor in anchors if anchor is not None]
            if not known or anchors[0] is None:
                return
            edits.append((max(known, key=lambda anchor: anchor[0])[1], keep.adds))
        try:
            for declaration, statements in edits:
                self._edit(declaration, statements, trial=True)
            for declaration, statements in edits:
                self._edit(declaration, statements, trial=False)
        except (CannotEditError, SourceError):
            return
        for file in dict.fromkeys(declaration.origin.file for declaration, _ in edits):
            self._summaries.setdefault(file, []).append(keep.summary)

    def _edit(self, declaration: Declaration, statements: tuple[str, ...], *, trial: bool) -> None:
        file = declaration.origin.file
        text = self._texts.get(file)
        if text is None:
            text = DeclaringText(file, read_text(self._folder / file, file))
        if trial:
            text = DeclaringText(file, text.original)
        else:
            self._texts[file] = text
        if statements:
            text.add_after(declaration, statements)
        else:
            text.remove(declaration)

    def patches(self) -> tuple[Patch, ...]:
        """Return a patch for each edited file that can still be parsed after the edit."""
        top = repository_root(self._folder)
        found: list[tuple[str, Patch]] = []
        for file, text in self._texts.items():
            path = Path(os.path.relpath((self._folder / file).resolve(), top)).as_posix()
            after = text.edited()
            if path.startswith("../") or not _still_parses(file, after):
                continue
            summary = f"{path} {' and '.join(self._summaries[file])}"
            found.append((path, Patch(summary=summary, diff=unified_diff(path, text.original, after))))
        return tuple(patch for _, patch in sorted(found, key=lambda entry: entry[0]))


_SINGLE_PURPOSE_NODES = frozenset({"IndexStmt", "CreateTrigStmt", "AlterTableStmt"})


def _stands_alone(declaration: Declaration) -> bool:
    """Return whether a statement declares only one object, so that removing it removes nothing else."""
    try:
        ((node, tree),) = pgparse.parse(declaration.sql)[0]["stmt"].items()
    except (pgparse.PGQueryError, ValueError, IndexError):
        return False
    return node in _SINGLE_PURPOSE_NODES and len(tree.get("cmds", ())) <= 1


def _still_parses(file: str, text: str) -> bool:
    """Return whether an edited file can still be parsed; a `.tf` file by two parsers that share no code."""
    try:
        if file.endswith(".sql"):
            split_statements(text, in_file(text, file))
        elif file.endswith(".tf"):
            parse_body(text, file)
            return _hcl2_parses(text)
        elif file.endswith((".yaml", ".yml", ".template")):
            parse_document(text, file)
    except SourceError:
        return False
    return True


def _hcl2_parses(text: str) -> bool:
    import hcl2  # lazy: its grammar takes long to load, and few runs write a patch for a .tf file
    from lark.exceptions import LarkError

    try:
        hcl2.parses_to_tree(text if text.endswith("\n") else f"{text}\n")
    except LarkError:
        return False
    return True
