"""`python -m tests.skeletons kind event_log` and `python -m tests.skeletons rule missing-event-log`."""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

from tests.skeletons.files import SkeletonError
from tests.skeletons.kind import write_kind
from tests.skeletons.rule import write_rule

ROOT = Path(__file__).parents[2]
_NEXT = {
    "kind": "Now .venv/bin/mypy names the facts that the record lacks, and no test runs before they are given. "
    "Replace each FILL IN in the files above: CONTRIBUTING.md, Adding an object kind, says how and what else to do.",
    "rule": "Now replace each FILL IN in the files above: CONTRIBUTING.md, Adding a rule, says how. Then run "
    "`.venv/bin/python -m pytest tests/golden/rules --update` and read the sentence that it writes.",
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=("kind", "rule"))
    parser.add_argument("name", help="event_log of a kind, missing-event-log of a rule")
    arguments = parser.parse_args()
    write = write_kind if arguments.what == "kind" else write_rule
    try:
        written = write(ROOT, arguments.name)
    except SkeletonError as error:
        print(error, file=sys.stderr)
        return 2
    python = [str(path) for path in written if path.suffix == ".py" and "golden" not in path.parts]
    subprocess.run(
        [sys.executable, "-m", "ruff", "check", "-q", "--select", "I", "--fix", *python], cwd=ROOT, check=True
    )
    subprocess.run([sys.executable, "-m", "ruff", "format", "-q", *python], cwd=ROOT, check=True)
    for path in written:
        print(path.relative_to(ROOT))
    print(_NEXT[arguments.what])
    return 0


if __name__ == "__main__":
    sys.exit(main())
