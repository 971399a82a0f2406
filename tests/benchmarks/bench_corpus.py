"""How right the checker of services is, on the services of `tests/corpus`. `python -m tests.benchmarks` runs it."""

from __future__ import annotations

from tests.corpus.__main__ import main

if __name__ == "__main__":
    main()
