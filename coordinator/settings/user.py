"""Who runs this process, for records that people read."""

from __future__ import annotations

import getpass
import os
import platform

from coordinator.access.caller import Caller, Scope, Via


def user_name() -> str:
    """Give the name of the user who runs this process; its number where no account has it, as in many containers."""
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):  # which of them depends on the version of Python
        return f"uid {os.geteuid()}"


def who_commands() -> Caller:
    """Give who runs this process, on which machine: whoever has the store's password may do everything."""
    return Caller(name=user_name(), via=Via.COMMAND, scope=Scope.ADMIN, address=platform.node())
