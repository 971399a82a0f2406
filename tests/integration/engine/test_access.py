"""Who may ask the HTTP API for what: tokens of the store, sessions of browsers, users that a proxy has recognised."""

from __future__ import annotations

import asyncio
import html
import re

import msgspec
import pytest

from coordinator.access.audit import Action, AuditFilter, Deed
from coordinator.access.caller import Caller, Scope, Via
from coordinator.access.tokens import new_token
from coordinator.records.documents import AuditPage
from coordinator.settings.serve import ProxyTable, ServeTable
from coordinator.store.credentials import NameTakenError
from tests.integration.engine.test_coordinator_api import FLEET, Scans, running, until

pytestmark = pytest.mark.anyio

API = "/api/v1"
OPERATOR = Caller(name="ada", via=Via.COMMAND, scope=Scope.ADMIN, address="laptop")


@pytest.fixture
def scans() -> Scans:
    return Scans()


async def token(store, scope=Scope.READ, name="ci", fleets=(), days=None) -> str:
    made = new_token()
    deed = Deed(caller=OPERATOR, action=Action.TOKEN_CREATED, subject=name)
    await store.credentials.create_token(made, name, scope, fleets=fleets, days=days, deed=deed)
    return made.secret.reveal()


def bearer(secret: str) -> dict[str, str]:
    return {"authorization": f"Bearer {secret}"}


def page_of(client) -> dict[str, str]:
    """Give the headers that a browser sends with what a page of ours does."""
    return {"origin": str(client.base_url).rstrip("/"), "sec-fetch-site": "same-origin"}


async def log_in(client, secret, goal="/", **headers):
    return await client.post("/login", data={"token": secret, "next": goal}, headers={**page_of(client), **headers})


async def test_a_token_may_do_what_its_scope_says(store, scans):
    read, scan, admin = [await token(store, scope, scope.value) for scope in Scope]
    async with running(store, scans) as client:
        assert (await client.get(f"{API}/scans", headers=bearer(read))).status_code == 200
        refused = await client.post(f"{API}/scans", headers=bearer(read))
        assert (refused.status_code, refused.json()["detail"]) == (
            403,
            "this needs the scope scan; read has the scope read",
        )
        assert refused.headers["content-type"] == "application/problem+json"
        asked = await client.post(f"{API}/scans", headers=bearer(scan))
        assert asked.status_code == 202
        assert (await client.post(f"{API}/scans/x/confirm", headers=bearer(scan))).status_code == 403
        assert (await client.post(f"{API}/scans/x/confirm", headers=bearer(admin))).status_code == 404
        assert (await client.get(f"{API}/audit", headers=bearer(scan))).status_code == 403
        assert (await client.get(f"{API}/audit", headers=bearer(admin))).status_code == 200
    assert asked.json()["requested_by"] == "scan"


async def test_a_token_is_for_its_fleets_alone(store, scans):
    foreign = await token(store, name="lab", fleets=("lab",))
    own = await token(store, fleets=(FLEET, "lab"))
    async with running(store, scans) as client:
        answer = await client.get(f"{API}/status", headers=bearer(foreign))
        assert (answer.status_code, answer.json()["detail"]) == (
            403,
            f"this is of the fleet {FLEET}; lab may ask for lab",
        )
        assert (await client.get(f"{API}/status", headers=bearer(own))).status_code == 200
        for secret, fleets in ((foreign, []), (own, [FLEET])):
            listed = (await client.get(f"{API}/fleets", headers=bearer(secret))).json()["fleets"]
            assert [each["fleet"] for each in listed] == fleets


async def test_without_any_token_everybody_may_ask_and_from_the_first_on_nobody_does_without(store, scans):
    async with running(store, scans) as client:
        assert (await client.get(f"{API}/session")).json()["via"] == "nobody"
        assert (await client.get(f"{API}/status", headers=bearer("wrong"))).status_code == 401
        secret = await token(store)
        answer = await client.get(f"{API}/status")
        assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
        assert (await client.get(f"{API}/status", headers=bearer(secret))).status_code == 200
        deed = Deed(caller=OPERATOR, action=Action.TOKEN_REVOKED, subject="ci")
        assert await store.credentials.revoke_token("ci", deed)
        assert (await client.get(f"{API}/status", headers=bearer(secret))).status_code == 401
        assert (await client.get(f"{API}/status")).status_code == 401


async def test_a_token_that_is_over_or_altered_is_refused(store, scans):
    over = await token(store, name="over", days=0)
    good = await token(store)
    async with running(store, scans) as client:
        for secret in (over, good[:-1], good + "x", good.swapcase()):
            assert (await client.get(f"{API}/status", headers=bearer(secret))).status_code == 401


async def test_an_address_that_other_machines_reach_lets_nobody_in_without_a_token(store, scans):
    async with running(store, scans, table=ServeTable(address="0.0.0.0")) as client:
        assert (await client.get(f"{API}/status")).status_code == 401
        assert (await client.get("/healthz")).status_code == 200


async def test_nothing_that_is_kept_of_a_token_lets_anybody_ask(store, dsn):
    import asyncpg

    secret = await token(store)
    connection = await asyncpg.connect(dsn)
    rows = await connection.fetch("SELECT t::text AS text FROM fleetdrift.tokens t")
    rows += await connection.fetch("SELECT a::text AS text FROM fleetdrift.audit a")
    await connection.close()
    assert all(secret.split("_", 2)[2] not in row["text"] for row in rows)


async def test_two_tokens_in_use_have_different_names(store):
    await token(store)
    with pytest.raises(NameTakenError, match=r"^there is a token 'ci' already"):
        await token(store)
    await store.credentials.revoke_token("ci", Deed(caller=OPERATOR, action=Action.TOKEN_REVOKED, subject="ci"))
    await token(store)
    assert [(each.name, each.revoked is None) for each in await store.credentials.tokens()] == [
        ("ci", True),
        ("ci", False),
    ]


async def test_a_browser_logs_in_follows_a_scan_and_logs_out(store, scans):
    secret = await token(store, Scope.SCAN)
    async with running(store, scans) as client:
        form = await client.get("/login", params={"next": '/scans?state="drift"'})
        assert form.status_code == 200
        assert 'value="/scans?state=%22drift%22"' in html.unescape(form.text)
        wrong = await log_in(client, "wrong")
        assert (wrong.status_code, "set-cookie" in wrong.headers) == (401, False)
        assert "This token is not known, or it is over." in wrong.text

        done = await log_in(client, secret, "/scans")
        assert (done.status_code, done.headers["location"]) == (303, "/scans")
        cookie = done.headers["set-cookie"].lower()
        assert all(part in cookie for part in ("fleetdrift=", "httponly", "samesite=lax", "max-age=43200", "path=/"))
        assert "secure" not in cookie
        assert secret not in str(done.headers)

        session = (await client.get(f"{API}/session")).json()
        assert (session["name"], session["via"], session["scope"]) == ("ci", "session", "scan")
        page = {**page_of(client), "x-csrf-token": session["csrf"]}
        asked = await client.post(f"{API}/scans", headers=page)
        assert asked.status_code == 202
        scan = asked.json()["scan"]
        await until(client, scan, "drift")
        events = await client.get(f"{API}/scans/{scan}/events")  # as an EventSource asks: with the cookie alone
        assert "event: finished" in events.text

        kept = dict(client.cookies)
        refused = await client.post("/logout", headers=page_of(client))
        assert refused.status_code == 403
        left = await client.post("/logout", headers=page_of(client), data={"csrf": session["csrf"]})
        assert (left.status_code, left.headers["location"]) == (303, "/login")
        assert "fleetdrift" not in client.cookies
        client.cookies.update(kept)  # the server has forgotten the session, not only the browser
        assert (await client.get(f"{API}/session")).status_code == 401


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"x-csrf-token": "0" * 64},
        {"x-csrf-token": "of another session"},
        {"x-csrf-token": "right", "origin": None, "sec-fetch-site": None},
        {"x-csrf-token": "right", "origin": "http://evil.example"},
        {"x-csrf-token": "right", "sec-fetch-site": "cross-site"},
    ],
    ids=["no token", "another token", "another session", "no page", "another origin", "another site"],
)
async def test_a_request_that_changes_something_must_prove_that_a_page_of_ours_made_it(store, scans, headers):
    secret = await token(store, Scope.ADMIN)
    async with running(store, scans) as client:
        await log_in(client, secret)
        another = (await client.get(f"{API}/session")).json()["csrf"]
        await log_in(client, secret)
        own = (await client.get(f"{API}/session")).json()["csrf"]
        values = {"right": own, "of another session": another}
        sent = {name: values.get(value, value) for name, value in {**page_of(client), **headers}.items() if value}
        assert (await client.post(f"{API}/scans", headers=sent)).status_code == 403
        assert (await client.get(f"{API}/scans")).json()["scans"] == []


async def test_a_page_of_another_origin_logs_nobody_in(store, scans):
    secret = await token(store)
    async with running(store, scans) as client:
        for headers in ({"origin": "http://evil.example"}, {"sec-fetch-site": "cross-site"}, {}):
            answer = await client.post("/login", data={"token": secret}, headers=headers)
            assert answer.status_code == 403
            assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("goal", ["//evil.example", "/\\evil.example", "https://evil.example", "\r\nX: y", "/\nX: y"])
async def test_a_login_leads_to_no_other_server(store, scans, goal):
    secret = await token(store)
    async with running(store, scans) as client:
        assert (await log_in(client, secret, goal)).headers["location"] == "/"


async def test_a_session_ends_with_its_token_and_with_its_time(store, scans):
    secret = await token(store)
    async with running(store, scans, table=ServeTable(session_life=2)) as client:
        await log_in(client, secret)
        assert (await client.get(f"{API}/status")).status_code == 200
        kept = dict(client.cookies)
        await asyncio.sleep(2.2)
        client.cookies.update(kept)
        assert (await client.get(f"{API}/status")).status_code == 401
        await log_in(client, secret)
        await store.credentials.revoke_token("ci", Deed(caller=OPERATOR, action=Action.TOKEN_REVOKED, subject="ci"))
        assert (await client.get(f"{API}/status")).status_code == 401


async def test_a_session_of_the_configuration_s_token_ends_when_the_configuration_has_another(store, scans):
    async with running(store, scans, token="one") as client:
        await log_in(client, "one")
        session = (await client.get(f"{API}/session")).json()
        assert (session["name"], session["scope"]) == ("configuration", "admin")
        kept = dict(client.cookies)
    async with running(store, scans, token="two") as client:
        client.cookies.update(kept)
        assert (await client.get(f"{API}/session")).status_code == 401


async def test_a_proxy_at_a_known_address_names_the_user_and_says_that_there_is_tls(store, scans):
    proxy = ProxyTable(addresses=("127.0.0.0/8",), user_header="X-User", scope=Scope.SCAN, admins=("ada",))
    said = {"x-user": "grace", "x-forwarded-proto": "https", "x-forwarded-for": "6.6.6.6, 192.0.2.7"}
    async with running(store, scans, table=ServeTable(proxy=proxy)) as client:
        assert (await client.get(f"{API}/session")).status_code == 401
        found = (await client.get(f"{API}/session", headers=said)).json()
        assert (found["name"], found["via"], found["scope"], found["csrf"]) == ("grace", "proxy", "scan", "")
        assert (await client.get(f"{API}/session", headers={"x-user": "ada"})).json()["scope"] == "admin"
        assert (await client.get(f"{API}/session", headers=[("x-user", "ada"), ("x-user", "bob")])).status_code == 401
        await client.post(f"{API}/scans", headers=said)
        [entry] = await store.credentials.audit(FLEET, AuditFilter(who="grace"))
        assert (entry.via, entry.address, entry.action) == (Via.PROXY, "192.0.2.7", Action.SCAN_REQUESTED)

        secret = await token(store)
        cookie = (await log_in(client, secret, **{"x-forwarded-proto": "https"})).headers["set-cookie"]
        assert cookie.startswith("__Host-fleetdrift=")
        assert "; Secure" in cookie


async def test_what_others_say_in_a_proxy_s_headers_counts_for_nothing(store, scans):
    proxy = ProxyTable(addresses=("10.0.0.2",), user_header="X-User", scope=Scope.ADMIN)
    said = {"x-user": "ada", "x-forwarded-proto": "https", "x-forwarded-for": "10.0.0.2"}
    async with running(store, scans, table=ServeTable(proxy=proxy)) as client:
        assert (await client.get(f"{API}/session", headers=said)).status_code == 401
        secret = await token(store)
        await client.post(f"{API}/scans", headers={**said, **bearer(secret)})
        assert (await log_in(client, secret, **said)).headers["set-cookie"].startswith("fleetdrift=")
        entries = await store.credentials.audit(FLEET, AuditFilter(action=Action.LOGGED_IN))
        assert [entry.address for entry in entries] == ["127.0.0.1"]


async def test_who_did_what_is_written_down(store, scans):
    admin = await token(store, Scope.ADMIN, "boss")
    async with running(store, scans) as client:
        client.headers.update(bearer(admin))
        scans.go.clear()
        scan = (await client.post(f"{API}/scans", json={"purpose": "after the release"})).json()["scan"]
        cancelled = await client.post(f"{API}/scans/{scan}/cancel", json={"reason": "wrong branch"})
        assert cancelled.status_code == 202
        await until(client, scan, "cancelled")
        page = msgspec.json.decode((await client.get(f"{API}/audit", params={"limit": 2})).content, type=AuditPage)
        assert [
            (each.who, each.via, each.address, each.action, each.subject, each.detail) for each in page.entries
        ] == [
            ("boss", "token", "127.0.0.1", "scan_cancelled", scan, "wrong branch"),
            ("boss", "token", "127.0.0.1", "scan_requested", scan, "after the release"),
        ]
        rest = await client.get(f"{API}/audit", params={"limit": 2, "after": page.after})
        [made] = msgspec.json.decode(rest.content, type=AuditPage).entries
        assert (made.who, made.via, made.address, made.action, made.subject) == (
            "ada",
            "command",
            "laptop",
            "token_created",
            "boss",
        )
        table = await client.get(f"{API}/audit", params={"action": "token_created"}, headers={"accept": "text/csv"})
        assert re.match(r"id,at,who,via,.*\r\n\d+,[^\r]*token_created", table.text)
        assert (await client.get(f"{API}/audit", params={"after": "x"})).status_code == 400
    assert (await store.get_scan(scan)).reason == "boss cancelled it: wrong branch"


async def test_a_page_leads_to_the_login_and_back_and_its_forms_prove_that_they_are_ours(store, scans):
    secret = await token(store, Scope.SCAN)
    async with running(store, scans) as client:
        away = await client.get("/scans", params={"after": "x"})
        assert (away.status_code, away.headers["location"]) == (303, "/login?next=%2Fscans%3Fafter%3Dx")
        assert (await client.post("/scans", headers=page_of(client))).status_code == 401
        await log_in(client, secret)
        shown = await client.get("/scans")
        assert shown.status_code == 200
        [field] = set(re.findall(r'name="csrf" value="([0-9a-f]{64})"', shown.text))
        assert (await client.post("/scans", headers=page_of(client), data={"purpose": "x"})).status_code == 403
        asked = await client.post("/scans", headers=page_of(client), data={"purpose": "x", "csrf": field})
        assert asked.status_code == 303
        scan = asked.headers["location"].rpartition("/")[2]
        assert (await client.get(f"{API}/scans/{scan}")).json()["requested_by"] == "ci"
        refused = await client.post(f"/scans/{scan}/confirm", headers=page_of(client), data={"csrf": field})
        assert refused.status_code == 403


async def test_pages_show_no_fleet_that_a_token_is_not_for(store, scans):
    foreign = await token(store, name="lab", fleets=("lab",))
    async with running(store, scans) as client:
        await log_in(client, foreign)
        for path in ("/", "/tenants", "/scans", f"/?fleet={FLEET}"):
            assert (await client.get(path)).status_code == 403
