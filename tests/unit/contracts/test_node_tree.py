"""The node tree of a query names the table columns its result columns are."""

from __future__ import annotations

from shared.contracts.node_tree import parse_query
from shared.contracts.nullability import origins

ENTRY = (
    "{TARGETENTRY :expr {VAR :varno 1 :args ({CONST :x (b 1)})} :resno 1 :resname NAME :ressortgroupref 0"
    " :resorigtbl TABLE :resorigcol COLUMN :resjunk JUNK}"
)


def entry(table: int, column: int, name: str = "id", junk: str = "false") -> str:
    filled = ENTRY.replace("TABLE", str(table)).replace("COLUMN", str(column))
    return filled.replace("NAME", name).replace("JUNK", junk)


def query(targets: str, returning: str = "<>", inner: str = "") -> str:
    return f"(({{QUERY :cteList <>{inner} :targetList {targets} :override 0 :returningList {returning} :rowMarks <>}}))"


def target_entries(text):
    tree = parse_query(text)
    assert tree is not None
    return origins(tree)


def test_entries_are_read_in_order_and_junk_is_left_out():
    tree = query(f"({entry(16385, 2)} {entry(0, 0)} {entry(16385, 3, junk='true')})")
    assert target_entries(tree) == [(16385, 2), (0, 0)]


def test_what_a_statement_returns_counts_not_what_it_writes():
    assert target_entries(query(f"({entry(1, 1)})", f"({entry(2, 2)})")) == [(2, 2)]


def test_a_subquery_is_not_the_query():
    inner = f" :rtable ({{RANGETBLENTRY :subquery {query(f'({entry(9, 9)})')[2:-2]} :lateral false}})"
    assert target_entries(query(f"({entry(1, 1)})", inner=inner)) == [(1, 1)]


def test_a_name_cannot_pass_for_structure():
    name = r"a\}\ :resorigtbl\ 7\ :resorigcol\ 7\ :resjunk\ false\(\)"
    assert target_entries(query(f"({entry(1, 1, name=name)})")) == [(1, 1)]


def test_a_text_that_is_no_tree_has_no_query():
    assert parse_query("") is None
