"""How right the checker of services is, on the services of `tests/corpus`. `python -m tests.benchmarks` runs it.

Two drifts of each kind and service; it fails where a tier is below its bars (`tests/corpus/score.py`).
"""

from __future__ import annotations

import sys

from tests.corpus.__main__ import main

if __name__ == "__main__":
    sys.exit(main(["--of-each", "2"]))
