"""The entry point of the command line: find the verb, turn every error into one sentence and an exit code."""

from __future__ import annotations

import errno
import importlib
import io
import os
import signal
import sys
import traceback
from pathlib import Path
from types import FrameType

import click

from coordinator.cli.exit_codes import ERROR, INTERRUPTED, USAGE
from coordinator.cli.verbs import SECTIONS, VERBS

_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
"""What a write to standard output meets that goes to a file on a full disk; such an error names no file."""


class LazyGroup(click.Group):
    """A click group that imports the module of a verb only when that verb is used."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # click's signature
        """List the verbs."""
        return sorted(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import one verb."""
        if cmd_name not in VERBS:
            return None
        command: click.Command = importlib.import_module(VERBS[cmd_name].module).command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """List the verbs by what they are for, without importing them."""
        width = max(map(len, VERBS))
        for title, verbs in SECTIONS.items():
            with formatter.section(title):
                formatter.write_dl([(name.ljust(width), verb.summary) for name, verb in verbs.items()])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="fleetdrift", prog_name="fleetdrift")
@click.option("--debug", is_flag=True, help="Show the traceback of an error.")
def cli(*, debug: bool) -> None:  # read by `main` before click sees it
    """Schema drift across a fleet of PostgreSQL tenants: found, explained, put right with proven SQL.

    Exit codes: 0 in sync, 2 drift found, 1 error, 3 incomplete (some tenants could not be read), 64 wrong usage.
    """


def main() -> None:
    """Run the command line and exit with the documented code."""
    # A shell that starts us in the background has SIGINT ignored; SIGTERM is turned into SIGINT, so that must work.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, _terminate)
    debug = "--debug" in sys.argv
    _open_closed_streams()
    try:
        code = cli.main(standalone_mode=False)
        sys.stdout.flush()
    except click.exceptions.Exit as stop:
        code = stop.exit_code
    except click.ClickException as error:
        shown = io.StringIO()
        error.show(shown)
        click.echo(_unsaid(shown.getvalue()), err=True, nl=False)
        code = USAGE if isinstance(error, click.UsageError) else ERROR
    except (click.Abort, KeyboardInterrupt):
        click.echo("fleetdrift: interrupted", err=True)
        code = INTERRUPTED
    except BrokenPipeError:
        sys.stderr.close()
        code = ERROR
    except Exception as error:  # noqa: BLE001  # the outermost boundary: every error ends as one sentence
        code = ERROR
        click.echo(f"fleetdrift: {_unsaid(_sentence(error))}", err=True)
        if debug:
            click.echo(_unsaid(traceback.format_exc()), err=True)
    sys.exit(code if isinstance(code, int) else 0)


def _open_closed_streams() -> None:
    """Let a shell close standard output or error (`>&-`): what would be written there goes nowhere."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115  # for the process's life


def _unsaid(message: str) -> str:
    from coordinator.cli.unsaid import without_secrets  # lazy: cold start

    return without_secrets(message, sys.argv[1:])


def _terminate(_number: int, _frame: FrameType | None) -> None:
    """Treat SIGTERM as Ctrl-C, so that every server and worker that was started is stopped.

    Sent on as a signal, not raised as an exception: an event loop cancels its tasks on SIGINT, and would be broken off
    in the middle by an exception.
    """
    signal.raise_signal(signal.SIGINT)


def _sentence(error: Exception) -> str:
    """Write an error as one sentence. Our own errors are sentences already; any other is a bug of ours."""
    if type(error).__module__.split(".")[0] in {"coordinator", "workers", "shared"}:
        return str(error)
    if isinstance(error, OSError) and error.filename:
        return f"{error.filename}: {error.strerror}"
    if isinstance(error, OSError) and error.errno in _NO_ROOM:
        return f"the output cannot be written: {error.strerror}"
    return f"internal error ({type(error).__name__}: {error}); run again with --debug before the command to see where"
