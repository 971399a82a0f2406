"""What a recorded scan tells, over a real store, to receivers that are really there."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import json
from email import message_from_string
from email.policy import default

import msgspec
import pytest

from coordinator.memory.notices import Notice, NoticeRules
from coordinator.memory.views import ChangeFilter
from coordinator.notify.sender import Sender
from coordinator.report.judged import TenantOutcome
from coordinator.report.model import SentinelResult
from coordinator.settings.notify import MailTls, NoticeKind, NotifyKind, NotifyTable, Sink
from coordinator.store.records import ScanState
from coordinator.store.store import Store
from shared.findings.finding import Severity
from shared.formats import NOTICE, decode_json
from shared.hosts import Secret
from tests.integration.engine.conftest import dsn  # noqa: F401  # the fixture
from tests.integration.engine.test_memory import EMAIL, FLEET, scanned
from tests.integration.notify.receivers import hook, mail_server
from tests.reports import EMAIL_INDEX, ORDERS, analysis_of, report_of, spec_of

pytestmark = pytest.mark.anyio

KEY = Secret("between the two of us, thirty-two bytes")
MANY_DAYS = dt.timedelta(days=1000)
MANY = {f"t{number:02}": "ok" for number in range(20)}


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def received():
    with hook() as kept:
        yield kept


@pytest.fixture
async def store(dsn):  # noqa: F811  # the fixture
    async with Store.open(Secret(dsn), NoticeRules(sinks=("hook",))) as store:
        yield store


def webhook(received, **table) -> Sink:
    return Sink(table=NotifyTable(name="hook", kind=NotifyKind.WEBHOOK, **table), url=Secret(received.url), key=KEY)


async def told(store, received, *sinks: Sink) -> list[Notice]:
    """Deliver what is due, and give what the hook has got by it."""
    before = len(received.requests)
    await Sender(store, FLEET, sinks or [webhook(received)]).deliver()
    return [decode_json(NOTICE, body, Notice) for _, body in received.requests[before:]]


def kinds(notices: list[Notice]) -> list[tuple[str, int]]:
    return [(event.kind.value, event.tenants) for notice in notices for event in notice.events]


async def test_the_first_scan_tells_nothing_and_one_new_change_in_three_tenants_is_told_once(store, received):
    await store.record_report("1", scanned(**MANY))
    assert await told(store, received) == []
    await store.record_report("2", scanned(**{**MANY, "t01": "e", "t02": "e", "t03": "e"}))
    [notice] = await told(store, received)
    [event] = notice.events
    assert (event.kind, event.object, event.tenants) == (NoticeKind.NEW, EMAIL, 3)
    assert (notice.tenants, notice.drifted, notice.scan) == (20, 3, "2")
    await store.record_report("3", scanned(**{**MANY, "t01": "e", "t02": "e", "t03": "e"}))
    assert await told(store, received) == []


async def test_a_change_is_told_when_it_is_gone_when_it_is_back_and_when_it_spreads(store, received):
    await store.record_report("1", scanned(**MANY))
    await store.record_report("2", scanned(**{**MANY, "t01": "e"}))
    await store.record_report("3", scanned(**MANY))
    await store.record_report("4", scanned(**{**MANY, "t01": "e"}))
    await store.record_report("5", scanned(**{**MANY, "t01": "e", "t02": "e", "t03": "e"}))
    assert kinds(await told(store, received)) == [("new", 1), ("resolved", 0), ("back", 1), ("spreading", 3)]


async def test_tenants_that_cannot_be_read_any_more_are_told_once_with_how_many_they_are(store, received):
    await store.record_report("1", scanned(**MANY))
    await store.record_report("2", scanned(**{**MANY, "t01": "?", "t02": "?"}))
    assert kinds(await told(store, received)) == [("unreachable", 2)]
    await store.record_report("3", scanned(**{**MANY, "t01": "?", "t02": "?"}))
    await store.record_report("4", scanned(**MANY))
    assert await told(store, received) == []


async def test_a_scan_that_drifts_too_much_is_suspicious_at_once_and_told_in_full_when_it_is_confirmed(store, received):
    drifted = {**MANY, **{f"t{number:02}": "e" for number in range(12)}}
    await store.record_report("1", scanned(**MANY))
    recorded = await store.record_report("2", scanned(**drifted))
    assert recorded.suspicion == "12 of 20 tenants have drifted since the scan before: more than 20% of the fleet"
    [notice] = await told(store, received)
    [event] = notice.events
    assert event.kind is NoticeKind.SUSPICIOUS
    assert "scan 2 is suspicious, because 12 of 20 tenants have drifted" in event.sentence
    assert "12 tenants" in event.sentence.partition("more than 20% of the fleet")[2], "the change itself is named"
    status = await store.memory.status(FLEET, MANY_DAYS)
    assert (status.suspicious.scan, dict(status.suspicious.tenants)["in_sync"]) == ("2", 20)
    assert dict(status.tenants)["drifted"] == 12
    await store.record_report("3", scanned(**{**drifted, "t15": "c"}))
    assert await told(store, received) == []
    assert await store.confirm(FLEET, "2")
    assert kinds(await told(store, received)) == [("new", 12), ("new", 1)]
    assert (await store.memory.status(FLEET, MANY_DAYS)).suspicious is None
    assert not await store.confirm(FLEET, "2")


async def test_what_a_suspicious_scan_found_is_never_told_when_the_next_scan_finds_the_fleet_as_it_was(store, received):
    await store.record_report("1", scanned(**MANY))
    await store.record_report("2", scanned(**dict.fromkeys(MANY, "e")))
    await store.record_report("3", scanned(**MANY))
    assert kinds(await told(store, received)) == [("suspicious", 20)]
    assert (await store.memory.status(FLEET, MANY_DAYS)).suspicious is None


async def test_of_more_changes_than_a_notice_tells_none_is_told_as_resolved_that_was_never_told(store, received):
    indexes = [msgspec.structs.replace(EMAIL_INDEX, name=f"i{number}") for number in range(60)]
    spec = spec_of((*ORDERS, *indexes))
    analyses = {"all": analysis_of("all", spec, (*ORDERS, *indexes)), "none": analysis_of("none", spec, ORDERS)}

    def standing(fingerprint):
        outcomes = [TenantOutcome(tenant=tenant, fingerprint=fingerprint) for tenant in MANY]
        return report_of(spec, outcomes, analyses, expected_version="")

    for number, fingerprint in enumerate(["all", "none", "all"]):
        await store.record_report(str(number), standing(fingerprint))
    assert kinds(await told(store, received)) == [("suspicious", 20)]


async def test_a_sentinel_that_is_missed_is_told_once_until_it_is_found_again(store, received):
    def seen(**result):
        return msgspec.structs.replace(scanned(**MANY), sentinel=SentinelResult(**result))

    for number, detected in enumerate([False, False, True, False]):
        await store.record_report(str(number), seen(detected=detected, reason="" if detected else "it was not read"))
    notices = await told(store, received)
    assert kinds(notices) == [("sentinel_missed", 0)] * 2
    assert [notice.scan for notice in notices] == ["0", "3"]
    assert notices[0].events[0].sentence.endswith("so it may find no other either: it was not read")
    assert (await store.get_report("3")).sentinel == SentinelResult(detected=False, reason="it was not read")


async def test_a_scan_that_fails_is_told_once_until_one_succeeds(store, received):
    for scan in ("1", "2", "3"):
        await store.create_scan(scan, FLEET)
        await store.finish_scan(scan, ScanState.FAILED, "schema.sql:3: syntax error")
    [notice] = await told(store, received)
    assert notice.events[0].sentence == "scan 1 failed: schema.sql:3: syntax error"


async def test_a_webhook_can_check_who_sent_it(store, received):
    await _one_new_change(store)
    await told(store, received)
    headers, body = received.requests[0]
    signed = headers["x-fleetdrift-timestamp"].encode() + b"." + body
    expected = hmac.new(KEY.reveal().encode(), signed, hashlib.sha256).hexdigest()
    assert headers["x-fleetdrift-signature"] == f"sha256={expected}"


async def test_what_is_not_taken_is_sent_again_and_names_itself_as_the_same(store, received, dsn):  # noqa: F811
    received.answers = [500, 302]
    await _one_new_change(store)
    await told(store, received)
    assert await told(store, received) == [], "it waits before it tries again"
    for _ in range(3):
        await _all_due(dsn)
        await told(store, received)
    notices = [decode_json(NOTICE, body, Notice) for _, body in received.requests]
    assert len(notices) == 3, "a redirect is not followed, and what was taken is not sent again"
    assert len({notice.id for notice in notices}) == 1


async def test_one_is_told_what_he_asks_for_and_nothing_else(store, received):
    await _one_new_change(store)
    await store.record_report("3", scanned(**MANY))
    assert kinds(await told(store, received, webhook(received, on=(NoticeKind.RESOLVED,)))) == [("resolved", 0)]


async def test_one_who_asks_for_errors_is_not_told_of_warnings(store, received):
    await _one_new_change(store)
    [view] = (await store.memory.changes(FLEET, ChangeFilter()))[0]
    assert view.change.severity is Severity.ERROR
    assert len(await told(store, received, webhook(received, severity=Severity.ERROR))) == 1


async def test_slack_is_sent_a_text_and_a_template_of_ones_own_may_be_given(store, received):
    await _one_new_change(store)
    sink = Sink(table=NotifyTable(name="hook", kind=NotifyKind.SLACK), url=Secret(received.url))
    await Sender(store, FLEET, [sink]).deliver()
    text = json.loads(received.requests[0][1])["text"]
    assert text.startswith(f"{FLEET}: 1 of 20 tenants drifted\n\n- new (error): ")
    await store.record_report("3", scanned(**MANY))
    own = NotifyTable(name="hook", kind=NotifyKind.SLACK, template="{{ notice.events[0].kind }} in {{ notice.fleet }}")
    await Sender(store, FLEET, [Sink(table=own, url=Secret(received.url))]).deliver()
    assert json.loads(received.requests[1][1])["text"] == f"resolved in {FLEET}"


async def test_a_mail_says_in_its_subject_what_it_is_about(store, received):
    await _one_new_change(store)
    with mail_server() as box:
        table = NotifyTable(
            name="hook", kind=NotifyKind.EMAIL, smtp=box.place, tls=MailTls.NONE, sender="fleetdrift@example.test",
            to=("a@example.test", "b@example.test"),
        )  # fmt: skip
        await Sender(store, FLEET, [Sink(table=table)]).deliver()
    mail = message_from_string(box.mails[0], policy=default)
    assert mail["to"] == "a@example.test, b@example.test"
    assert mail["subject"].startswith(f"[fleetdrift] {FLEET}: ")
    assert "- new (error): " in mail.get_content()


async def _one_new_change(store) -> None:
    await store.record_report("1", scanned(**MANY))
    await store.record_report("2", scanned(**{**MANY, "t01": "e"}))


async def _all_due(dsn: str) -> None:  # noqa: F811  # a name
    import asyncpg

    connection = await asyncpg.connect(dsn)
    await connection.execute("UPDATE fleetdrift.deliveries SET next_try = now()")
    await connection.close()
