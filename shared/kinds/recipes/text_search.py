"""Text search parsers, templates, dictionaries and configurations."""

from __future__ import annotations

from shared.kinds.context import Context
from shared.kinds.names import qualified
from shared.kinds.step import REBUILD, Role, Step, Verdict
from shared.schema.database import TextSearchConfiguration, TextSearchDictionary, TextSearchParser, TextSearchTemplate
from shared.sql import quote_identifier


def _words(item: TextSearchParser | TextSearchTemplate) -> str:
    return "PARSER" if isinstance(item, TextSearchParser) else "TEMPLATE"


def create_machinery(item: TextSearchParser | TextSearchTemplate, context: Context) -> list[Step]:
    """CREATE TEXT SEARCH PARSER or TEMPLATE with its functions."""
    del context
    return [Step(Role.CREATE, f"CREATE TEXT SEARCH {_words(item)} {qualified(item)} ({', '.join(item.attributes)})")]


def drop_machinery(item: TextSearchParser | TextSearchTemplate, context: Context) -> list[Step]:
    """DROP TEXT SEARCH PARSER or TEMPLATE."""
    del context
    return [Step(Role.DROP, f"DROP TEXT SEARCH {_words(item)} {qualified(item)}")]


def create_dictionary(item: TextSearchDictionary, context: Context) -> list[Step]:
    """CREATE TEXT SEARCH DICTIONARY."""
    del context
    options = f", {item.options}" if item.options else ""
    return [Step(Role.CREATE, f"CREATE TEXT SEARCH DICTIONARY {qualified(item)} (TEMPLATE = {item.template}{options})")]


def drop_dictionary(item: TextSearchDictionary, context: Context) -> list[Step]:
    """DROP TEXT SEARCH DICTIONARY."""
    del context
    return [Step(Role.DROP, f"DROP TEXT SEARCH DICTIONARY {qualified(item)}")]


def create_configuration(item: TextSearchConfiguration, context: Context) -> list[Step]:
    """CREATE TEXT SEARCH CONFIGURATION and its mappings."""
    del context
    steps = [Step(Role.CREATE, f"CREATE TEXT SEARCH CONFIGURATION {qualified(item)} (PARSER = {item.parser})")]
    return steps + [Step(Role.ALTER, _mapping(item, "ADD", token, into)) for token, into in _mappings(item).items()]


def drop_configuration(item: TextSearchConfiguration, context: Context) -> list[Step]:
    """DROP TEXT SEARCH CONFIGURATION."""
    del context
    return [Step(Role.DROP, f"DROP TEXT SEARCH CONFIGURATION {qualified(item)}")]


def _mappings(item: TextSearchConfiguration) -> dict[str, str]:
    return dict(mapping.split("=", 1) for mapping in item.mappings)


def _mapping(item: TextSearchConfiguration, verb: str, token: str, dictionaries: str) -> str:
    head = f"ALTER TEXT SEARCH CONFIGURATION {qualified(item)} {verb} MAPPING FOR {quote_identifier(token)}"
    return f"{head} WITH {dictionaries.replace(',', ', ')}" if dictionaries else head


def alter_configuration(
    desired: TextSearchConfiguration, observed: TextSearchConfiguration, fields: frozenset[str], context: Context
) -> list[Step] | Verdict:
    """Mappings in place; another parser makes another configuration."""
    del context
    if "parser" in fields:
        return REBUILD
    wanted, present = _mappings(desired), _mappings(observed)
    steps = [Step(Role.ALTER, _mapping(desired, "DROP", token, "")) for token in present if token not in wanted]
    for token, into in wanted.items():
        if token not in present:
            steps.append(Step(Role.ALTER, _mapping(desired, "ADD", token, into)))
        elif present[token] != into:
            steps.append(Step(Role.SET, _mapping(desired, "ALTER", token, into)))
    return steps
