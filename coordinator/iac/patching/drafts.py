"""Drafts of patches: edits of the declaring files after which they may say what is wanted. A proof decides which do."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import msgspec
import pgparse

from coordinator.iac.patching.atlas_draft import atlas_edits
from coordinator.iac.patching.held_text import CannotEditError, Edit, edited
from coordinator.iac.patching.new_migration import new_migration
from coordinator.iac.patching.places import Place, Places
from coordinator.iac.patching.provider_blocks import new_resource, without_resource
from coordinator.iac.reading import Reading
from coordinator.iac.sql.atlas_sum import SUM_FILE
from shared.analysis.wanted import Step, Wanted, words_of
from shared.diff.changes import Altered, Missing, Unexpected
from shared.schema.identity import ObjectId
from shared.schema.schema import Declaration, Spec

_ABOUT_OTHERS = frozenset(
    {"AlterOwnerStmt", "AlterTableStmt", "ClusterStmt", "CommentStmt", "GrantStmt", "InsertStmt", "SecLabelStmt"}
)
"""Parse nodes of statements that are about an object which another statement makes (libpg_query)."""


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """A patch that is not proven yet.

    Args:
        files: New contents by resolved path; those of files that are not there yet are new.
        migration: The new migration, when there is one: tenants that have the drift already must not run it.
        edits: The edits of files that are there, by resolved path.
    """

    files: dict[Path, str]
    migration: Path | None = None
    edits: dict[Path, tuple[Edit, ...]] = {}


class Drafts:
    """Makes drafts for one group of differences.

    Args:
        wanted: What is to be declared.
        spec: What is declared.
        reading: The same, as it was read.
        folder: What the origins' files are relative to.
    """

    def __init__(self, wanted: Wanted, spec: Spec, reading: Reading, folder: Path) -> None:
        self._wanted = wanted
        self._declarations = spec.source.declarations
        self._places = Places(folder)
        self._pieces = {item: piece for piece in reading.pieces for item in piece.addressed()}
        self._makers = makers(spec)

    def all(self) -> Iterator[Draft | CannotEditError]:
        """Give drafts, the one that changes least first; an error where one cannot be made."""
        if self._schema_files():
            try:
                yield self._atlas_draft()
            except CannotEditError as error:
                yield error
            return
        for in_place, everywhere in ((True, False), (True, True), (False, False), (False, True)):
            try:
                yield self._draft(in_place=in_place, everywhere=everywhere)
            except CannotEditError as error:
                yield error

    def _schema_files(self) -> tuple[str, ...]:
        """Return the files of a schema in Atlas HCL; none where anything is declared otherwise."""
        files = {item.origin.file for item in self._declarations}
        return tuple(sorted(files)) if all(file.endswith(".hcl") for file in files) else ()

    def _atlas_draft(self) -> Draft:
        making = _Making(self._places, everywhere=False)
        contents = {file: self._places.content(file) for file in self._schema_files()}
        for file, edits in atlas_edits(self._wanted, contents).items():
            making.edit(file, edits)
        return making.draft(None)

    def _draft(self, *, in_place: bool, everywhere: bool) -> Draft:
        making = _Making(self._places, everywhere=everywhere)
        done = self._edit_in_place(making) if in_place else set()
        done |= self._add_resources(making) if in_place else set()
        steps = [step for step in self._wanted.steps if step.object not in done]
        if done and not self._altered(steps):
            changed = {change.identity for change in self._wanted.changes}
            steps = [step for step in steps if step.object in changed or not done]
        migration = self._add(steps, making)
        return making.draft(migration)

    def _altered(self, steps: list[Step]) -> bool:
        altered = {change.identity for change in self._wanted.changes if isinstance(change, Altered)}
        return any(step.object in altered for step in steps)

    def _edit_in_place(self, making: _Making) -> set[ObjectId]:
        """Remove and replace the statements that make single objects; return the objects that this deals with."""
        gone = {change.identity for change in self._wanted.changes if isinstance(change, Missing)}
        done: set[ObjectId] = set()
        for change in self._wanted.changes:
            own = self._own(change.identity)
            if own is None:
                continue
            declaration, made = own
            if isinstance(change, Missing) and made <= gone:
                if self._is_resource(declaration):
                    file = declaration.origin.file
                    making.edit(file, [without_resource(file, self._places.content(file), declaration.origin)])
                    done.add(change.identity)
                    continue
                making.remove(declaration)
                for other in self._about(change.identity, declaration):
                    making.remove(other)
                done |= made | {step.object for step in self._wanted.steps if _hangs_on(step.object, change.identity)}
            elif isinstance(change, Altered) and made == {change.identity}:
                whole = self._wanted.whole.get(change.identity, ())
                if len(whole) == 1 and _same_form(declaration.sql, whole[0]):
                    making.replace(declaration, whole[0])
                    done.add(change.identity)
        return done

    def _is_resource(self, declaration: Declaration) -> bool:
        """Say whether a resource of a provider declares it, by its attributes and not by a statement."""
        piece = self._pieces.get(declaration)
        return piece is not None and piece.idempotent

    def _add_resources(self, making: _Making) -> set[ObjectId]:
        """Add objects as resources where their neighbours are; return those that this deals with."""
        files = {item.origin.file for item in self._declarations if self._is_resource(item)}
        contents = {file: self._places.content(file) for file in sorted(files)}
        done: set[ObjectId] = set()
        for change in self._wanted.changes if contents else ():
            found = new_resource(change.observed, contents) if isinstance(change, Unexpected) else None
            if found is not None:
                making.edit(found[0], [found[1]])
                done.add(change.identity)
        return done

    def _own(self, identity: ObjectId) -> tuple[Declaration, set[ObjectId]] | None:
        """Return the statement that makes an object, and all that it makes; None where it may not be edited."""
        maker = self._makers.get(identity)
        if maker is None or self._is_applied(self._declarations[maker]):
            return None
        return self._declarations[maker], {each for each, other in self._makers.items() if other == maker}

    def _is_applied(self, declaration: Declaration) -> bool:
        """Say whether a statement is of a migration that databases may have had: it must stay as it is."""
        piece = self._pieces.get(declaration)
        if piece is not None and piece.step is not None:
            return piece.step.version != ""
        return (self._places.folder / declaration.origin.file).with_name(SUM_FILE).is_file()

    def _about(self, identity: ObjectId, own: Declaration) -> Iterator[Declaration]:
        """Give the other statements about an object that has its own statement: comments, grants, settings."""
        for item in self._declarations:
            if item != own and identity.name in item.sql and _is_about(item.sql, identity.name):
                yield item

    def _add(self, steps: list[Step], making: _Making) -> Path | None:
        """Add statements; where there are migrations, as a new one. Return its path."""
        if not steps:
            return None
        applied = [item for item in self._declarations if self._is_applied(item)]
        if applied:
            newest = (self._places.folder / applied[-1].origin.file).resolve()
            files = new_migration(newest, [step.sql for step in steps], [step.sql for step in self._wanted.back])
            making.new(files)
            return next(iter(files))
        if not self._declarations:
            raise CannotEditError("nothing is declared yet beside which it could stand")
        ends: dict[int, list[str]] = {}
        placed: list[tuple[int, Step]] = []
        for step in steps:
            at = self._position(step, placed)
            placed.append((at, step))
            ends.setdefault(at, []).append(step.sql)
        for at, statements in ends.items():
            making.add(self._declarations[at], statements)
        return None

    def _position(self, step: Step, placed: list[tuple[int, Step]]) -> int:
        """Return the declaration behind which a statement belongs: the last one of what it names."""
        words = words_of(step.sql)
        positions = [maker for identity, maker in self._makers.items() if identity.name in words]
        positions += [at for at, other in placed if other.object.name in words or other.object.parent in words]
        return max(positions, default=len(self._declarations) - 1)


def makers(spec: Spec) -> dict[ObjectId, int]:
    """Return the statement that makes each object that has one, by its position among the declarations."""
    at: dict[tuple[str, int, str], list[int]] = {}
    for i, item in enumerate(spec.source.declarations):
        at.setdefault((item.origin.file, item.origin.line, item.origin.address), []).append(i)
    found: dict[ObjectId, int] = {}
    for entry in spec.origins:
        here = at.get((entry.origin.file, entry.origin.line, entry.origin.address), [])
        if len(here) > 1:  # several statements on one line: what is made is named there first
            here = [i for i in here if entry.identity.name in _words(spec.source.declarations[i].sql)][:1]
        if here:
            found[entry.identity] = here[0]
    return found


@lru_cache(maxsize=4096)
def _words(sql: str) -> frozenset[str]:
    return frozenset(words_of(sql))


class _Making:
    """Collects the edits of one draft."""

    def __init__(self, places: Places, *, everywhere: bool) -> None:
        self._places = places
        self._everywhere = everywhere
        self._edits: dict[str, list[Edit]] = {}
        self._new: dict[Path, str] = {}
        self._removed: set[Declaration] = set()

    def _found(self, declaration: Declaration) -> list[Place]:
        place = self._places.of(declaration)
        return self._places.alike(place) if self._everywhere else [place]

    def remove(self, declaration: Declaration) -> None:
        if declaration not in self._removed:
            self._removed.add(declaration)
            for place in self._found(declaration):
                self._note(place, place.text.remove(place.statement))

    def replace(self, declaration: Declaration, sql: str) -> None:
        for place in self._found(declaration):
            self._note(place, place.text.replace(place.statement, sql))

    def add(self, declaration: Declaration, statements: list[str]) -> None:
        for place in self._found(declaration):
            self._note(place, place.text.add_after(place.statement, statements))

    def new(self, files: dict[Path, str]) -> None:
        self._new |= files

    def _note(self, place: Place, edits: list[Edit]) -> None:
        self.edit(place.file, edits)

    def edit(self, file: str, edits: list[Edit]) -> None:
        known = self._edits.setdefault(file, [])
        known += [edit for edit in edits if edit not in known]

    def draft(self, migration: Path | None) -> Draft:
        folder = self._places.folder
        paths = {file: (folder / file).resolve() for file in self._edits}
        files = {paths[file]: edited(self._places.content(file), edits) for file, edits in self._edits.items()}
        return Draft(
            files=files | self._new,
            migration=migration,
            edits={paths[file]: tuple(sorted(edits)) for file, edits in self._edits.items()},
        )


def _hangs_on(identity: ObjectId, other: ObjectId) -> bool:
    return identity == other or (identity.parent == other.name and identity.namespace == other.namespace)


def _same_form(declared: str, whole: str) -> bool:
    """Say whether two statements are of one form (both CREATE VIEW), so that one can take the place of the other."""
    nodes = [_node(sql) for sql in (declared, whole)]
    return nodes[0] == nodes[1] != "" and nodes[0] not in {"CreateStmt", "AlterTableStmt"}


def _node(sql: str) -> str:
    try:
        [entry] = pgparse.parse(sql)
    except (pgparse.PGQueryError, ValueError):
        return ""
    return str(next(iter(entry["stmt"])))


def _is_about(sql: str, name: str) -> bool:
    """Say whether a statement is about an object of a name and about nothing else."""
    try:
        [entry] = pgparse.parse(sql)
    except (pgparse.PGQueryError, ValueError):
        return False
    [(node, tree)] = entry["stmt"].items()
    if node not in _ABOUT_OTHERS:
        return False
    about = tree.get("relation", tree.get("object", tree.get("objects", {})))
    return repr(name) in str(about)
