"""Options that choose the tenants of a scan."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Callable, Iterable
from typing import Any

import click

from coordinator.cli.changes import Since
from coordinator.report.model import Selection, TenantStatus

_NAMED = (
    click.option(
        "--tenants",
        multiple=True,
        metavar="GLOB",
        help="Scan only tenants of such a name, 'eu-*'; repeatable. What is known of others stays.",
    ),
    click.option(
        "--label",
        "labels",
        multiple=True,
        metavar="NAME=GLOB",
        help="Scan only tenants with this label; of several, with all.",
    ),
)
_REMEMBERED = (
    click.option(
        "--status",
        "statuses",
        type=click.Choice([status.value for status in TenantStatus]),
        multiple=True,
        help="Scan only tenants that are known to stand so; of several, at one of them.",
    ),
    click.option(
        "--changed-since",
        type=Since(),
        help="Scan only tenants that stand elsewhere than then, or are new: 90m, 36h, 7d, or a date.",
    ),
)


def selection_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--tenants`, `--label`, `--status` and `--changed-since`, handed on as `selection` (None: all)."""

    @functools.wraps(function)
    def with_selection(
        *,
        tenants: tuple[str, ...],
        labels: tuple[str, ...],
        statuses: tuple[str, ...],
        changed_since: dt.datetime | None,
        **rest: Any,
    ) -> Any:
        selection = Selection(
            tenants=tenants,
            labels=labels_of(map(_label, labels)),
            statuses=tuple(TenantStatus(status) for status in statuses),
            changed_since=changed_since,
        )
        return function(selection=None if selection == Selection() else selection, **rest)

    return _decorated(with_selection, (*_NAMED, *_REMEMBERED))


def named_selection_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--tenants` and `--label` alone, for a command that remembers no earlier scan; see `selection_options`."""

    @functools.wraps(function)
    def with_selection(*, tenants: tuple[str, ...], labels: tuple[str, ...], **rest: Any) -> Any:
        selection = Selection(tenants=tenants, labels=labels_of(map(_label, labels)))
        return function(selection=None if selection == Selection() else selection, **rest)

    return _decorated(with_selection, _NAMED)


def labels_of(given: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Put the labels of a command line together; raises UsageError for two values of one label.

    A tenant has one value of each label: of two none can have both, and to go by one of them would leave out tenants
    without a word.
    """
    labels: dict[str, str] = {}
    for name, value in given:
        if labels.setdefault(name, value) != value:
            raise click.UsageError(
                f"--label {name} is given twice, and a tenant has one value of it: give one pattern, such as "
                f"--label {name}=[ab]*, or run once for each"
            )
    return labels


def _decorated(function: Callable[..., Any], options: tuple[Callable[..., Any], ...]) -> Callable[..., Any]:
    for option in reversed(options):
        function = option(function)
    return function


def _label(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not (name and equals and value):
        raise click.UsageError(f"expected --label NAME=GLOB, got {text!r}")
    return name, value
