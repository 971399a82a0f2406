"""PostgreSQL's deparse of an index is split at its storage parameters, whatever the rest of it says."""

from __future__ import annotations

import pytest

from shared.kinds.recipes.index_sql import index_sql, split_at_parameters
from shared.schema.relations import Index

HEAD = "CREATE INDEX i ON n.t USING btree (a)"


@pytest.mark.parametrize(
    ("definition", "parts"),
    [
        (HEAD, (HEAD, "", "")),
        (f"{HEAD} WITH (fillfactor='70')", (HEAD, "fillfactor='70'", "")),
        (
            f"{HEAD} WITH (fillfactor='70', deduplicate_items='off') WHERE (b > 1)",
            (HEAD, "fillfactor='70', deduplicate_items='off'", " WHERE (b > 1)"),
        ),
        (f"{HEAD} WITH (x=')') WHERE (b > 1)", (HEAD, "x=')'", " WHERE (b > 1)")),
        (f"{HEAD} WHERE (b = ' WITH (c)'::text)", (f"{HEAD} WHERE (b = ' WITH (c)'::text)", "", "")),
        (
            f"{HEAD} WITH (fillfactor='70') WHERE (b = ' WITH (c)'::text)",
            (HEAD, "fillfactor='70'", " WHERE (b = ' WITH (c)'::text)"),
        ),
        (
            'CREATE INDEX " WITH (" ON n." WITH (""x" USING btree (a)',
            ('CREATE INDEX " WITH (" ON n." WITH (""x" USING btree (a)', "", ""),
        ),
    ],
)
def test_only_the_clause_itself_is_taken_for_it(definition: str, parts: tuple[str, str, str]):
    assert split_at_parameters(definition) == parts


def test_the_parameters_of_an_index_whose_predicate_names_the_clause_are_written_as_people_do():
    index = Index(
        name="i",
        namespace="n",
        table="t",
        definition=f"{HEAD} WITH (deduplicate_items='off', fillfactor='70') WHERE (b = ' WITH (c)'::text)",
        columns=("a",),
        options=("deduplicate_items=off", "fillfactor=70"),
    )
    assert index_sql(index, concurrently=False) == (
        "CREATE INDEX \"i\" ON n.t USING btree (a) WITH (fillfactor='70', deduplicate_items='off')"
        " WHERE (b = ' WITH (c)'::text)"
    )
