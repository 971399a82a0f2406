"""The skeleton of a kind: model, record, recipes, query, probe and tests."""

from __future__ import annotations

import re
from pathlib import Path

from tests.skeletons.files import Files, SkeletonError

MODEL = '''"""FILL IN: what these objects are, and the catalog they are in (`pg_…`)."""

from __future__ import annotations

from shared.schema.base import Object


class {model}(Object, frozen=True, kw_only=True):
    """FILL IN: one sentence. Each attribute is a field; one that can be left out has PostgreSQL's default."""
'''
RECORD = '''"""{title}s."""

from __future__ import annotations

from shared.kinds.recipes import {tag} as {tag}_recipes
from shared.kinds.record import Kind
from shared.kinds.step import always_rebuild
from shared.schema.{tag} import {model}

{constant} = Kind(
    model={model},
    keyword="{keyword}",
    queries=((0, "{tag}.sql"),),
    create={tag}_recipes.create_{tag},
    drop={tag}_recipes.drop_{tag},
    alter=always_rebuild,
)

KINDS = ({constant},)
'''
RECIPES = '''"""{title}s."""

from __future__ import annotations

from shared.kinds.context import Context
from shared.kinds.names import qualified
from shared.kinds.step import Role, Step
from shared.schema.{tag} import {model}


def create_{tag}(item: {model}, context: Context) -> list[Step]:
    """CREATE {keyword}."""
    del context
    return [Step(Role.CREATE, f"CREATE {keyword} {{qualified(item)}} FILL IN")]


def drop_{tag}(item: {model}, context: Context) -> list[Step]:
    """DROP {keyword}."""
    del context
    return [Step(Role.DROP, f"DROP {keyword} {{qualified(item)}}")]
'''
QUERY = """-- FILL IN: read the catalog, joined by oid; say why what an extension or PostgreSQL itself made is left out.
-- prologue.sql stands before this: `scope` has the namespaces to read, `member` what extensions made, `$1` is the
-- namespace to read, or '' for the whole database. access_method.sql lives outside of namespaces, collation.sql within.
SELECT
    '0:0:0' AS address, -- its catalog's oid, its own oid, 0: '2601:' || a.oid || ':0'
    NULL::text AS namespace,
    NULL::text AS name
WHERE false
"""
PROBE = """== {tag}.* {article} {words} comes
--
--
FILL IN: CREATE {keyword} … $n …; (without $n in its name the probe is [alone]: see tests/probes/probe.py)
"""
TEST = '''"""What a plan does with {words}s."""

from __future__ import annotations

from shared.diff.compare import diff_schemas
from shared.remediation.planner import plan_remediation
from shared.schema.{tag} import {model}
from shared.schema.schema import Schema, Snapshot

ONE = {model}(name="one")


def statements(desired: tuple[{model}, ...], observed: tuple[{model}, ...]) -> list[str]:
    wanted, found = (
        Snapshot(schema=Schema.of(each), server_version=180000, fingerprint="") for each in (desired, observed)
    )
    diff = diff_schemas(wanted.schema, found.schema)
    return [statement.sql for statement in plan_remediation(wanted, found, diff, destructive=True).statements]


def test_a_missing_one_is_created() -> None:
    assert statements((ONE,), ()) == ['CREATE {keyword} "one" FILL IN']


def test_an_unexpected_one_is_dropped() -> None:
    assert statements((), (ONE,)) == ['DROP {keyword} "one"']
'''
DESIRED = "FILL IN: CREATE {keyword} …; (one that is declared and missing)\n"
OBSERVED = "FILL IN: CREATE {keyword} …; (another one, that nobody declared)\n"


def write_kind(root: Path, tag: str) -> tuple[Path, ...]:
    """Write the skeleton of a kind.

    Args:
        root: Of the project.
        tag: `event_log`; the model class will be `EventLog`.

    Raises:
        SkeletonError: When the name is no tag or taken, or a file is not as expected.
    """
    if not re.fullmatch(r"[a-z]+(_[a-z]+)*", tag):
        raise SkeletonError(f"expected a name like event_log (lower case, underscores), got {tag!r}")
    words = tag.replace("_", " ")
    names = {
        "tag": tag,
        "model": "".join(word.capitalize() for word in tag.split("_")),
        "constant": tag.upper(),
        "keyword": words.upper(),
        "words": words,
        "title": words.capitalize(),
        "article": "an" if words[0] in "aeiou" else "a",
    }
    files = Files(root)
    files.new(f"shared/schema/{tag}.py", MODEL.format(**names))
    files.new(f"shared/kinds/families/{tag}.py", RECORD.format(**names))
    files.new(f"shared/kinds/recipes/{tag}.py", RECIPES.format(**names))
    files.new(f"shared/postgres/queries/{tag}.sql", QUERY)
    files.new(f"tests/probes/cases/{tag}.sql", PROBE.format(**names))
    files.new(f"tests/unit/kinds/test_{tag}.py", TEST.format(**names))
    files.new(f"tests/golden/remediation/{tag}_comes_and_goes/desired.sql", DESIRED.format(**names))
    files.new(f"tests/golden/remediation/{tag}_comes_and_goes/observed.sql", OBSERVED.format(**names))
    model = "shared/schema/model.py"
    files.after(model, "from typing import get_args\n", f"\nfrom shared.schema.{tag} import {names['model']}")
    files.after(model, "    | SecurityLabel\n", f"    | {names['model']}\n")
    registry = "shared/kinds/registry.py"
    files.after(registry, "from shared.kinds.families import (\n", f"    {tag},\n")
    files.after(registry, "FAMILIES = (\n", f"    {tag},\n")
    return files.write()
