"""What must be rebuilt because of what the diff changes: the closure over everything that stands on it."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from shared.diff.changes import Altered, Missing, SchemaDiff, Unexpected
from shared.kinds import RECORDS
from shared.kinds.context import Context
from shared.kinds.facts import ColumnType, Reads
from shared.kinds.hazards import blocks_writes
from shared.kinds.recipes.check_descent import checks_beside
from shared.kinds.recipes.partition_keys import partitioned_by
from shared.kinds.recipes.partitions import is_left_behind
from shared.kinds.recipes.renamed_parts import is_renamed_part
from shared.kinds.recipes.type_users import is_within_others
from shared.kinds.step import REBUILD, Loosened, Role, Step
from shared.schema.base import Facet
from shared.schema.identity import ObjectId, QualifiedName
from shared.schema.model import SchemaObject
from shared.schema.relations import Column, Constraint, ForeignTable, Index, Sequence, Table
from shared.schema.types import DomainConstraint
from shared.sql import quote_identifier, quote_qualified


@dataclass
class Decision:
    """What happens to each object; with `Context.creates` and `Context.drops` it says everything.

    Args:
        alters: Changed in place.
        loosened: (object, what it stands on) → how it lets go and takes hold again.
    """

    alters: dict[ObjectId, Altered] = field(default_factory=dict)
    loosened: dict[tuple[ObjectId, ObjectId], Loosened] = field(default_factory=dict)


def decide(diff: SchemaDiff, context: Context, rebuilt: frozenset[ObjectId] = frozenset()) -> Decision:
    """Sort the changes into creations, drops and alterations, and draw in what stands on what goes.

    Fills `context.creates`, `context.drops` and `context.aside`.

    Args:
        diff: The changes.
        context: Where they are made, with nothing decided yet.
        rebuilt: What is to be made again although it could be altered.
    """
    closure = _Closure(context)
    for change in diff.changes:
        match change:
            case Missing():
                context.creates.add(change.identity)
                closure.rebuild_checked_domain(change.desired)
            case Unexpected():
                closure.drop(change.identity)
            case Altered() if change.identity not in context.drops:  # a change before it may have it made again
                closure.decision.alters[change.identity] = change
            case _:
                pass  # unverified: nothing is known, so nothing is done
    for identity in sorted(rebuilt):
        closure.rebuild(identity)
    closure.run()
    return closure.decision


class _Closure:
    """Works out what each change draws in: what stands on a dropped object is loosened from it or made again."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.decision = Decision()
        self._newly_dropped: deque[ObjectId] = deque()
        self._considered: set[ObjectId] = set()

    def drop(self, identity: ObjectId) -> None:
        """Drop an observed object; what depends on it is looked at in `run`."""
        if identity in self.context.drops or identity not in self.context.observed.objects:
            return
        self.context.drops.add(identity)
        self._newly_dropped.append(identity)

    def rebuild(self, identity: ObjectId) -> None:
        """Drop an object and make it again, if it is declared."""
        self.decision.alters.pop(identity, None)
        for key in [key for key in self.decision.loosened if key[0] == identity]:
            del self.decision.loosened[key]
        if identity in self.context.desired.objects:
            self.context.creates.add(identity)
        self.drop(identity)

    def rebuild_checked_domain(self, item: SchemaObject) -> None:
        """Rebuild a domain for a constraint that PostgreSQL could not check: its values are within arrays and so on."""
        if not isinstance(item, DomainConstraint) or not item.validated:
            return
        domain = ObjectId(kind="domain_type", namespace=item.namespace, name=item.parent)
        if is_within_others(domain, self.context.observed):
            self.rebuild(domain)

    def run(self) -> None:
        """Work until nothing more is drawn in."""
        while True:
            while self._newly_dropped:
                self._free_what_depends_on(self._newly_dropped.popleft())
            for identity in sorted(self.decision.alters.keys() - self._considered):
                if identity in self.decision.alters:
                    self._considered.add(identity)
                    self._alter_or_rebuild(self.decision.alters[identity])
            if not self._newly_dropped and not self._rebuild_what_cannot_be_altered_now():
                self._set_aside_below()
                self._loosen_as_things_are_now()
                return

    def _loosen_as_things_are_now(self) -> None:
        """Ask again how objects let go: what was rebuilt since may bring them along no more."""
        for identity, below in list(self.decision.loosened):
            loosen, item = RECORDS[identity.kind].loosen, self.context.observed.objects[identity]
            loosened = loosen(item, below, self.context) if loosen is not None else None
            if loosened is not None:
                self._loosen(item, below, loosened, self.decision.alters.get(identity))

    def _set_aside_below(self) -> None:
        """Set aside what a type that is set aside is made of, as long as that is dropped too."""
        left = list(self.context.aside)
        while left:
            for below in self.context.observed.references[left.pop()]:
                has_room = RECORDS[below.kind].discard is not None and below in self.context.drops
                if has_room and below not in self.context.aside:
                    self.context.aside.add(below)
                    left.append(below)

    def _rebuild_what_cannot_be_altered_now(self) -> bool:
        """Rebuild what could be altered as things were when it was considered, and cannot as they have become."""
        for identity, change in sorted(self.decision.alters.items(), key=lambda entry: entry[0]):
            fields = frozenset(change.fields)
            if RECORDS[identity.kind].alter(change.desired, change.observed, fields, self.context) is REBUILD:
                self.rebuild(identity)
        return bool(self._newly_dropped)

    def _alter_or_rebuild(self, change: Altered) -> None:
        record = RECORDS[change.identity.kind]
        fields = frozenset(change.fields)
        if "validated" in fields:
            self.rebuild_checked_domain(change.desired)
        if record.alter(change.desired, change.observed, fields, self.context) is REBUILD:
            self.rebuild(change.identity)
            return
        if fields & {"type", "collation"} and (table := partitioned_by(change.observed, self.context.observed)):
            self.rebuild(table)
        if isinstance(change.desired, Table | ForeignTable) and "partition_of" in fields:
            self._make_way_for_attached(change.desired)
        if isinstance(change.desired, Column) and change.desired.generated == "virtual" and "default" in fields:
            for check in checks_beside(
                QualifiedName(change.identity.namespace, change.identity.parent), self.context.observed
            ):
                self.rebuild(check)
        if record.disturbs is None:
            return
        kinds = record.disturbs(change.desired, change.observed, fields, self.context)
        for dependent in sorted(self.context.observed.dependents[change.identity]):
            if dependent.kind in kinds and dependent not in self.context.drops and self._is_in_the_way(dependent):
                self.rebuild(dependent)
            for key in self._referring_by(dependent, change) if kinds else ():
                self.rebuild(key)

    def _referring_by(self, identity: ObjectId, change: Altered) -> list[ObjectId]:
        """Name foreign keys to a key that only includes a column: PostgreSQL makes its index anew, and refuses that."""
        key = self.context.observed.objects[identity]
        if not isinstance(key, Constraint) or key.type == "foreign_key" or change.identity.name in key.columns:
            return []
        users = sorted(self.context.observed.dependents[identity])
        return [user for user in users if self.context.observed.find(Constraint, user) is not None]

    def _make_way_for_attached(self, table: Table | ForeignTable) -> None:
        """ATTACH takes the oldest index that fits: older ones than the one it shall take are made again after it."""
        name = QualifiedName(table.namespace, table.name)
        wanted = self.context.desired.indexes[name]
        coming = {_shape(i) for i in wanted if i.attached_to is not None and i.identity in self.context.creates}
        apart = {index.identity for index in wanted if index.attached_to is None}
        for index in self.context.observed.indexes[name]:
            if index.identity in apart and _shape(index) in coming:
                self.rebuild(index.identity)

    def _is_in_the_way(self, dependent: ObjectId) -> bool:
        """Of columns only computed ones stand in the way, of constraints only those that compare two columns."""
        item = self.context.observed.objects[dependent]
        if isinstance(item, Constraint):
            return item.type == "foreign_key"
        return not isinstance(item, Column) or bool(item.generated)

    def _free_what_depends_on(self, below: ObjectId) -> None:
        """Let each dependent of a dropped object survive, or rebuild it; keep what the DROP would take along."""
        for dependent in sorted(self.context.observed.dependents[below]):
            if dependent not in self.context.drops:
                self._free_dependent(dependent, below)
        item = self.context.observed.objects[below]
        if isinstance(item, Table | ForeignTable):
            self._keep_partitions(item)
        if isinstance(item, Column):
            self._keep_sequences(item)
        if isinstance(item, Index):
            self._remake_parts(item)
            self._remake_whole(item)

    def _remake_parts(self, parent: Index) -> None:
        """DROP INDEX takes the partitions' indexes that are attached along: they are made again, under their names."""
        name = QualifiedName(parent.namespace, parent.name)
        for partition in self.context.observed.partitions[QualifiedName(parent.namespace, parent.table)]:
            for part in self.context.observed.indexes[QualifiedName(partition.namespace, partition.name)]:
                if part.attached_to == name and not is_left_behind(part, self.context):
                    self.rebuild(part.identity)

    def _remake_whole(self, part: Index) -> None:
        """No part goes without its parent's index, which is made again where the part cannot just be renamed."""
        table = ObjectId(kind="table", namespace=part.namespace, name=part.table)
        stays = table not in self.context.drops and not is_left_behind(part, self.context)
        if part.attached_to is None or not stays or is_renamed_part(part, self.context):
            return
        self.rebuild(ObjectId(kind="index", namespace=part.attached_to.namespace, name=part.attached_to.name))

    def _free_dependent(self, dependent: ObjectId, below: ObjectId) -> None:
        """Loosen one dependent from a dropped object where its kind can, else rebuild it."""
        item = self.context.observed.objects[dependent]
        if isinstance(item, Facet):
            self.rebuild(dependent)
            return
        if self._stays_below(dependent, below):
            return
        change = self.decision.alters.get(dependent)
        gone = below not in self.context.desired.references[dependent]
        if change is not None and gone and not RECORDS[dependent.kind].alter_keeps_references:
            return  # the alteration itself lets go
        loosen = RECORDS[dependent.kind].loosen
        loosened = loosen(item, below, self.context) if loosen is not None else None
        if loosened is None:
            self.rebuild(dependent)
            return
        self._loosen(item, below, loosened, change)

    def _stays_below(self, dependent: ObjectId, below: ObjectId) -> bool:
        """Say whether a column stays with its table, which lets go of the one above while that is made anew."""
        tables = {(each.namespace, each.parent) for each in (dependent, below)}
        if dependent.kind != "column" or below.kind != "column" or len(tables) == 1:
            return False
        above = ObjectId(kind="table", namespace=below.namespace, name=below.parent)
        return above in self.context.drops and above in self.context.creates

    def _loosen(self, item: SchemaObject, below: ObjectId, loosened: Loosened, change: Altered | None) -> None:
        if RECORDS[below.kind].column_type is ColumnType.CONVERTED and item.kind == "column":
            if RECORDS[below.kind].discard is not None:
                self.context.aside.add(below)
            if table := partitioned_by(item, self.context.observed):
                self.rebuild(table)
            for dependent in sorted(self.context.observed.dependents[item.identity]):
                if RECORDS[dependent.kind].reads is Reads.COLUMN_AND_TYPE:
                    self.rebuild(dependent)
            if change is not None:
                self.context.retyped.add(item.identity)
                loosened = Loosened(loosened.before, ())
        elif change is not None and "default" in change.fields:
            loosened = Loosened(loosened.before, ())
        self.decision.loosened[item.identity, below] = loosened

    def _keep_partitions(self, parent: Table | ForeignTable) -> None:
        """DROP TABLE would take the partitions along: those that stay are detached first."""
        for child in self.context.observed.partitions[QualifiedName(parent.namespace, parent.name)]:
            change = self.decision.alters.get(child.identity)
            if child.identity in self.context.drops or (
                change and {"partition_of", "partition_bound"} & set(change.fields)
            ):
                continue
            loosen = RECORDS[child.kind].loosen
            assert loosen is not None
            loosened = loosen(child, parent.identity, self.context)
            if loosened is not None:
                self.decision.loosened[child.identity, parent.identity] = loosened

    def _keep_sequences(self, owner: Column) -> None:
        """DROP would take owned sequences along: those that stay are released first. An identity's goes along."""
        for sequence in self.context.observed.owned_sequences[QualifiedName(owner.namespace, owner.parent)]:
            if sequence.owned_by_column != owner.name or sequence.identity in self.context.drops:
                continue
            if sequence.identity_of_column:
                self.rebuild(sequence.identity)
            else:
                self._keep_sequence(sequence, owner)

    def _keep_sequence(self, sequence: Sequence, owner: Column) -> None:
        change = self.decision.alters.get(sequence.identity)
        if change is not None and {"owned_by_table", "owned_by_column"} & set(change.fields):
            return
        assert sequence.owned_by_table is not None
        name = f"{quote_identifier(sequence.namespace)}.{quote_identifier(sequence.name)}"
        column = f"{quote_qualified(sequence.owned_by_table)}.{quote_identifier(sequence.owned_by_column)}"
        self.decision.loosened[sequence.identity, owner.identity] = Loosened(
            (Step(Role.SET, f"ALTER SEQUENCE {name} OWNED BY NONE", (blocks_writes(name),)),),
            (Step(Role.SET, f"ALTER SEQUENCE {name} OWNED BY {column}", (blocks_writes(name),)),),
        )


def _shape(index: Index) -> tuple[object, ...]:
    """Give what two indexes must share for one to be the other's part (CompareIndexInfo), or a little less."""
    return index.method, index.unique, index.columns, index.include, index.predicate
