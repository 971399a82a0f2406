"""A tenant is read in whatever encoding its database is kept."""

from __future__ import annotations

import secrets

import asyncpg
import pytest

from shared.embedded.postgres import EmbeddedPostgres
from shared.hosts import Host
from shared.postgres.connection import TargetError
from shared.postgres.reading.observe import observe
from shared.schema.schema import Snapshot
from shared.targets import FailureKind, ReadRequest, Sighting, Target

WORDS = {
    "EUC_CN": "名字", "EUC_JIS_2004": "名前", "EUC_JP": "名前", "EUC_KR": "이름", "EUC_TW": "名字",
    "ISO_8859_5": "имя", "ISO_8859_6": "اسم", "ISO_8859_7": "όνομα", "ISO_8859_8": "שם",
    "KOI8R": "имя", "KOI8U": "їмя",
    "LATIN1": "Maße", "LATIN2": "Łódź", "LATIN3": "ĉu", "LATIN4": "ķīlis", "LATIN5": "ığ", "LATIN6": "ŋ",
    "LATIN7": "ąž", "LATIN8": "ẁ", "LATIN9": "œuvre", "LATIN10": "ș",
    "SQL_ASCII": "größe", "UTF8": "größe",
    "WIN1250": "Łódź", "WIN1251": "имя", "WIN1252": "Maße", "WIN1253": "όνομα", "WIN1254": "ığ", "WIN1255": "שם",
    "WIN1256": "اسم", "WIN1257": "ąž", "WIN1258": "đ", "WIN866": "имя", "WIN874": "ชื่อ",
}  # fmt: skip
"""Encoding → a word in it (multibyte.html, "Server?" = yes, but MULE_INTERNAL)."""
SCRIPT = 'CREATE TABLE "{0}" (id integer, "{0}" text DEFAULT \'{0}\'); COMMENT ON TABLE "{0}" IS \'{0}\''
BYTES = {
    "a name": "EXECUTE 'CREATE TABLE ' || quote_ident(word) || ' (id integer)'",
    "a body": "EXECUTE 'CREATE FUNCTION f() RETURNS text LANGUAGE sql AS ' || quote_literal('SELECT 1 --' || word)",
    "a label": "EXECUTE 'CREATE TYPE e AS ENUM (' || quote_literal(word) || ')'",
    "a default": "EXECUTE 'CREATE TABLE t (a text DEFAULT ' || quote_literal(word) || ')'",
}
"""What holds bytes that are no UTF-8 → the PL/pgSQL that makes it."""
NO_TEXT = """DO $do$ DECLARE word text = convert_from('\\x4dff65', 'SQL_ASCII'); BEGIN {}; END $do$"""


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


async def read(postgres: EmbeddedPostgres, encoding: str, script: str) -> Snapshot:
    """Read a tenant of an encoding twice: in full, and by what its server says of it."""
    tenant, scanner = (f"{kind}_{secrets.token_hex(4)}" for kind in ("tenant", "scanner"))
    admin = await asyncpg.connect(postgres.dsn())
    try:
        await admin.execute(f"CREATE ROLE {scanner} LOGIN")
        await admin.execute(f"CREATE DATABASE {tenant} TEMPLATE template0 ENCODING '{encoding}' LOCALE 'C'")
        if encoding != "MULE_INTERNAL":
            owner = await asyncpg.connect(postgres.dsn(tenant))
            await owner.execute(script)
            await owner.close()
        host = Host(name="h", address=str(postgres.socket_dir), port=postgres.port, user=scanner)
        target = Target(tenant="t", host="h", database=tenant)
        first = await observe(host, target, ReadRequest(earlier=Sighting()))
        again = await observe(host, target, ReadRequest(known={first.fingerprint}))
        assert again.fingerprint == first.fingerprint
        assert first.snapshot is not None
        return first.snapshot
    finally:
        await admin.execute(f"DROP DATABASE IF EXISTS {tenant} WITH (FORCE)")
        await admin.execute(f"DROP ROLE IF EXISTS {scanner}")
        await admin.close()


@pytest.mark.anyio
@pytest.mark.parametrize(("encoding", "word"), WORDS.items(), ids=WORDS)
async def test_a_tenant_of_each_encoding_is_read(postgres, encoding, word):
    snapshot = await read(postgres, encoding, SCRIPT.format(word))
    assert {item.identity.name for item in snapshot.schema if item.kind != "namespace"} == {"id", word}
    assert (
        next(item for item in snapshot.schema if item.kind == "column" and item.name == word).default
        == f"'{word}'::text"
    )


@pytest.mark.parametrize("made", BYTES.values(), ids=BYTES)
def test_bytes_that_are_no_text_are_a_failure_that_says_what_to_do_and_the_others_are_read(matrix, made):
    seen = matrix.scan(NO_TEXT.format(made), encoding="SQL_ASCII")
    assert seen.failure.startswith(
        "unsupported: expected names and texts in UTF-8, and the catalogs hold others, which a database of the "
        "encoding SQL_ASCII may: rename what bears them, or restore the database in an encoding; the server said: "
        'invalid byte sequence for encoding "UTF8": 0xff'
    )


@pytest.mark.anyio
async def test_an_encoding_that_cannot_be_converted_is_said_to_be_unsupported(postgres):
    with pytest.raises(TargetError, match=r"conversion between .* and MULE_INTERNAL is not supported") as caught:
        await read(postgres, "MULE_INTERNAL", "")
    assert caught.value.failure.kind is FailureKind.UNSUPPORTED
