"""Send one notice to one of those who are told."""

from __future__ import annotations

import hashlib
import hmac
import smtplib
import ssl
import time
import urllib.error
import urllib.request
from email.message import EmailMessage
from http.client import HTTPException
from typing import Any, assert_never

import msgspec

from coordinator.memory.notices import Notice
from coordinator.notify.texts import TemplateError, render_notice, subject_of
from coordinator.settings.notify import MailTls, NotifyKind, Sink
from shared.formats import NOTICE, encode_json
from shared.hosts import Secret

_TIMEOUT_SECONDS = 10.0
"""Of one request or one step of a mail: `serve` ends only when it is over."""


class SendError(Exception):
    """A notice was not taken; the message says why, and holds no address and no secret."""


def send(notice: Notice, sink: Sink) -> None:
    """Send a notice. It may come twice: its id says so.

    Raises:
        SendError: When it was not taken.
    """
    match sink.table.kind:
        case NotifyKind.WEBHOOK:
            _post(sink, encode_json(NOTICE, notice))
        case NotifyKind.SLACK:
            _post(sink, msgspec.json.encode({"text": _text(notice, sink)}))
        case NotifyKind.EMAIL:
            _mail(sink, notice)
        case _:
            assert_never(sink.table.kind)


def signature(key: Secret, timestamp: str, body: bytes) -> str:
    """Sign what a webhook is sent: HMAC-SHA256 over the timestamp, a full stop and the body, as hex digits.

    Args:
        key: Known to both.
        timestamp: Of the header `X-Fleetdrift-Timestamp`: whole seconds since 1970.
        body: Of the request.
    """
    return hmac.new(key.reveal().encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """A redirect would take the notice to another server."""

    def redirect_request(self, *_: Any) -> None:
        return None


def _post(sink: Sink, body: bytes) -> None:
    assert sink.url is not None
    request = urllib.request.Request(sink.url.reveal(), data=body, method="POST")  # noqa: S310  # checked: http
    request.add_header("Content-Type", "application/json")
    if sink.key is not None:
        timestamp = str(int(time.time()))
        request.add_header("X-Fleetdrift-Timestamp", timestamp)
        request.add_header("X-Fleetdrift-Signature", f"sha256={signature(sink.key, timestamp, body)}")
    try:
        with urllib.request.build_opener(_NoRedirects).open(request, timeout=_TIMEOUT_SECONDS):
            return
    except urllib.error.HTTPError as error:
        with error:
            raise SendError(f"the server answers {error.code}") from None
    except (OSError, HTTPException, ValueError) as error:  # its text may quote the URL
        raise SendError(f"the server cannot be reached ({type(error).__name__})") from None


def _mail(sink: Sink, notice: Notice) -> None:
    message = EmailMessage()
    message["Subject"] = subject_of(notice).replace("\n", " ")
    message["From"], message["To"] = sink.table.sender, ", ".join(sink.table.to)
    message["Message-ID"] = f"<{hashlib.sha256(notice.id.encode()).hexdigest()[:32]}@fleetdrift>"
    message.set_content(_text(notice, sink))
    try:
        with _mail_server(sink) as server:
            if sink.table.user and sink.password is not None:
                server.login(sink.table.user, sink.password.reveal())
            server.send_message(message)
    except (smtplib.SMTPException, OSError, ValueError) as error:
        raise SendError(f"the mail server does not take it ({type(error).__name__})") from None


def _mail_server(sink: Sink) -> smtplib.SMTP:
    host, _, port = sink.table.smtp.rpartition(":")
    match sink.table.tls:
        case MailTls.TLS:
            return smtplib.SMTP_SSL(host, int(port), timeout=_TIMEOUT_SECONDS, context=ssl.create_default_context())
        case MailTls.STARTTLS:
            server = smtplib.SMTP(host, int(port), timeout=_TIMEOUT_SECONDS)
            server.starttls(context=ssl.create_default_context())
            return server
        case MailTls.NONE:
            return smtplib.SMTP(host, int(port), timeout=_TIMEOUT_SECONDS)
        case _:
            assert_never(sink.table.tls)


def _text(notice: Notice, sink: Sink) -> str:
    try:
        return render_notice(notice, sink.table.template)
    except TemplateError as error:
        raise SendError(f"the template cannot be used: {error}") from None
