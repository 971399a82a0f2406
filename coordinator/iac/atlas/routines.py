"""Functions, procedures, aggregates and triggers of Atlas HCL."""

from __future__ import annotations

import re

from coordinator.iac.atlas.blocks import BlockReader
from coordinator.iac.atlas.names import Address, address_of
from coordinator.iac.atlas.statements import Made, Phase, comment_on
from coordinator.iac.atlas.types import default_of, type_of
from shared.sql import dollar_quote, quote_identifier, quote_literal

_SQL_BODY = re.compile(r"(?:begin\s+atomic|return)\b", re.IGNORECASE)
"""How the body of a function in SQL begins that stands without quotes."""


def function_statements(reader: BlockReader, address: Address) -> list[Made]:
    """Return the statements of a `function` block.

    Raises:
        SourceError: When it cannot be read.
    """
    return _routine(reader, address, "FUNCTION", f"\nRETURNS {_returned(reader)}")


def procedure_statements(reader: BlockReader, address: Address) -> list[Made]:
    """Return the statements of a `procedure` block.

    Raises:
        SourceError: When it cannot be read.
    """
    return _routine(reader, address, "PROCEDURE", "")


def _routine(reader: BlockReader, address: Address, kind: str, returns: str) -> list[Made]:
    arguments, signature = _arguments(reader)
    language = reader.text("lang").lower() or "sql"
    options = "".join(f"\n{option}" for option in _options(reader))
    body = reader.sql("as") or reader.sql("body")
    written = body if language == "sql" and _SQL_BODY.match(body) else f"AS {dollar_quote(body)}"
    head = f"CREATE {kind} {address.sql()}({arguments}){returns}\nLANGUAGE {quote_identifier(language)}"
    sql = f"{head}{options}\n{written}"
    made = Made(
        sql=sql,
        at=reader.at,
        phase=Phase.ROUTINE,
        makes=address,
        needs=frozenset(reader.needs),
        texts=tuple(reader.texts),
    )
    return [made, *comment_on(reader, f"{kind} {address.sql()}({signature})", address)]


def _returned(reader: BlockReader) -> str:
    table, rows = reader.child("return_table"), reader.child("return_set")
    if table is not None:
        columns = [f"{quote_identifier(column.name)} {type_of(column)}" for column in table.children("column")]
        return f"TABLE ({', '.join(columns)})"
    if rows is not None:
        return f"SETOF {type_of(rows)}"
    if reader.has("return_set"):
        return f"SETOF {type_of(reader, 'return_set')}"
    return type_of(reader, "return") if reader.has("return") else "void"


def _arguments(reader: BlockReader) -> tuple[str, str]:
    """Return the arguments as a definition writes them, and as a comment names the routine."""
    written: list[str] = []
    signature: list[str] = []
    for argument in reader.children("arg"):
        type_ = type_of(argument)
        mode, name = argument.word("mode"), argument.name
        words = [mode, quote_identifier(name) if name else "", type_]
        default = default_of(argument, type_)
        words.append(f"DEFAULT {default}" if default else "")
        written.append(" ".join(word for word in words if word))
        signature.append(" ".join(word for word in (mode, type_) if word))
    return ", ".join(written), ", ".join(signature)


def _options(reader: BlockReader) -> list[str]:
    options: list[str] = []
    if volatility := reader.word("volatility"):
        options.append(volatility)
    for attribute, words in (("leakproof", "LEAKPROOF"), ("strict", "STRICT"), ("window", "WINDOW")):
        if reader.flag(attribute):
            options.append(words)
    for attribute, words in (("security", "SECURITY"), ("parallel", "PARALLEL"), ("cost", "COST"), ("rows", "ROWS")):
        if word := reader.word(attribute):
            options.append(f"{words} {word}")
    return options


def aggregate_statements(reader: BlockReader, address: Address) -> list[Made]:
    """Return the statements of an `aggregate` block.

    Raises:
        SourceError: When it cannot be read.
    """
    arguments, signature = _arguments(reader)
    state = reader.reference("state_func")
    if state is None:
        reader.refuse("state_func: expected a reference such as function.add")
    options = [f"SFUNC = {state.sql()}", f"STYPE = {type_of(reader, 'state_type')}"]
    for attribute, word in (("final_func", "FINALFUNC"), ("combine_func", "COMBINEFUNC")):
        if function := reader.reference(attribute):
            options.append(f"{word} = {function.sql()}")
    if initial := reader.text("initial_value"):
        options.append(f"INITCOND = {quote_literal(initial)}")
    if parallel := reader.word("parallel"):
        options.append(f"PARALLEL = {parallel}")
    sql = f"CREATE AGGREGATE {address.sql()} ({arguments or '*'}) ({', '.join(options)})"
    made = Made(sql=sql, at=reader.at, phase=Phase.ROUTINE, makes=address, needs=frozenset(reader.needs))
    return [made, *comment_on(reader, f"AGGREGATE {address.sql()} ({signature or '*'})", address)]


def trigger_statements(reader: BlockReader, _address: Address) -> list[Made]:
    """Return the statements of a `trigger` block.

    Raises:
        SourceError: When it cannot be read.
    """
    table = reader.reference("on")
    execute = reader.child("execute")
    if table is None or execute is None:
        reader.refuse("expected on, the table it belongs to, and an execute block")
    function = execute.reference("function")
    if function is None:
        execute.refuse("function: expected a reference such as function.audit")
    arguments = ", ".join(quote_literal(execute.as_text(item, "args")) for item in execute.items("args"))
    kind = "CONSTRAINT TRIGGER" if reader.flag("constraint") else "TRIGGER"
    # The documented examples read NEW without saying `foreach`: a trigger is one for each row.
    level = reader.word("foreach") or reader.word("for") or "ROW"
    clauses = [f"CREATE {kind} {quote_identifier(reader.name)} {_events(reader)} ON {table.sql()}"]
    deferrable = reader.word("deferrable")
    if deferrable not in {"", "FALSE", "NOT DEFERRABLE"}:
        clauses.append(f"DEFERRABLE {deferrable}" if deferrable.startswith("INITIALLY") else "DEFERRABLE")
    if referencing := _referencing(reader):
        clauses.append(referencing)
    clauses.append(f"FOR EACH {level}")
    if condition := reader.sql("when"):
        clauses.append(f"WHEN ({condition})")
    clauses.append(f"EXECUTE FUNCTION {function.sql()}({arguments})")
    needs = frozenset({*reader.needs, table, function})
    made = Made(sql="\n".join(clauses), at=reader.at, phase=Phase.TRIGGER, needs=needs, texts=tuple(reader.texts))
    return [made, *comment_on(reader, f"TRIGGER {quote_identifier(reader.name)} ON {table.sql()}", table)]


def _events(reader: BlockReader) -> str:  # noqa: RET503  # `refuse` does not return
    for timing in ("before", "after", "instead_of"):
        block = reader.child(timing)
        if block is None:
            continue
        events = [event.upper() for event in ("insert", "update", "delete", "truncate") if block.flag(event)]
        columns = [address for address in map(address_of, block.items("update_of")) if address is not None]
        if columns:
            listed = ", ".join(quote_identifier(column.column) for column in columns)
            events.append(f"UPDATE OF {listed}")
        if not events:
            block.refuse("expected at least one of insert, update, update_of, delete, truncate")
        return f"{timing.upper().replace('_', ' ')} {' OR '.join(events)}"
    reader.refuse("expected a before, after or instead_of block")


def _referencing(reader: BlockReader) -> str:
    found = [
        f"{words} AS {quote_identifier(name)}"
        for attribute, words in (("old_table", "OLD TABLE"), ("new_table", "NEW TABLE"))
        if (name := reader.text(attribute))
    ]
    return f"REFERENCING {' '.join(found)}" if found else ""
