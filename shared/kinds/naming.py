"""How SQL names an object of any kind, by its record: in DROP, COMMENT ON, OWNER TO and GRANT."""

from __future__ import annotations

from shared.kinds.lookup import facts_of
from shared.schema.identity import ObjectId


def designation(identity: ObjectId) -> str:
    """Spell what stands after the keyword: `"n"."f"(integer)`, `"c" ON "n"."t"`, `("a" AS "b")`."""
    return facts_of(identity.kind).designation(identity)


def grant_designation(identity: ObjectId) -> str:
    """Spell what stands after the object type of GRANT: an aggregate by its argument types, a column by its table."""
    return facts_of(identity.kind).grant_designation(identity)


def spell(identity: ObjectId) -> str:
    """Spell keyword and designation: `TABLE "public"."orders"`."""
    facts = facts_of(identity.kind)
    assert facts.keyword, f"no statement names objects of the kind {identity.kind}"
    return f"{facts.keyword} {facts.designation(identity)}"
