"""The command line: one file per verb, thin. Modules are imported only when their verb is used (cold start)."""

from coordinator.cli.main import main

__all__ = ["main"]
