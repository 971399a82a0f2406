"""The statements that make a stand-in's members, in an order in which each finds what it names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from shared.embedded.stand_ins.classes import cast_statements, class_statements, operator_statements
from shared.embedded.stand_ins.facts import ExtensionFacts, MemberRelation, MemberRoutine, MemberType
from shared.embedded.stand_ins.hollow import ALWAYS_NULL, Bodies, numbers, texts_of
from shared.embedded.stand_ins.modifiers import modifier_statements
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
            'COMMENT ON ROUTINE %s IS %L', routine.objid::pg_catalog.regprocedure, {quote_literal(COMMENT)}
        );
    END LOOP;
END"""
_PRIVILEGES = {
    "r": "SELECT", "a": "INSERT", "w": "UPDATE", "d": "DELETE", "D": "TRUNCATE", "x": "REFERENCES", "t": "TRIGGER",
    "X": "EXECUTE", "U": "USAGE", "C": "CREATE",
}  # fmt: skip
_STATE = "stand_in_state"


def stand_in_script(facts: ExtensionFacts, required: Iterable[ExtensionFacts]) -> Iterator[str]:
    """Give the statements.

    Args:
        facts: Of the extension.
        required: Of those that it requires, directly or not, and that have stand-ins.
    """
    texts = {name: text for each in (facts, *required) for name, text in texts_of(each).items()}
    bodies = Bodies(facts, texts)
    yield "SET LOCAL check_function_bodies = off"
    for namespace in facts.namespaces:
        yield f"CREATE SCHEMA {quote_identifier(namespace.name)}"
        yield from _privileges("SCHEMA", quote_identifier(namespace.name), namespace.privileges)
    yield from _types_and_relations(facts, bodies)
    for routine in facts.routines:
        if routine.sort != "aggregate" and not _serves_a_type(routine, facts):
            yield _create(routine, bodies)
    yield from _aggregates(facts.routines)
    for routine in facts.routines:
        signature = f"{_placed(routine)}({', '.join(routine.inputs)})"
        yield from _privileges("ROUTINE", signature, routine.privileges)
    yield from operator_statements(facts)
    yield from class_statements(facts)
    yield from cast_statements(facts)
    for wrapper in facts.wrappers:
        yield f"CREATE FOREIGN DATA WRAPPER {quote_identifier(wrapper)}"
    for name, event, function in facts.event_triggers:
        yield f"CREATE EVENT TRIGGER {quote_identifier(name)} ON {event} EXECUTE FUNCTION {function}()"
    yield f"DO {quote_literal(_COMMENT_ALL.format(extension=quote_literal(facts.extension)))}"


def _serves_a_type(routine: MemberRoutine, facts: ExtensionFacts) -> bool:
    return not routine.namespace and any(routine.name in _functions_of(made) for made in facts.types)


def _functions_of(made: MemberType) -> frozenset[str]:
    named = (made.input, made.output, made.receive, made.send, made.modifier_input, made.modifier_output)
    return frozenset(filter(None, named))


def _types_and_relations(facts: ExtensionFacts, bodies: Bodies) -> Iterator[str]:
    bases = [made for made in facts.types if made.sort == "base"]
    for made in bases:
        yield f"CREATE TYPE {_named(made)}"
    for routine in facts.routines:
        if _serves_a_type(routine, facts):
            yield _create(routine, bodies)
    yield from modifier_statements(facts.extension, facts.types)
    for made in bases:
        yield _base_type(made, like="bigint" if made.name in numbers(facts) else "text")
    for other in facts.types:
        if other.sort != "base":
            yield _other_type(other)
    for relation in facts.relations:
        yield _relation(relation)
        yield from _privileges("TABLE", _placed(relation), relation.privileges)
    for made in facts.types:
        yield from _privileges("TYPE", _placed(made), made.privileges)


def _named(member: MemberRoutine | MemberType | MemberRelation) -> str:
    """Name a member; without its namespace where that is the extension's, which is not known yet."""
    namespace = f"{quote_identifier(member.namespace)}." if member.namespace else ""
    return namespace + quote_identifier(member.name)


def _base_type(made: MemberType, like: str) -> str:
    functions = {
        "INPUT": made.input, "OUTPUT": made.output, "RECEIVE": made.receive, "SEND": made.send,
        "TYPMOD_IN": made.modifier_input, "TYPMOD_OUT": made.modifier_output,
    }  # fmt: skip
    words = [f"{word} = {quote_identifier(name)}" for word, name in functions.items() if name]
    words += [f"LIKE = {like}", f"STORAGE = {made.storage}", f"CATEGORY = {quote_literal(made.category)}"]
    words += [f"DELIMITER = {quote_literal(made.delimiter)}"]
    words += ["PREFERRED = true"] if made.preferred else []
    words += ["COLLATABLE = true"] if made.collatable else []
    return f"CREATE TYPE {_named(made)} ({', '.join(words)})"


def _other_type(made: MemberType) -> str:
    if made.sort == "enum":
        return f"CREATE TYPE {_named(made)} AS ENUM ({', '.join(map(quote_literal, made.labels))})"
    if made.sort == "domain":
        return f"CREATE DOMAIN {_named(made)} AS {made.base}{' NOT NULL' if made.not_null else ''}"
    listed = ", ".join(f"{quote_identifier(name)} {kind}" for name, kind in made.attributes)
    return f"CREATE TYPE {_named(made)} AS ({listed})"


def _relation(relation: MemberRelation) -> str:
    if relation.sort == "sequence":
        return f"CREATE SEQUENCE {_named(relation)}"
    if relation.sort == "view":
        listed = ", ".join(f"NULL::{kind} AS {quote_identifier(name)}" for name, kind in relation.columns)
        return f"CREATE VIEW {_named(relation)} AS SELECT {listed} WHERE false"
    parts = [
        f"{quote_identifier(name)} {kind}{' NOT NULL' if name in relation.not_null else ''}"
        for name, kind in relation.columns
    ]
    for key in relation.keys:
        columns = ", ".join(map(quote_identifier, key.columns))
        parts.append(f"{'PRIMARY KEY' if key.primary else 'UNIQUE'} ({columns})")
    return f"CREATE TABLE {_named(relation)} ({', '.join(parts)})"


def _create(routine: MemberRoutine, bodies: Bodies) -> str:
    body = bodies.of(routine)
    if routine.sort == "procedure":
        return f"CREATE PROCEDURE {_named(routine)}({routine.arguments}) {body}"
    words = [routine.volatility.upper(), f"PARALLEL {routine.parallel.upper()}", f"COST {routine.cost:g}"]
    words += ["WINDOW"] if routine.sort == "window" else []
    words += ["STRICT"] if routine.strict else []
    words += ["LEAKPROOF"] if routine.leakproof else []
    words += ["SECURITY DEFINER"] if routine.security_definer else []
    words += [f"ROWS {routine.rows:g}"] if routine.returns_set else []
    head = f"CREATE FUNCTION {_named(routine)}({routine.arguments}) RETURNS {routine.result}"
    return f"{head} {' '.join(words)} {body}"


def _aggregates(routines: tuple[MemberRoutine, ...]) -> Iterator[str]:
    """Give the statements that make aggregates, which give NULL: their states are made by functions of our own."""
    aggregates = [routine for routine in routines if routine.sort == "aggregate"]
    states = {(routine.returns, _state_inputs(routine)) for routine in aggregates}
    for returns, inputs in sorted(states):
        yield f"CREATE FUNCTION {_STATE}({', '.join((returns, *inputs))}) RETURNS {returns} IMMUTABLE {ALWAYS_NULL}"
    for routine in aggregates:
        words = f"SFUNC = {_STATE}, STYPE = {routine.returns}, PARALLEL = {routine.parallel}"
        yield f"CREATE AGGREGATE {_named(routine)}({routine.arguments}) ({words})"


def _state_inputs(routine: MemberRoutine) -> tuple[str, ...]:
    return routine.inputs if routine.returns.startswith("any") else ('"any"',) * len(routine.inputs)


def _privileges(kind: str, named: str, privileges: tuple[str, ...]) -> Iterator[str]:
    if privileges:
        yield _in_own_namespace(f"REVOKE ALL ON {kind} {named} FROM PUBLIC")
    for entry in privileges:
        grantee, _, letters = entry.partition("=")
        if letters:
            words = ", ".join(_PRIVILEGES[letter] for letter in letters)
            to = quote_identifier(grantee) if grantee else "PUBLIC"
            yield _in_own_namespace(f"GRANT {words} ON {kind} {named} TO {to}")


def _in_own_namespace(template: str) -> str:
    """Name the extension's namespace: `gen_random_uuid` alone would be PostgreSQL's own function of that name."""
    called = f"pg_catalog.format({quote_literal(template)}, pg_catalog.current_schema())"
    return f"DO {quote_literal(f'BEGIN EXECUTE {called}; END')}"


def _placed(member: MemberRoutine | MemberType | MemberRelation) -> str:
    """Name a member for `_in_own_namespace`."""
    return _named(member) if member.namespace else f"%1$I.{_named(member).replace('%', '%%')}"
