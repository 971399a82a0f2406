"""Runs a program by another clock, `python skewed.py SECONDS PROGRAM ARGUMENTS`: `time.time` says so much more.

It is replaced before anything else is imported, so that it holds for every library too. `datetime.now` asks the system
itself: no other program but a library in front of the C library's could change that.
"""

from __future__ import annotations

import runpy
import sys
import time

_true_time = time.time


def main() -> None:
    seconds = float(sys.argv.pop(1))
    sys.argv.pop(0)
    time.time = lambda: _true_time() + seconds
    runpy.run_path(sys.argv[0], run_name="__main__")


if __name__ == "__main__":
    main()
