"""Ignore rules that are made over HTTP: they are kept, count from the next scan on, and are shown with their source."""

from __future__ import annotations

import datetime as dt

import pytest

from coordinator.access.audit import AuditFilter
from shared.findings.ignore import IgnoreRule
from tests.integration.engine.test_coordinator_api import FLEET, Scans, running

pytestmark = pytest.mark.anyio

IGNORES = "/api/v1/ignores"
LAST_DAY = dt.datetime.now(dt.UTC).date() + dt.timedelta(days=30)
RULE = {"reason": "known", "owner": "ada", "until": LAST_DAY.isoformat(), "kind": "index", "name": "by_day"}


@pytest.fixture
def scans() -> Scans:
    return Scans()


async def test_a_rule_is_made_listed_and_taken_away_and_that_is_written_down(store, scans):
    async with running(store, scans) as client:
        made = await client.post(IGNORES, json=RULE)
        assert made.status_code == 201
        view = made.json()
        assert (view["source"], view["state"], view["rule"]["name"]) == ("store", "in_force", "by_day")
        assert (await client.get(IGNORES)).json()["ignores"] == [view]
        [kept] = await store.ignores.of(FLEET)
        expected = IgnoreRule(reason="known", owner="ada", until=LAST_DAY, kind="index", name="by_day")
        assert (kept.rule.id, kept.rule.plain) == (view["id"], expected)
        assert await store.ignores.of("another") == []
        assert (await client.delete(f"{IGNORES}/{view['id']}")).status_code == 204
        assert (await client.delete(f"{IGNORES}/{view['id']}")).status_code == 404
        assert (await client.get(IGNORES)).json()["ignores"] == []
    log = await store.credentials.audit(FLEET, AuditFilter())
    assert [(entry.action, entry.subject, entry.detail) for entry in log] == [
        ("ignore_deleted", view["id"], "ada: known"),
        ("ignore_created", view["id"], f"until {LAST_DAY}, ada: known"),
    ]


@pytest.mark.parametrize(
    ("field", "kind", "said"),
    [
        ("kind", "tabel", "did you mean 'table'?"),
        ("kind", "function", "kinds are access_method, aggregate"),
        ("of", "zzzz", "kinds are access_method, aggregate"),
    ],
)
async def test_a_rule_that_names_no_kind_of_object_is_not_made(store, scans, field, kind, said):
    async with running(store, scans) as client:
        refused = await client.post(IGNORES, json={**RULE, field: kind})
        assert refused.status_code == 409
        assert said in refused.json()["detail"]
        assert (await client.post(IGNORES, json={**RULE, field: "t*"})).status_code == 201


async def test_the_configuration_wins_over_the_store_and_is_not_written(store, scans):
    own = IgnoreRule(reason="reviewed", owner="bob", until=dt.date(2020, 1, 1), kind="index", name="by_day")
    async with running(store, scans, rules=(own,)) as client:
        assert (await client.post(IGNORES, json=RULE)).json()["state"] == "overridden"
        assert (await client.post(IGNORES, json={**RULE, "name": "by_week"})).json()["state"] == "in_force"
        listed = (await client.get(IGNORES)).json()["ignores"]
        assert [(each["source"], each["state"]) for each in listed] == [
            ("configuration", "ended"),
            ("store", "overridden"),
            ("store", "in_force"),
        ]
        refused = await client.delete(f"{IGNORES}/{listed[0]['id']}")
        assert (refused.status_code, refused.json()["detail"]) == (
            409,
            "this rule stands in fleetdrift.toml: take it away there",
        )
        table = await client.get(IGNORES, headers={"accept": "text/csv"})
        assert table.text.splitlines()[1].startswith("configuration-1,configuration,ended,2020-01-01,bob,reviewed,,,")


@pytest.mark.parametrize(
    ("changed", "detail"),
    [
        ({"reason": " "}, "body: an ignore rule needs a reason and an owner"),
        ({"kind": "*", "name": "*"}, "body: an ignore rule must say what it ignores: a kind, a name, a rule, …"),
        ({"change": "sad"}, "body: change must be one of *, missing, unexpected, altered, unverified, not 'sad'"),
        ({"rule": "nothing"}, "body: there is no rule 'nothing'"),
        ({"nmae": "x"}, "body: Object contains unknown field `nmae`"),
        ({"until": "soon"}, "body: Invalid RFC3339 encoded date - at `$.until`"),
        ({"reason": "a\0b"}, "body: a text may not have the character NUL"),
    ],
)
async def test_a_rule_is_held_to_what_the_configuration_s_rules_are_held_to(store, scans, changed, detail):
    async with running(store, scans) as client:
        refused = await client.post(IGNORES, json={**RULE, **changed})
        assert (refused.status_code, refused.json()["detail"]) == (400, detail)
        empty = await client.post(IGNORES)
        assert (empty.status_code, empty.json()["detail"]) == (400, "body: Object missing required field `reason`")
    assert await store.ignores.of(FLEET) == []
