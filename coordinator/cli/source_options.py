"""Options that the commands about schema sources share."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
from typing import Any

import click

from coordinator.cli.exit_codes import IN_SYNC, INCOMPLETE
from coordinator.iac.assignment import Assignment
from shared.schema.profile import EVERYTHING, Profile

source_help = (
    "A source is a .sql file, a directory of .sql or of migrations, a Terraform directory, state or plan, a unit of "
    "Terragrunt, a CloudFormation template or cdk.out, a schema in Atlas HCL, a postgresql:// URL or a saved snapshot "
    "(.json)."
)


def profile_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--all`; the command receives `profile` and `everything`."""

    @click.option(
        "--all",
        "everything",
        is_flag=True,
        help="Compare owners, privileges, comments, labels and settings too, plan destructive statements, and let a "
        "superuser run what calls the database's own functions.",
    )
    @functools.wraps(function)
    def wrapper(*args: Any, everything: bool, **kwargs: Any) -> Any:
        profile = EVERYTHING if everything else Profile()
        return function(*args, profile=profile, everything=everything, **kwargs)

    return wrapper


class InOrder(click.Command):
    """Keeps `--var` and `--var-file` in the order they were given: the later one wins."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        _, _, order = self.make_parser(ctx).parse_args(args=list(args))
        ctx.obj = [parameter.name for parameter in order]
        return super().parse_args(ctx, args)


def given_variables(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--var` and `--var-file`; the command, an `InOrder`, receives both as `given`, in their order."""

    @click.option(
        "--var", "variables", multiple=True, metavar="NAME=VALUE", help="Set a variable or parameter of a declaration."
    )
    @click.option("--var-file", "variable_files", multiple=True, metavar="FILE", help="Read variables from a file.")
    @functools.wraps(function)
    def wrapper(*args: Any, variables: tuple[str, ...], variable_files: tuple[str, ...], **kwargs: Any) -> Any:
        given = _assignments_of(click.get_current_context(), variables, variable_files)
        return function(*args, given=given, **kwargs)

    return wrapper


def _assignments_of(
    ctx: click.Context, variables: tuple[str, ...], variable_files: tuple[str, ...]
) -> tuple[Assignment, ...]:
    """Return the values that `--var` and `--var-file` were given, in their order."""
    given, files = iter(variables), iter(variable_files)
    found: list[Assignment] = []
    for option in list(ctx.obj):
        if option == "variables":
            name, equals, value = next(given).partition("=")
            if not equals:
                raise click.UsageError(f"expected --var NAME=VALUE, got {name!r}")
            found.append(Assignment(name.strip(), value))
        elif option == "variable_files":
            found.append(Assignment("", next(files)))
    return tuple(found)


def tell_unread(unread: Iterable[str]) -> int:
    """Say on standard error what of a declaration could not be read; return the exit code of a command that is done."""
    sentences = tuple(unread)
    if not sentences:
        return IN_SYNC
    from coordinator.report.renderers.visible import visible  # lazy: cold start

    for sentence in sentences:
        click.echo(f"fleetdrift: {visible(sentence)}", err=True)
    return INCOMPLETE
