"""Which changes of type can lose a value, need a rewrite, or need a way through text."""

from __future__ import annotations

import pytest

from shared.kinds.recipes.column_types import conversion, is_lossless, keeps_storage


@pytest.mark.parametrize(
    ("observed", "desired", "lossless", "in_place"),
    [
        ("integer", "bigint", True, False),
        ("bigint", "integer", False, False),
        ("character varying(20)", "character varying(50)", True, True),
        ("character varying(50)", "character varying(20)", False, False),
        ("character varying(50)", "text", True, True),
        ("text", "character varying(50)", False, False),
        ("numeric(10,2)", "numeric(12,2)", True, True),
        ("numeric(10,2)", "numeric(12,4)", True, False),
        ("numeric(10,2)", "numeric(10,4)", False, False),
        ("numeric", "numeric(10,2)", False, False),
        ("timestamp with time zone", "date", False, False),
        ("jsonb", "integer", False, False),
    ],
)
def test_loss_and_rewrite(observed: str, desired: str, *, lossless: bool, in_place: bool) -> None:
    assert is_lossless(observed, desired) is lossless
    assert keeps_storage(observed, desired) is in_place


@pytest.mark.parametrize(
    ("observed", "desired", "using"),
    [
        ("public.mood", "public.mood", ' USING "c"::text::public.mood'),
        ("character varying(5)", "character varying(9)", ""),
        ("integer", "bigint", ' USING "c"::bigint'),
        ("text", "public.mood", ' USING "c"::text::public.mood'),
        ("bytea", "character(3)", ' USING "c"::text::character(3)'),
        ("timestamp without time zone", "timestamp with time zone", " USING \"c\" AT TIME ZONE 'UTC'"),
        ("timestamp(3) with time zone", "timestamp(0) without time zone", " USING \"c\" AT TIME ZONE 'UTC'"),
        ("timestamp with time zone", "date", " USING (\"c\" AT TIME ZONE 'UTC')::date"),
        ("integer", "integer[]", ' USING CASE WHEN "c" IS NULL THEN NULL ELSE ARRAY["c"::integer] END'),
    ],
)
def test_conversion(observed: str, desired: str, using: str) -> None:
    assert conversion('"c"', observed, desired) == using
