"""What is known of a real extension: rows of its server's catalogs, and which server that was.

Types are spelt as `format_type` spells them with the extension's own namespace in the search path. `namespace` is empty
for what lives in the extension's own.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import msgspec

REACH_OUT = frozenset({"dblink", "file_fdw", "postgres_fdw"})
"""Extensions that read files or open connections: a server that runs SQL of strangers has stand-ins in their place."""
_FOLDER = Path(__file__).parent


class _Facts(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is like PostgreSQL's default is left out of the files."""


class MemberRoutine(_Facts, frozen=True, kw_only=True, omit_defaults=True):
    """A function, procedure or aggregate (`pg_proc`).

    Args:
        name: Without a namespace.
        namespace: See above.
        sort: `function`, `procedure`, `window` or `aggregate`.
        arguments: As `pg_get_function_arguments` spells them, with names, modes and defaults.
        inputs: The types of the arguments that are given, in order.
        result: As `pg_get_function_result` spells it; empty for a procedure.
        returns: The type of one value of it; `record` where it has columns.
        columns: Types of the columns of its result, where it has several.
        volatility: `immutable`, `stable` or `volatile`.
        parallel: `safe`, `restricted` or `unsafe`.
        strict, leakproof, security_definer, returns_set: As PostgreSQL has them.
        cost, rows: For the planner.
        privileges: Access rights as PostgreSQL writes them, the owner's as the word `owner`; empty for the default.
    """

    name: str
    namespace: str = ""
    sort: str = "function"
    arguments: str = ""
    inputs: tuple[str, ...] = ()
    result: str = ""
    returns: str
    columns: tuple[str, ...] = ()
    volatility: str = "volatile"
    parallel: str = "unsafe"
    strict: bool = False
    leakproof: bool = False
    security_definer: bool = False
    returns_set: bool = False
    cost: float = 1.0
    rows: float = 0.0
    privileges: tuple[str, ...] = ()


class Modifiers(_Facts, frozen=True, kw_only=True, omit_defaults=True):
    """How a type spells the words in `(…)` after its name: `geometry(point)` is `geometry(Point)`.

    Args:
        words: In the type's own spelling; empty where it takes numbers only.
        defaults: What stands in for words that are not given; an empty one is left away at the end, and so is 0 there.
        plain: The word that says nothing when it is alone.
    """

    words: tuple[str, ...] = ()
    defaults: tuple[str, ...] = ()
    plain: str = ""


class MemberNamespace(_Facts, frozen=True, kw_only=True, omit_defaults=True):
    """A namespace that an extension makes, and who may use it."""

    name: str
    privileges: tuple[str, ...] = ()


class MemberType(_Facts, frozen=True, kw_only=True, omit_defaults=True):
    """A type (`pg_type`). How its values are laid out in memory is not among the facts: a stand-in's are texts.

    Args:
        name, namespace: As of a routine.
        sort: `base`, `enum`, `composite` or `domain`.
        input, output, receive, send: Names of its functions, where it is a base type; empty where it has none.
        modifier_input, modifier_output: Names of the functions that read and write `(…)` after its name.
        modifiers: How those spell them.
        category, preferred, delimiter, storage, collatable: As PostgreSQL has them.
        labels: Of an enum, in order.
        attributes: Of a composite type: name and type of each.
        base, not_null: Of a domain.
        privileges: As of a routine.
    """

    name: str
    namespace: str = ""
    sort: str = "base"
    input: str = ""
    output: str = ""
    receive: str = ""
    send: str = ""
    modifier_input: str = ""
    modifier_output: str = ""
    modifiers: Modifiers = Modifiers()
    category: str = "U"
    preferred: bool = False
    delimiter: str = ","
    storage: str = "plain"
    collatable: bool = False
    labels: tuple[str, ...] = ()
    attributes: tuple[tuple[str, str], ...] = ()
    base: str = ""
    not_null: bool = False
    privileges: tuple[str, ...] = ()


class Key(_Facts, frozen=True, kw_only=True, omit_defaults=True):
    """A primary or unique key of a table."""

    primary: bool = False
    columns: tuple[str, ...]


class MemberRelation(_Facts, frozen=True, kw_only=True, omit_defaults=True):
    """A table, view or sequence (`pg_class`).

    Args:
        name, namespace: As of a routine.
        sort: `table`, `view` or `sequence`.
        columns: Name and type of each.
        not_null: Names of the columns that take no NULL.
        keys: Of a table.
        privileges: As of a routine.
    """

    name: str
    namespace: str = ""
    sort: str = "table"
    columns: tuple[tuple[str, str], ...] = ()
    not_null: tuple[str, ...] = ()
    keys: tuple[Key, ...] = ()
    privileges: tuple[str, ...] = ()


class MemberOperator(_Facts, frozen=True, kw_only=True, omit_defaults=True):
    """An operator (`pg_operator`).

    Args:
        name, namespace: As of a routine.
        left, right: Types of its operands; `left` is empty for a prefix operator.
        function: Name of what computes it.
        commutator, negator: With operand types, as `regoperator` spells them; empty for none.
        merges, hashes: Whether it may be joined by.
    """

    name: str
    namespace: str = ""
    left: str = ""
    right: str
    function: str
    commutator: str = ""
    negator: str = ""
    merges: bool = False
    hashes: bool = False


class ClassOperator(_Facts, frozen=True, kw_only=True, omit_defaults=True):
    """An operator of an operator class: its strategy number, itself with operand types, and the family it orders by."""

    number: int
    operator: str
    orders_by: str = ""


class ClassFunction(_Facts, frozen=True, kw_only=True, omit_defaults=True):
    """A support function of an operator class.

    Args:
        number: What the access method asks it for.
        function: With its argument types.
        right: Type of the second operand that it is for, where that is not the class's own.
    """

    number: int
    function: str
    right: str = ""


class MemberClass(_Facts, frozen=True, kw_only=True, omit_defaults=True):
    """An operator class with its family (`pg_opclass`, `pg_opfamily`).

    Args:
        name, namespace: As of a routine.
        method: The access method.
        family: Name of the family.
        type: What it indexes.
        default: Whether it is used when none is named.
        storage: Type that is kept in the index, where it is another one.
        operators, functions: What is in the family for this type.
    """

    name: str
    namespace: str = ""
    method: str
    family: str
    type: str
    default: bool = False
    storage: str = ""
    operators: tuple[ClassOperator, ...] = ()
    functions: tuple[ClassFunction, ...] = ()


class MemberCast(_Facts, frozen=True, kw_only=True, omit_defaults=True):
    """A cast (`pg_cast`).

    Args:
        source, target: Types.
        function: With argument types; empty where it needs none.
        way: `function`, `inout` or `binary`.
        context: `implicit`, `assignment` or `explicit`.
    """

    source: str
    target: str
    function: str = ""
    way: str = "function"
    context: str = "explicit"


class ExtensionFacts(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A real extension.

    Args:
        extension: Its name.
        source: The package and the server that the facts were read from.
        version: Its default version there.
        versions: All versions that could be installed there.
        comment: Its comment.
        schema: The namespace that its control file asks for; empty where it lives wherever it is created.
        relocatable, trusted, superuser: As its control file says.
        requires: Extensions that it needs.
        namespaces: That it makes.
        wrappers: Foreign data wrappers.
        event_triggers: Name, event and function of each.
        types, relations: In the order in which they were made, base types first.
        routines, operators, classes, casts: Sorted by name.
    """

    extension: str
    source: str
    version: str
    versions: tuple[str, ...]
    comment: str
    schema: str = ""
    relocatable: bool
    trusted: bool
    superuser: bool
    requires: tuple[str, ...] = ()
    namespaces: tuple[MemberNamespace, ...] = ()
    wrappers: tuple[str, ...] = ()
    event_triggers: tuple[tuple[str, str, str], ...] = ()
    types: tuple[MemberType, ...] = ()
    relations: tuple[MemberRelation, ...] = ()
    routines: tuple[MemberRoutine, ...] = ()
    operators: tuple[MemberOperator, ...] = ()
    classes: tuple[MemberClass, ...] = ()
    casts: tuple[MemberCast, ...] = ()


@cache
def stand_in_facts() -> tuple[ExtensionFacts, ...]:
    """Give what is known of each extension that has a stand-in, sorted by name."""
    decoder = msgspec.json.Decoder(ExtensionFacts)
    return tuple(decoder.decode(path.read_bytes()) for path in sorted(_FOLDER.glob("*.json")))
