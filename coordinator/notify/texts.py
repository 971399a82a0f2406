"""A notice as text for people."""

from __future__ import annotations

from functools import cache
from typing import Any

import msgspec
from jinja2 import StrictUndefined, TemplateError
from jinja2.sandbox import SandboxedEnvironment

from coordinator.memory.notices import Notice
from coordinator.report.renderers.visible import visible

DEFAULT_TEMPLATE = """\
{{ notice.fleet }}: {{ notice.drifted }} of {{ notice.tenants }} tenants drifted
{%- if notice.unread %}, {{ notice.unread }} could not be read{% endif %}
{% for event in notice.events %}
- {{ event.kind }}{% if event.change %} ({{ event.severity }}){% endif %}: {{ event.sentence }}
{%- endfor %}
{%- if notice.more %}

and {{ notice.more }} more
{%- endif %}

scan {{ notice.scan }}: fleetdrift changes --new
"""


def render_notice(notice: Notice, template: str = "") -> str:
    """Write a notice by a template.

    Names of tenants and objects are anybody's: what does not print is escaped before the template sees it.

    Args:
        notice: What is to be told.
        template: Jinja2, with `notice`; empty takes the default one.

    Raises:
        TemplateError: When the template cannot be used; the message says where.
    """
    text: str = _template(template or DEFAULT_TEMPLATE).render(notice=_shown(msgspec.to_builtins(notice)))
    return text


def subject_of(notice: Notice) -> str:
    """Say in one line what a notice is about."""
    first = notice.events[0]
    others = len(notice.events) - 1 + notice.more
    return visible(f"[fleetdrift] {notice.fleet}: {first.sentence}" + (f" and {others} more" if others else ""))


@cache
def _template(text: str) -> Any:
    return SandboxedEnvironment(undefined=StrictUndefined, keep_trailing_newline=True).from_string(text)


def _shown(value: Any) -> Any:
    match value:
        case str():
            return visible(value)
        case dict():
            return {key: _shown(each) for key, each in value.items()}
        case list() | tuple():
            return [_shown(each) for each in value]
        case _:
            return value


__all__ = ["DEFAULT_TEMPLATE", "TemplateError", "render_notice", "subject_of"]
