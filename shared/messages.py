"""What travels between the coordinator and its workers: task names, messages, answers, and the keys they stand under.

Messages carry ids, a host reference and an attempt, never a secret, SQL or a path. Nothing is pickled. Each value that
is believed bears an authentication tag for the place where it stands (`shared.signing`). The names of keys hold the
protocol's version (`shared.formats.PROTOCOL`), so workers never see a message they would misread; each message and
answer names it too.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from urllib.parse import quote

import msgspec

from shared.formats import ANSWERS, BATCH_MESSAGE, JOB_MESSAGE, PIECE, PROTOCOL, decode_json, encode_json
from shared.kinds.context import Recipe
from shared.schema.profile import Profile
from shared.schema.schema import SchemaVersion
from shared.signing import KeyRing, Purpose, TagError
from shared.targets import Depth, Failure, FailureKind

SCAN_BATCH = "fleetdrift.scan_batch"
ANALYSE_SHAPE = "fleetdrift.analyse_shape"

HOST_DOWN = frozenset({FailureKind.REFUSED, FailureKind.CONNECT_TIMEOUT})
"""Failures that speak of the host and not of the tenant: some in a row open the host's breaker.

A host that has answered anything is up; what comes later, a statement that takes too long included, is its tenant's.
"""

FAILURES_TO_OPEN_BREAKER = 3
"""Failures of HOST_DOWN in a row that open a host's breaker, the coordinator's and a worker's own: the host's other
tenants are then not tried."""


class JunkReason(StrEnum):
    """Why something that was found in Redis was dropped."""

    ENVELOPE = "envelope"  # no message of ours: not JSON, another form, another task, compressed
    SIZE = "size"  # larger than anything that we write
    TAG = "tag"  # not signed with a key of ours, or signed for another place
    FORMAT = "format"  # cannot be read
    REPEATED = "repeated"  # was there before


MAX_MESSAGE_BYTES = 4 * 1024 * 1024
"""No message and no entry of the answer stream is longer: fifty tenants take 10 kB, with names of a kilobyte 150."""


class Place(msgspec.Struct, frozen=True, array_like=True):
    """A target within the host its batch names."""

    tenant: str
    database: str
    namespace: str = ""


class ScanBatch(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Read these tenants of one host.

    Args:
        run: Id of the scan.
        epoch: How often Redis lost its memory during this scan; part of every key of the scan.
        batch: Id of the batch, unique in the run.
        attempt: 1 for the first sending.
        host: Name of a configured host; the worker looks its address and credential up.
        places: The tenants.
        connections: How many connections this batch may hold to the host at once.
        careful: One tenant after the other, each answer sent before the next begins: finds who kills workers.
        profile: Which facets are read.
        open: Each of its connections may then claim pieces that lie open for this host. Whoever does not know this
            field reads the places and nothing else.
    """

    run: str
    epoch: int
    batch: str
    attempt: int
    host: str
    places: tuple[Place, ...]
    connections: int = 1
    careful: bool = False
    profile: Profile = Profile()
    open: bool = False


class Piece(msgspec.Struct, frozen=True, kw_only=True):
    """Places of one host that are read over one connection, as they lie open for whichever worker claims them first."""

    host: str
    places: tuple[Place, ...]


class ShapeJob(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Analyse one shape; the three blobs lie in Redis under these hashes.

    Args:
        run: Id of the run of analyses.
        epoch: As in ScanBatch.
        batch: Id of this sending.
        attempt: 1 for the first.
        analysis: Id of the analysis to make; the answer is stored under it.
        spec: Hash of the packed Spec.
        snapshot: Hash (fingerprint) of the packed Snapshot.
        contracts: Hash of the packed contracts.
        profile: Which facets are compared.
        recipe: How the plan does what writes every row of a table anew.
    """

    run: str
    epoch: int
    batch: str
    attempt: int
    analysis: str
    spec: str
    snapshot: str
    contracts: str
    profile: Profile = Profile()
    recipe: Recipe = Recipe.SHORT


class Observed(msgspec.Struct, frozen=True, tag_field="outcome", tag="observed", omit_defaults=True):
    """A tenant was read; its snapshot lies under the fingerprint, `running` is the migration tool at work in it."""

    fingerprint: str
    server_version: int
    rows_scanned: int = 0
    versions: tuple[SchemaVersion, ...] = ()
    running: str = ""
    depth: Depth = Depth.ROWS
    counters: str = ""


class Analysed(msgspec.Struct, frozen=True, tag_field="outcome", tag="analysed"):
    """A shape was analysed; the analysis lies under its id."""

    analysis: str


class Failed(msgspec.Struct, frozen=True, tag_field="outcome", tag="failed"):
    """It was tried and failed."""

    failure: Failure


class DeferReason(StrEnum):
    """Why a worker did not finish an item."""

    BREAKER = "breaker"  # the worker's own breaker for the host is open
    TIME = "time"  # the batch reached its soft time limit
    BLOB = "blob"  # Redis does not have a blob that the message names


class Deferred(msgspec.Struct, frozen=True, tag_field="outcome", tag="deferred"):
    """It was not tried, or not to the end: the coordinator decides what becomes of it."""

    reason: DeferReason


Outcome = Observed | Analysed | Failed | Deferred


class Answer(msgspec.Struct, frozen=True, array_like=True):
    """What became of one item (a tenant, or an analysis id)."""

    item: str
    outcome: Outcome


class Claiming(StrEnum):
    """Whether a batch grows by claims."""

    NEVER = "never"  # it is what its message names
    ON = "on"  # its worker claims pieces
    OVER = "over"  # the worker claims no more, and has answered for all that it was going to read


class AnswerSet(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One entry of the answer stream. Without answers it is a sign of life: the first one says that the batch began.

    Args:
        batch: Which one.
        worker: Name of the process that answers.
        number: Counts what this process sends for this batch, so that an entry that is put in again is not a new one.
        answers: Of some of the batch's items.
        claiming: Whether the batch grows by claims. A claim stands beside this in its entry (`workers/claim.lua`).
    """

    batch: str
    worker: str
    number: int = 0
    answers: tuple[Answer, ...] = ()
    claiming: Claiming = Claiming.NEVER


def encode_message(keys: Keys, message: ScanBatch | ShapeJob) -> str:
    """Write a message for the queue, and sign it for its task."""
    form, task = (BATCH_MESSAGE, SCAN_BATCH) if isinstance(message, ScanBatch) else (JOB_MESSAGE, ANALYSE_SHAPE)
    return keys.ring.sign(Purpose.MESSAGE, (keys.queue, task), encode_json(form, message)).decode()


def verify_message(keys: Keys, task: str, signed: str) -> str:
    """Give the text of a message that a holder of our key wrote for this task.

    Raises:
        TagError: When nobody did.
    """
    try:
        data = signed.encode()
    except UnicodeEncodeError:  # half a surrogate pair: JSON can spell it, and nothing that we write holds it
        raise TagError("expected a signed message, found text that is no Unicode") from None
    return keys.ring.verify(Purpose.MESSAGE, (keys.queue, task), data).decode()


def decode_scan_batch(text: str) -> ScanBatch:
    """Read a message of the task `SCAN_BATCH`.

    Raises:
        FormatError: When a coordinator of another protocol wrote it, or it is damaged.
    """
    return decode_json(BATCH_MESSAGE, text, ScanBatch)


def decode_shape_job(text: str) -> ShapeJob:
    """Read a message of the task `ANALYSE_SHAPE`; raises as `decode_scan_batch`."""
    return decode_json(JOB_MESSAGE, text, ShapeJob)


def encode_answers(keys: Keys, stream: str, answers: AnswerSet) -> bytes:
    """Write an entry for a stream of answers, and sign it for that stream."""
    return keys.ring.sign(Purpose.ANSWERS, (stream,), encode_json(ANSWERS, answers))


def decode_answers(keys: Keys, stream: str, entry: bytes) -> AnswerSet:
    """Read an entry of a stream of answers.

    Raises:
        TagError: When no holder of our key wrote it for this stream.
        FormatError: When a worker of another protocol wrote it, or it is damaged.
    """
    return decode_json(ANSWERS, keys.ring.verify(Purpose.ANSWERS, (stream,), entry), AnswerSet)


def sign_piece(keys: Keys, stream: str, piece: Piece) -> bytes:
    """Write a piece, and sign it for the run and epoch whose answers go to this stream."""
    return keys.ring.sign(Purpose.PIECE, (stream,), encode_json(PIECE, piece))


def verify_piece(keys: Keys, stream: str, signed: bytes) -> Piece:
    """Read a piece that a holder of our key laid open for this run and epoch.

    Raises:
        TagError: When nobody did.
        FormatError: When it cannot be read.
    """
    return decode_json(PIECE, keys.ring.verify(Purpose.PIECE, (stream,), signed), Piece)


def sign_known(keys: Keys, known: str, lines: Sequence[str]) -> bytes:
    """Write an entry for a list of known snapshots, and sign it for that list.

    Args:
        keys: Of the fleet.
        known: The list.
        lines: Each a snapshot's name, and after a space, where it is known, the hash that a server states for it.
    """
    return keys.ring.sign(Purpose.KNOWN, (known,), "\n".join(lines).encode())


def known_lines(keys: Keys, known: str, entry: bytes) -> list[str]:
    """Read an entry of a list of known snapshots.

    Raises:
        TagError: When no holder of our key wrote it for this list.
    """
    return keys.ring.verify(Purpose.KNOWN, (known,), entry).decode().split("\n")


def sign_blob(keys: Keys, name: str, blob: bytes) -> bytes:
    """Sign a blob for the place of its name."""
    return keys.ring.sign(Purpose.BLOB, (keys.blob(name),), blob)


def verify_blob(keys: Keys, name: str, signed: bytes) -> bytes:
    """Give a blob that a holder of our key put under its name.

    Raises:
        TagError: When nobody did.
    """
    return keys.ring.verify(Purpose.BLOB, (keys.blob(name),), signed)


class Presence(msgspec.Struct, frozen=True, array_like=True):
    """A living worker, as a member of `Keys.presence`. All releases from protocol 2 on write and read this one form.

    Args:
        worker: Its name.
        slots: How many batches it takes at once.
        protocol: What it speaks.
        keys: Ids of the keys that it accepts; the first one is that of the key that it signs with.
    """

    worker: str
    slots: int
    protocol: int
    keys: tuple[str, ...] = ()


def host_down(host: str, kind: FailureKind) -> Failure:
    """Say that a host takes no connections: the same words for every tenant on it, tried or not.

    Which tenants were tried before the breaker opened depends on timing, so a report must not.
    """
    how = "does not answer" if kind is FailureKind.CONNECT_TIMEOUT else "takes no connections"
    return Failure(kind, f"host {host} {how}; after repeated failures its other tenants were not tried")


class Keys(msgspec.Struct, frozen=True):
    """Names of everything in Redis that belongs to one fleet, and the keys that sign what stands under them.

    Args:
        fleet: Its name.
        ring: The keys that sign.
        protocol: Whose names; another than our own is of interest only to see and refuse who speaks it.
    """

    fleet: str
    ring: KeyRing = msgspec.field(default_factory=KeyRing)
    protocol: int = PROTOCOL

    @property
    def _root(self) -> str:
        return f"fleetdrift:{self.protocol}:{quote(self.fleet, safe='')}"

    @property
    def queue(self) -> str:
        """The Celery queue."""
        return f"{self._root}:queue"

    @property
    def presence(self) -> str:
        """Sorted set of `Presence`, scored by when the sign of life ends: one for all protocols, so that they meet."""
        return f"fleetdrift:workers:{quote(self.fleet, safe='')}"

    @property
    def first_workers(self) -> str:
        """Where workers of protocol 1 said that they live: `hostname|slots`, scored as in `presence`."""
        return f"fleetdrift:1:{quote(self.fleet, safe='')}:workers"

    def answers(self, run: str, epoch: int) -> str:
        """The stream of AnswerSets. Its existence says that the run wants answers: workers stop when it is gone."""
        return f"{self._root}:run:{run}:{epoch}:answers"

    def known(self, run: str, epoch: int) -> str:
        """Append-only list of signed `known_lines`: snapshots that need not be sent; duplicates are harmless."""
        return f"{self._root}:run:{run}:{epoch}:known"

    def pieces(self, run: str, epoch: int, host: str) -> str:
        """List of signed pieces of one host: who takes one off says so in the answers (`workers/claim.lua`)."""
        return f"{self._root}:run:{run}:{epoch}:pieces:{quote(host, safe='')}"

    @property
    def junk(self) -> str:
        """Hash of JunkReason → how often something was dropped for it, for the metrics."""
        return f"{self._root}:junk"

    @property
    def probe(self) -> str:
        """What a coordinator writes to find out whether Redis stores anything now."""
        return f"{self._root}:probe"

    @property
    def sightings(self) -> str:
        """Hash of tenant → Sighting, which outlives the scans."""
        return f"{self._root}:sightings"

    def blob(self, name: str) -> str:
        """A packed value under its content hash."""
        return f"{self._root}:blob:{name}"

    @staticmethod
    def permits(address: str, port: int) -> str:
        """Who holds how many connections to a server: shared by all fleets that use this Redis."""
        return f"fleetdrift:1:permits:{quote(address, safe='')}:{port}"  # unchanged since protocol 1, so all share it
