"""The progress file: one JSON line for each step, so that a run that was broken off can be continued.

It is written before and after each step and flushed to the disk. What it says is a hint: every tenant is read, and the
schema that is there decides.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import fcntl
import os
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import IO, Self

import msgspec

from shared.formats import PROGRESS, FormatError, label_of
from shared.remediation.kept_facts import KeptFacts
from shared.schema.schema import Snapshot


class JournalError(Exception):
    """The progress file cannot be used; the message is one sentence."""


class _Entry(msgspec.Struct, frozen=True, kw_only=True, tag_field="event", tag=str.lower, omit_defaults=True):
    at: str = ""


class Opened(_Entry, frozen=True, kw_only=True):
    """The first line: the plan, and the schema it starts from as the scratch server spells it."""

    format: str = ""
    plan: str
    base: Snapshot | None = None


class Begun(_Entry, frozen=True, kw_only=True):
    """A run of the plan on a tenant begins at a stage, counted from 0."""

    tenant: str
    stage: int


class Staged(_Entry, frozen=True, kw_only=True):
    """A stage has taken effect on a tenant."""

    tenant: str
    stage: int


class Kept(_Entry, frozen=True, kw_only=True):
    """What a stage that is about to be committed has noted of objects that it drops and a later stage makes again.

    Facts that an earlier line of the tenant holds too are replaced.
    """

    tenant: str
    facts: KeptFacts


class Done(_Entry, frozen=True, kw_only=True):
    """The plan has taken effect on a tenant, and its schema was read back."""

    tenant: str


class Failed(_Entry, frozen=True, kw_only=True):
    """The plan has failed on a tenant."""

    tenant: str
    message: str


Event = Opened | Begun | Staged | Kept | Done | Failed
_decoder: msgspec.json.Decoder[Event] = msgspec.json.Decoder(Event)


class Progress(msgspec.Struct, frozen=True, kw_only=True):
    """What a progress file says.

    Args:
        base: The schema the plan starts from, if it was noted.
        done: Tenants the plan has taken effect on.
        stages: Per tenant, how many stages have.
        facts: Per tenant, what is held of objects that were dropped and are to be made again.
    """

    base: Snapshot | None = None
    done: frozenset[str] = frozenset()
    stages: dict[str, int] = {}
    facts: dict[str, KeptFacts] = {}


def summarise(events: Iterable[Event]) -> Progress:
    """Reduce the events of a progress file to what has been done."""
    base: Snapshot | None = None
    done: set[str] = set()
    stages: dict[str, int] = {}
    facts: dict[str, KeptFacts] = {}
    for event in events:
        match event:
            case Opened(base=noted):
                base = noted or base
            case Staged(tenant=tenant, stage=stage):
                stages[tenant] = stage + 1
            case Kept(tenant=tenant, facts=noted_facts):
                facts[tenant] = facts.get(tenant, {}) | noted_facts
            case Done(tenant=tenant):
                done.add(tenant)
            case Begun() | Failed():
                pass
    return Progress(base=base, done=frozenset(done), stages=stages, facts=facts)


def read_progress(path: Path, plan: str) -> Progress:
    """Read a progress file; one that is not there says that nothing was done.

    Args:
        path: Where it is.
        plan: Id of what is being applied.

    Raises:
        JournalError: When it is about another plan or in another format, or a line other than a torn last one cannot be
            read.
    """
    _insist_on_a_file(path)
    try:
        lines = path.read_bytes().split(b"\n")
    except FileNotFoundError:
        return Progress()
    except OSError as error:
        raise JournalError(f"{path}: cannot be read: {error.strerror}") from None
    events: list[Event] = []
    for number, line in enumerate(lines, 1):
        try:
            if number == 1:
                PROGRESS.check(label_of(line))
            if line:
                events.append(_decoder.decode(line))
        except FormatError as error:
            raise JournalError(f"{path}: {error}") from None
        except (msgspec.DecodeError, ValueError) as error:
            if number == len(lines):  # the line that was being written when the power went
                break
            raise JournalError(f"{path}:{number}: is no line of a progress file: {error}") from None
    opened = next((event for event in events if isinstance(event, Opened)), None)
    if events and (opened is None or opened.plan != plan):
        raise JournalError(f"{path}: is about another plan; name a new file with --progress")
    return summarise(events)


def _insist_on_a_file(path: Path) -> None:
    """Refuse a device or a pipe: it gives back nothing that was noted, or has no end."""
    if path.exists() and not path.is_file():
        raise JournalError(f"{path}: is no file that could keep what was done; name another with --progress")


class Journal:
    """The progress file, open for writing by one process at a time. A context manager.

    Args:
        path: Created where it is not there.
        plan: Id of what is being applied.

    Raises:
        JournalError: From entering, when it cannot be written or another process holds it.
    """

    def __init__(self, path: Path, plan: str) -> None:
        self._path = path
        self._plan = plan
        self._file: IO[bytes] | None = None

    @property
    def plan(self) -> str:
        """The id of what is being applied."""
        return self._plan

    def __enter__(self) -> Self:
        _insist_on_a_file(self._path)
        try:
            self._file = self._path.open("ab")
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self.close()
            raise JournalError(f"{self._path}: another fleetdrift apply is at work with it") from None
        except OSError as error:
            raise JournalError(f"{self._path}: cannot be written: {error.strerror}") from None
        self._cut_torn_line()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file, and with it release its lock."""
        if self._file is not None:
            with contextlib.suppress(OSError):  # what could not be written was told when it was noted
                self._file.close()

    def _cut_torn_line(self) -> None:
        """Cut off the half of a line that a crash left: a line written behind it could not be read."""
        content = self._path.read_bytes()
        whole = content.rfind(b"\n") + 1
        if whole != len(content):
            os.truncate(self._path, whole)

    def begin(self, base: Snapshot | None) -> None:
        """Write the first line: the plan, and the schema it starts from."""
        self.note(Opened(format=PROGRESS.label, plan=self._plan, base=base))

    def note(self, event: Event) -> None:
        """Append one event and flush it to the disk; raises JournalError when it cannot be written."""
        assert self._file is not None, "the journal is used as a context manager"
        at = dt.datetime.now(dt.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        try:
            self._file.write(msgspec.json.encode(msgspec.structs.replace(event, at=at)) + b"\n")
            self._file.flush()
            os.fsync(self._file.fileno())
        except OSError as error:
            raise JournalError(f"{self._path}: cannot be written: {error.strerror}") from None
