"""The format of everything that is kept or sent, each with its version: the one place where a version is raised.

What is written names its format first: a JSON object by its field `format` (`"format":"snapshot/1"`), a blob by a line
before its compressed bytes. What is read is checked before it is decoded, because msgspec skips fields it does not know
and fills in defaults for those it misses: bytes of another version could decode, and mean something else.

Raise a version when bytes written before would be misread or refused, and decide what becomes of those: the store is
upgraded by a migration, everything else is refused by `FormatError`. CONTRIBUTING (Releasing) has the steps.
"""

from __future__ import annotations

import re
from typing import Any, TypeVar

import msgspec

T = TypeVar("T")

PROTOCOL = 2
"""Version of all that travels between coordinator and workers: messages, answers, and the names of keys in Redis.

Raise it when a message or an answer changes its meaning. Queues, streams and blobs of another protocol have other
names, so a message reaches only workers that understand it; `workers.refusals` answers the older ones.
"""


class FormatError(Exception):
    """What was read is not in the format that was expected; the message is one sentence for people."""


class Format(msgspec.Struct, frozen=True):
    """A format in which something is kept or sent, with its version.

    Args:
        name: What is written in it: a noun, for people and programs.
        version: Of the format.
        noun: What the version counts, for error messages.
        cure: What to do about something written in an older version, for error messages.
    """

    name: str
    version: int
    noun: str = "format"
    cure: str = "write it anew with this release"

    @property
    def title(self) -> str:
        """The name in a sentence."""
        return self.name.replace("_", " ")

    @property
    def label(self) -> str:
        """The format as it is written down: `snapshot/1`."""
        return f"{self.name}/{self.version}"

    def check(self, label: str) -> None:
        """Make sure that something written under a label can be read by this release.

        Args:
            label: As found in what was written; empty when there was none. Documents of version 1 were first written
                without one.

        Raises:
            FormatError: When the label names anything but this format and version.
        """
        name, _, number = (label or f"{self.name}/1").rpartition("/")
        if name != self.name or not re.fullmatch("[0-9]{1,9}", number):
            raise FormatError(f"expected the {self.title}, found something that calls itself {label[:80]!r}")
        self.check_version(int(number))

    def check_version(self, found: int) -> None:
        """Make sure that something written in a version can be read by this release.

        Raises:
            FormatError: When it is another version.
        """
        if found != self.version:
            cure = "upgrade fleetdrift" if found > self.version else self.cure
            raise FormatError(
                f"this {self.title} was written in {self.noun} {found}; "
                f"this release reads {self.noun} {self.version}: {cure}"
            )


SNAPSHOT = Format("snapshot", 1)
"""`shared.schema.schema.Snapshot`: as a blob, and as the file of `fleetdrift snapshot`."""

SPEC = Format("spec", 1)
"""`shared.schema.schema.Spec`, as a blob in Redis."""

CONTRACTS = Format("contracts", 2)
"""A tuple of `shared.contracts.contract.Contract`, as a blob in Redis. Version 2: what was not read has one list."""

ANALYSIS = Format("analysis", 2)
"""`shared.analysis.analysis.Analysis`, as a blob. Its name also holds a hash of the code that made it."""

REPORT = Format("report", 2)
"""`coordinator.report.model.ScanReport` as a blob in the store, and `ReportDocument`, the same as a JSON document.

Version 2: each statement of a plan says its role; what was written before would be read as if all of them altered."""

FIRST_REPORT = Format("report", 1)
"""As the store may still hold it. It is shown as what it is, and its plans are not applied."""

SKELETON = Format("report_skeleton", 1)
"""`coordinator.memory.skeleton.Skeleton`, as a blob in the store: a report whose tenants and groups are kept apart."""

ENVELOPE = Format("report_envelope", 1)
"""`coordinator.memory.skeleton.Envelope`, in the store: what a report does not share with one that says the same."""

STORE_BACKUP = Format("store_backup", 1)
"""`coordinator.store.backup.Manifest`, as the manifest of a backup of the store."""

GROUP = Format("group", 1)
"""`coordinator.report.model.DriftGroup` without tenants, as a blob in the store that many reports share."""

STANDING = Format("standing", 1)
"""`coordinator.report.model.TenantResult` without its name, as a document in the store that many tenants share."""

FLEET_CHANGE = Format("fleet_change", 1)
"""`coordinator.memory.model.FleetChange` as a document in the store."""

FLEET_STATUS = Format("fleet_status", 1)
"""`coordinator.memory.views.FleetStatus`: what `fleetdrift status --output json` prints."""

FLEET_HISTORY = Format("fleet_history", 1)
"""`coordinator.memory.views.FleetHistory`: what `fleetdrift history --output json` prints."""

WORKERS_LIST = Format("workers_list", 1)
"""`coordinator.records.documents.WorkersList`: what `fleetdrift workers --output json` prints."""

TENANTS_PAGE = Format("tenants_page", 1)
"""`coordinator.records.documents.TenantsPage`: what `fleetdrift tenants --output json` prints."""

TENANT_HISTORY = Format("tenant_history", 1)
"""`coordinator.memory.views.TenantHistory`: what `fleetdrift tenant NAME --output json` prints."""

CHANGES_PAGE = Format("changes_page", 1)
"""`coordinator.records.documents.ChangesPage`: what `fleetdrift changes --output json` prints."""

SCANS_PAGE = Format("scans_page", 1)
"""`coordinator.records.documents.ScansPage`: what `fleetdrift scans list --output json` prints."""

SCAN_DOCUMENT = Format("scan_record", 1)
"""`coordinator.store.records.ScanRecord`: what `fleetdrift scans show ID --output json` prints."""

GROUPS_LIST = Format("groups_list", 1)
"""`coordinator.records.documents.GroupsList`: what `fleetdrift groups --output json` prints."""

GROUP_DOCUMENT = Format("group_document", 1)
"""`coordinator.records.documents.GroupDocument`: what `fleetdrift group ID --output json` prints."""

IGNORE_RULE = Format("ignore_rule", 1)
"""`coordinator.store.ignores.IgnoreDocument`, as a document in the store."""

AUDIT_PAGE = Format("audit_page", 1)
"""`coordinator.records.documents.AuditPage`: what `fleetdrift audit --output json` prints."""

IGNORES_LIST = Format("ignores_list", 1)
"""`coordinator.records.ignores.IgnoresList`: what `fleetdrift ignores list --output json` prints."""

REMARKS_LIST = Format("remarks_list", 1)
"""`coordinator.setup.remark.RemarksList`: what `fleetdrift doctor --output json` prints."""

NOTICE = Format("notice", 1)
"""`coordinator.memory.notices.Notice`: kept in the store until it is delivered, and the body of a webhook."""

DIFF = Format("diff", 2)
"""`coordinator.compare.sources.Comparison`: what `fleetdrift diff --output json` prints. Version 2 as in REPORT."""

PROGRESS = Format("progress", 1)
"""The lines of the progress file of `fleetdrift apply`; its first line names the format."""

LEDGER = Format("ledger", 1)
"""The documents of a scan's ledger in the store: `Target` and `FinalOutcome`. The scan's row names the version."""

SIGHTING = Format("sighting", 1)
"""What workers remember of a tenant, in Redis. A hint: in another format it counts as nothing."""

SIGNED = Format("signed", 1)
"""What stands before a value that bears an authentication tag (`shared.signing`)."""

_UPGRADE_SENDER = "upgrade the side that sent it"

BATCH_MESSAGE = Format("scan_batch", PROTOCOL, "protocol", _UPGRADE_SENDER)
"""`shared.messages.ScanBatch`, in the queue."""

JOB_MESSAGE = Format("shape_job", PROTOCOL, "protocol", _UPGRADE_SENDER)
"""`shared.messages.ShapeJob`, in the queue."""

PIECE = Format("piece", PROTOCOL, "protocol", _UPGRADE_SENDER)
"""`shared.messages.Piece`, in the list of what lies open for a host's workers."""

ANSWERS = Format("answers", PROTOCOL, "protocol", _UPGRADE_SENDER)
"""`shared.messages.AnswerSet`, in the stream of answers."""


class _Labelled(msgspec.Struct):
    format: str = ""


_read_label = msgspec.json.Decoder(_Labelled).decode


def label_json(form: Format, text: bytes) -> bytes:
    """Put a format's label first into a JSON object.

    Args:
        form: The format.
        text: A JSON object with at least one field and without spaces, as msgspec encodes it.
    """
    assert text[:1] == b"{", "only a JSON object can name its format"
    return b'{"format":"' + form.label.encode() + b'",' + text[1:]


def label_of(text: str | bytes) -> str:
    """Give the label by which a JSON document names its format; empty for any other text."""
    try:
        return _read_label(text).format
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return ""


def encode_json(form: Format, value: Any) -> bytes:
    """Encode a struct as a JSON object that names its format first."""
    return label_json(form, msgspec.json.encode(value))


def decode_json(form: Format, text: str | bytes, kind: type[T]) -> T:
    """Decode a JSON object that names its format.

    Raises:
        FormatError: When it is in another format or version, damaged, or of another type.
    """
    try:
        label = _read_label(text).format
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:  # ValueError: bytes that are not UTF-8
        raise FormatError(f"expected the JSON of a {form.title}: {error}") from error
    form.check(label)
    try:
        return msgspec.json.decode(text, type=kind)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise FormatError(f"this {form.title} cannot be read: {error}") from error
