"""Who runs this process, for records that people read."""

from __future__ import annotations

import getpass
import os


def user_name() -> str:
    """Give the name of the user who runs this process; its number where no account has it, as in many containers."""
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):  # which of them depends on the version of Python
        return f"uid {os.geteuid()}"
