"""An array's cast is kept apart from its elements, and nothing else is touched."""

from __future__ import annotations

import pytest

from shared.remediation.respelling import keep_array_casts


@pytest.mark.parametrize(
    ("sql", "kept"),
    [
        (
            "((a)::text = ANY ((ARRAY['x'::character varying, 'y]'::character varying])::text[]))",
            "((a)::text = ANY ((ARRAY['x'::character varying, 'y]'::character varying]::character varying[])::text[]))",
        ),
        ("(ARRAY[('x'::character varying)::text])", "(ARRAY[('x'::character varying)::text])"),
        ("(ARRAY[1, 2])::bigint[]", "(ARRAY[1, 2])::bigint[]"),
        ("(ARRAY['a'::app.e, 'b'::text])::text[]", "(ARRAY['a'::app.e, 'b'::text])::text[]"),
        ("'(ARRAY[' || x", "'(ARRAY[' || x"),
        ("(ARRAY[", "(ARRAY["),
    ],
)
def test_only_a_cast_of_a_whole_array_is_doubled(sql: str, kept: str) -> None:
    assert keep_array_casts(sql) == kept
