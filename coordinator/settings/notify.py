"""`[[notify]]`: who is told what has become different, and how."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from coordinator.settings.table import SecretReference, Table
from shared.findings.finding import Severity
from shared.hosts import Secret


class NoticeKind(StrEnum):
    """The kinds of event that people are told about."""

    NEW = "new"  # a change that no tenant ever had
    BACK = "back"  # one that was resolved is there again
    BROKEN = "broken"  # a query of a service breaks in tenants where it did not
    SPREADING = "spreading"  # a change is now in a larger share of the fleet than the setting says
    RESOLVED = "resolved"  # no tenant has the change any more
    UNREACHABLE = "unreachable"  # tenants that were read before could not be read
    SUSPICIOUS = "suspicious"  # the scan says more than is likely; what it says is held back until it is confirmed
    SENTINEL_MISSED = "sentinel_missed"  # a scan did not find the drift that is planted for it to find
    SCAN_FAILED = "scan_failed"  # a scan ended without a report


class NotifyKind(StrEnum):
    """The ways by which a notice is sent."""

    WEBHOOK = "webhook"  # the notice as JSON, signed
    SLACK = "slack"  # a text, as Slack, Mattermost and others take it
    EMAIL = "email"


class MailTls(StrEnum):
    """How a mail server is talked to."""

    STARTTLS = "starttls"  # in clear at first, then encrypted, before anything is said
    TLS = "tls"
    NONE = "none"  # a relay on this machine


class NotifyTable(Table, frozen=True, kw_only=True):
    """One entry of `[[notify]]`: where notices are sent to, and which.

    Args:
        name: Names it in the log and in the store; unique.
        kind: `webhook`, `slack` or `email`.
        url: Of a webhook or Slack; whoever knows it can write there, so it may be a secret.
        key: Signs what a webhook is sent.
        on: What to tell; empty tells all. See `NoticeKind`.
        severity: Changes below it are not told.
        template: Text of Slack and e-mail, in Jinja2; empty takes the one that comes with fleetdrift.
        smtp: HOST:PORT of the mail server.
        tls: `starttls`, `tls` or `none`: how the mail server is talked to.
        user: For the mail server; empty logs nobody in.
        password: The same.
        sender: Address that mails come from.
        to: Addresses that mails go to.
    """

    name: str
    kind: NotifyKind
    url: str | SecretReference = ""
    key: SecretReference | None = None
    on: tuple[NoticeKind, ...] = ()
    severity: Severity = Severity.INFO
    template: str = ""
    smtp: str = ""
    tls: MailTls = MailTls.STARTTLS
    user: str = ""
    password: SecretReference | None = None
    sender: str = ""
    to: tuple[str, ...] = ()


class Sink(msgspec.Struct, frozen=True, kw_only=True):
    """A receiver of notices as configured, with the secrets that sending needs.

    Args:
        table: As configured.
        url: Of a webhook or Slack.
        key: Signs what a webhook is sent; none signs nothing.
        password: For the mail server.
    """

    table: NotifyTable
    url: Secret | None = None
    key: Secret | None = None
    password: Secret | None = None
