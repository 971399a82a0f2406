"""Which tenants a scan is for, when somebody asks for some."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from coordinator.inventory import Choice, Inventory, InventoryError
from coordinator.inventory.choose import excluded_but_wanted, unknown_patterns
from coordinator.memory.views import LastKnown
from coordinator.report.model import Selection, TenantStatus
from shared.targets import Target

NOON = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
FLEET = Inventory(
    (
        Target(tenant="eu-1", host="h", database="a", labels=(("plan", "gold"), ("wave", "1"))),
        Target(tenant="eu-2", host="h", database="b", labels=(("plan", "silver"),)),
        Target(tenant="us-1", host="h", database="c", labels=(("plan", "gold"),)),
    ),
    excluded=("eu-9",),
)
KNOWN = {
    "eu-1": LastKnown(TenantStatus.DRIFTED, NOON),
    "eu-2": LastKnown(TenantStatus.IN_SYNC, NOON - dt.timedelta(days=3)),
}


def chosen(**selection: Any) -> list[str]:
    choice = Choice(selection=Selection(**selection), known=KNOWN)
    return [target.tenant for target in choice.of(FLEET).targets]


def test_tenants_are_chosen_by_name_or_pattern_and_excluded_ones_never_are():
    assert chosen(tenants=("eu-*",)) == ["eu-1", "eu-2"]
    assert chosen(tenants=("us-1", "eu-2")) == ["eu-2", "us-1"]
    assert Choice(selection=Selection(tenants=("eu-*",))).of(FLEET).excluded == ()
    with pytest.raises(InventoryError, match=r"the selection \(tenants eu-9\) fits none of the 3 tenants of the fleet"):
        chosen(tenants=("eu-9",))


def test_all_labels_must_fit_and_all_that_is_said_must():
    assert chosen(labels={"plan": "g*"}) == ["eu-1", "us-1"]
    assert chosen(labels={"plan": "gold", "wave": "1"}) == ["eu-1"]
    assert chosen(labels={"plan": "*"}, tenants=("us-*",)) == ["us-1"]


def test_tenants_are_chosen_by_where_they_are_known_to_stand_and_since_when():
    assert chosen(statuses=(TenantStatus.DRIFTED,)) == ["eu-1"]
    assert chosen(statuses=(TenantStatus.DRIFTED, TenantStatus.NEVER_SCANNED)) == ["eu-1", "us-1"]
    assert chosen(changed_since=NOON) == ["eu-1", "us-1"]
    assert chosen(changed_since=NOON + dt.timedelta(seconds=1)) == ["us-1"]


def test_a_selection_is_said_in_a_sentence():
    selection = Selection(
        tenants=("eu-*", "acme"), labels={"plan": "gold"}, statuses=(TenantStatus.STALE,), changed_since=NOON
    )
    assert selection.sentence == (
        "tenants eu-*, acme; label plan=gold; status stale; changed since 2026-03-01T12:00:00+00:00"
    )


def test_a_name_that_fits_nobody_and_an_excluded_tenant_are_told_apart():
    asked = Selection(tenants=("eu-*", "eu-9", "us-7"))
    assert unknown_patterns(asked, FLEET) == ("us-7",)
    assert excluded_but_wanted(asked, FLEET) == ("eu-9",)
    assert excluded_but_wanted(Selection(), FLEET) == ()
