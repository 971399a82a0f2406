"""Types whose mapping the service wrote by hand: another name for the type that they hand on to."""

from __future__ import annotations

import pytest

from shared.contracts.delegated_types import delegated_types
from shared.contracts.tokens import read_source

SQLX = "impl sqlx::Type<Postgres> for Name { fn type_info() -> PgTypeInfo { %s } %s }"
COMPATIBLE = "fn compatible(ty: &PgTypeInfo) -> bool { %s }"
FROM = "impl<'a> FromSql<'a> for Mode { fn from_sql(ty: &Type) -> R { f() } fn accepts(ty: &Type) -> bool { %s } }"
TO = "impl ToSql for Mode { fn accepts(ty: &Type) -> bool where Self: Sized { %s } to_sql_checked!(); }"
STR = "<&str as FromSql>::accepts(ty)"


def read(rust: str):
    return [(alias.name, alias.type) for alias in delegated_types(read_source("src/lib.rs", rust.encode()))]


@pytest.mark.parametrize(
    ("rust", "found"),
    [
        (SQLX % ("<String as Type<Postgres>>::type_info()", ""), [("Name", "String")]),
        (SQLX % ("i16::type_info()", ""), [("Name", "i16")]),
        (SQLX % ("i16::type_info()", COMPATIBLE % "i16::compatible(ty)"), [("Name", "i16")]),
        (SQLX % ("i16::type_info()", COMPATIBLE % "i16::compatible(ty) || i32::compatible(ty)"), []),
        (SQLX % ("i16::type_info()", COMPATIBLE % "true"), []),
        (SQLX % ('PgTypeInfo::with_name("name")', ""), []),
        ("impl<DB: Database> Type<DB> for Id { fn type_info() -> T { Uuid::type_info() } }", [("Id", "Uuid")]),
        ("impl Type<Sqlite> for Id { fn type_info() -> T { Uuid::type_info() } }", []),
        (FROM % STR + TO % STR, [("Mode", "&str")]),
        (FROM % STR, [("Mode", "&str")]),
        (FROM % STR + TO % "i64::accepts(ty)", []),
        (FROM % ("*ty == Type::TEXT || " + STR), []),
        ("impl ToSql for Mode { accepts!(TEXT, VARCHAR); to_sql_checked!(); }", [("Mode", "String")]),
        ("impl ToSql<Text, Pg> for Mode { fn to_sql(&self) -> R { f() } }", []),
    ],
)  # fmt: skip
def test_a_type_is_another_name_for_the_one_that_it_hands_all_on_to(rust, found):
    assert read(rust) == found
