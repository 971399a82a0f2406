"""Name result columns that have no name of their own, as PostgreSQL does (`FigureColname`, parse_target.c)."""

from __future__ import annotations

from shared.contracts.statement import Node

_WITHOUT_NAME = "?column?"
_LAST_NAME_OF = {"ColumnRef": "fields", "FuncCall": "funcname", "A_Indirection": "indirection"}
_FIXED = {"CoalesceExpr": "coalesce", "CaseExpr": "case", "A_ArrayExpr": "array"}
_OF_SUBLINK = {"EXISTS_SUBLINK": "exists", "ARRAY_SUBLINK": "array"}


def name_of(node: Node) -> str:
    """Give the name of a result column."""
    for kind, body in node.items():
        if kind in _LAST_NAME_OF:
            return str(body[_LAST_NAME_OF[kind]][-1].get("String", {}).get("sval", _WITHOUT_NAME))
        if kind == "TypeCast":
            found = name_of(body["arg"])
            return str(body["typeName"]["names"][-1]["String"]["sval"]) if found == _WITHOUT_NAME else found
        if kind == "SubLink":
            return _of_sublink(body)
        if kind == "MinMaxExpr":
            return "least" if body.get("op") == "IS_LEAST" else "greatest"
        return _FIXED.get(kind, _WITHOUT_NAME)
    return _WITHOUT_NAME


def _of_sublink(body: Node) -> str:
    kind = str(body.get("subLinkType", ""))
    targets = body["subselect"].get("SelectStmt", {}).get("targetList", ())
    if kind == "EXPR_SUBLINK" and targets:
        target = targets[0]["ResTarget"]
        return str(target.get("name", name_of(target.get("val", {}))))
    return _OF_SUBLINK.get(kind, _WITHOUT_NAME)
