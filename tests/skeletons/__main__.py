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
    print("Now replace each FILL IN in them: CONTRIBUTING.md says how.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
