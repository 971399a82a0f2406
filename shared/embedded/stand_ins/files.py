"""Write the control and script files of stand-ins, which a server reads from `extension_control_path` (v18).

A stand-in has the real members' names, types and privileges, and bodies of ours. They give a value: one that raises
would fail the default of an INSERT, and one that gives NULL would fail NOT NULL. Values are random where the real
function is volatile and depend on the arguments otherwise, as far as the type lets them: so a unique key has no
duplicates.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

from shared.embedded.stand_ins.facts import ExtensionFacts, MemberRoutine, stand_in_facts
from shared.sql import quote_identifier, quote_literal

COMMENT = "stand-in: the real function's name and types, and a hollow body"
_COMMENT_ALL = f"""
DECLARE routine record;
BEGIN
    FOR routine IN
        SELECT d.objid FROM pg_catalog.pg_depend d JOIN pg_catalog.pg_extension e ON e.oid = d.refobjid
        WHERE e.extname = {{extension}} AND d.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass
            AND d.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass AND d.deptype = 'e'
    LOOP
        EXECUTE pg_catalog.format(
            'COMMENT ON FUNCTION %s IS %L', routine.objid::pg_catalog.regprocedure, {quote_literal(COMMENT)}
        );
    END LOOP;
END"""
_UNCALLABLE = frozenset({"internal", "cstring"})
_RANDOM = {
    "uuid": "pg_catalog.gen_random_uuid()",
    "bytea": "pg_catalog.uuid_send(pg_catalog.gen_random_uuid())",
    "text": "pg_catalog.gen_random_uuid()::text",
}
_OF_ARGUMENTS = {
    "uuid": "pg_catalog.md5({row})::uuid",
    "bytea": "pg_catalog.sha256(pg_catalog.convert_to({row}, 'UTF8'))",
    "text": "pg_catalog.md5({row})",
}
_CONSTANT = {
    "boolean": "false",
    "integer": "0",
    "bigint": "0",
    "real": "0",
    "double precision": "0",
    "numeric": "0",
    "timestamp with time zone": "'2000-01-01 00:00:00+00'",
    "inet": "'127.0.0.1'",
    "xml": "'<standin/>'",
}


def stand_ins_hash() -> str:
    """Name what `write_stand_ins` writes: other facts or other bodies have another name."""
    digest = hashlib.sha256(Path(__file__).read_bytes())
    for facts in stand_in_facts():
        digest.update(repr(facts).encode())
    return digest.hexdigest()


def write_stand_ins(folder: Path) -> None:
    """Write the files of all stand-ins.

    Args:
        folder: Made here; a server that has it in `extension_control_path` knows them.
    """
    home = folder / "extension"
    home.mkdir(parents=True)
    for made in (folder, home):
        made.chmod(0o755)
    for facts in stand_in_facts():
        _write(home / f"{facts.extension}.control", _control(facts))
        script = "".join(f"{statement};\n" for statement in _script(facts))
        for version in facts.versions:
            _write(home / f"{facts.extension}--{version}.sql", script)


def _write(path: Path, text: str) -> None:
    path.write_text(text)
    path.chmod(0o644)  # the server runs as another user when we are root


def _control(facts: ExtensionFacts) -> str:
    # The comment is the real one: it is compared.
    lines = {
        "comment": facts.comment,
        "default_version": facts.version,
        "relocatable": str(facts.relocatable).lower(),
        "trusted": str(facts.trusted).lower(),
        "superuser": str(facts.superuser).lower(),
        "requires": ", ".join(facts.requires),
    }
    return "".join(f"{name} = {quote_literal(value)}\n" for name, value in lines.items() if value)


def _script(facts: ExtensionFacts) -> Iterator[str]:
    for routine in facts.routines:
        yield _create(routine)
        if routine.privileges:
            yield from _privileges(routine)
    yield f"DO {quote_literal(_COMMENT_ALL.format(extension=quote_literal(facts.extension)))}"


def _privileges(routine: MemberRoutine) -> Iterator[str]:
    signature = f"{quote_identifier(routine.name)}({', '.join(routine.inputs)})"
    yield _in_own_namespace(f"REVOKE ALL ON FUNCTION %1$I.{signature} FROM PUBLIC")
    for entry in routine.privileges:
        grantee, _, _ = entry.partition("=")
        if grantee != "owner":
            to = quote_identifier(grantee) if grantee else "PUBLIC"
            yield _in_own_namespace(f"GRANT EXECUTE ON FUNCTION %1$I.{signature} TO {to}")


def _in_own_namespace(template: str) -> str:
    """Name the extension's namespace: `gen_random_uuid` alone would be PostgreSQL's own function of that name."""
    called = f"pg_catalog.format({quote_literal(template)}, pg_catalog.current_schema())"
    return f"DO {quote_literal(f'BEGIN EXECUTE {called}; END')}"


def _create(routine: MemberRoutine) -> str:
    words = [routine.volatility.upper(), f"PARALLEL {routine.parallel.upper()}", f"COST {routine.cost:g}"]
    words += ["STRICT"] if routine.strict else []
    words += ["LEAKPROOF"] if routine.leakproof else []
    words += ["SECURITY DEFINER"] if routine.security_definer else []
    words += [f"ROWS {routine.rows:g}"] if routine.returns_set else []
    head = f"CREATE FUNCTION {quote_identifier(routine.name)}({routine.arguments}) RETURNS {routine.result}"
    return f"{head} {' '.join(words)} {_body(routine)}"


def _body(routine: MemberRoutine) -> str:
    if _UNCALLABLE & {*routine.inputs, routine.returns}:
        return "LANGUAGE internal AS 'textin'"  # nothing that people write calls it
    if routine.returns == "trigger":
        return "LANGUAGE plpgsql AS 'BEGIN RETURN new; END'"
    if routine.returns == "void":
        return "LANGUAGE plpgsql AS 'BEGIN END'"
    if routine.returns_set or routine.columns:
        return f"LANGUAGE sql AS {quote_literal(_columns(routine))}"
    # A query with a LIMIT is not inlined: where an expression may stand is decided by what the function says of itself.
    return f"LANGUAGE sql AS {quote_literal(f'SELECT {_value(routine)} LIMIT 1')}"


def _columns(routine: MemberRoutine) -> str:
    listed = ", ".join(f"NULL::{kind}" for kind in routine.columns or (routine.returns,) if kind != "record")
    return f"SELECT {listed} WHERE false" if routine.returns_set else f"SELECT {listed} LIMIT 1"


def _value(routine: MemberRoutine) -> str:
    kind = routine.returns
    if routine.volatility == "volatile" and kind in _RANDOM:
        return _RANDOM[kind]
    if kind in _OF_ARGUMENTS:
        given = ", ".join(f"${number}" for number, _ in enumerate(routine.inputs, 1))
        row = f"ROW({given})::text" if given else quote_literal(routine.name)
        return _OF_ARGUMENTS[kind].format(row=row)
    return f"{_CONSTANT.get(kind, 'NULL')}::{kind}"
