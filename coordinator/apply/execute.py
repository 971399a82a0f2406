"""Run `fleetdrift apply`: admit the plan, survey the tenants, ask the user, change the tenants."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from pathlib import Path

import msgspec

from coordinator.apply.admission import Admitted, ApplyRefusedError, Permissions, admit, choose_tenants
from coordinator.apply.journal import Journal, read_progress
from coordinator.apply.outcome import Outcome, OutcomeKind
from coordinator.apply.plan_file import PlanFile, read_plan
from coordinator.apply.preview import outcome_lines, plan_lines, tenant_lines
from coordinator.apply.rehearsal import Finished, Ready, Rehearsal, TenantState, UnexpectedState
from coordinator.apply.runner import Pace, Runner
from coordinator.apply.script import is_about_own_names, plan_script
from coordinator.apply.survey import Survey, TenantAccess, survey
from coordinator.apply.watchdog import watched
from coordinator.iac.reading import DeclaredTenant
from coordinator.inventory import load_targets
from coordinator.report.renderers.visible import visible
from coordinator.settings.model import Settings
from coordinator.settings.resolve import resolve_writer
from shared.analysis.scratch_server import scratch_server
from shared.hosts import Host
from shared.postgres.names.own_names import OwnNames, own_names
from shared.targets import Failure, Target


class ApplyOptions(msgspec.Struct, frozen=True, kw_only=True):
    """The options of `fleetdrift apply`.

    Args:
        plan: File that holds the plan.
        group: Id of the drift group, or its beginning.
        tenants: Named tenants; the first is the canary.
        whole_group: Or all tenants of the group.
        permissions: What the user allows explicitly.
        execute: Change the tenants; otherwise only say what would be done.
        progress: The progress file; empty puts it beside the plan.
    """

    plan: Path
    group: str = ""
    tenants: tuple[str, ...] = ()
    whole_group: bool = False
    permissions: Permissions = Permissions()
    execute: bool = False
    progress: Path | None = None


class UserIO(msgspec.Struct, frozen=True):
    """How to talk to the user.

    Args:
        say: Print one line.
        confirm: Ask whether this many tenants may be changed.
    """

    say: Callable[[str], None]
    confirm: Callable[[int], bool]


async def execute(settings: Settings, options: ApplyOptions, user: UserIO) -> tuple[Outcome, ...]:
    """Apply a plan to tenants; without `options.execute`, only say what would be done.

    Returns:
        One outcome per tenant; after a dry run, those that the plan would run on are `untouched`.

    Raises:
        PlanFileError, ApplyRefusedError, JournalError, InventoryError: Before any tenant is changed.
    """
    found = read_plan(options.plan, options.group)
    admitted = admit(found.plan, options.permissions)
    tenants = choose_tenants(options.tenants, found.tenants, whole_group=options.whole_group)
    access = await _tenant_access(settings, tenants)
    path = options.progress or _default_progress_path(options.plan, found, admitted)
    async with scratch_server(
        settings.scratch_dsn, settings.file.scratch.binaries, wanted=settings.file.scratch.major
    ) as scratch:
        rehearsal = Rehearsal(admitted, scratch, access.profile)
        run = _ApplyRun(
            settings=settings, options=options, admitted=admitted, access=access, rehearsal=rehearsal, path=path
        )
        if options.execute:
            return await _change_tenants(run, user)
        seen = await _survey_and_print(run, user)
        return tuple(_dry_run_outcome(tenant, state) for tenant, state in seen.states.items())


async def psql_script(settings: Settings | None, options: ApplyOptions) -> str:
    """Write the plan as a script for psql, its guard first; no tenant is connected to.

    Args:
        settings: Needed where the plan is about namespaces: they say which one a tenant has.
        options: Which plan, and, where it is about namespaces, for which one tenant.

    Raises:
        PlanFileError, ApplyRefusedError, InventoryError: When there is no such plan, or it is not clear for whom.
    """
    found = read_plan(options.plan, options.group)
    admit(found.plan, options.permissions)
    own = OwnNames()
    if is_about_own_names(found.plan):
        if settings is None or len(options.tenants) != 1:
            raise ApplyRefusedError(
                "the plan names what each tenant has of its own: name the one tenant whose script it is to be"
            )
        [tenant] = choose_tenants(options.tenants, found.tenants, whole_group=False)
        own = own_names((await _targets(settings, (tenant,)))[tenant], settings.file.compare)
    may = options.permissions
    return plan_script(found.plan, own, destructive=may.destructive, tenant_code=may.tenant_code, title=found.group)


class _ApplyRun(msgspec.Struct, frozen=True, kw_only=True):
    settings: Settings
    options: ApplyOptions
    admitted: Admitted
    access: TenantAccess
    rehearsal: Rehearsal
    path: Path


async def _change_tenants(run: _ApplyRun, user: UserIO) -> tuple[Outcome, ...]:
    """Survey the tenants, ask the user, and apply the plan."""
    with Journal(run.path, run.admitted.id) as journal:
        seen = await _survey_and_print(run, user)
        ready = sum(isinstance(state, Ready) for state in seen.states.values())
        if ready and not user.confirm(ready):
            raise ApplyRefusedError("not confirmed; nothing was changed")
        journal.begin(seen.base)
        facts = read_progress(run.path, run.admitted.id).facts
        async with watched(run.access.limits.tenant_timeout, run.path) as at_work:
            told = _progress_printer(user)
            runner = Runner(run.access, run.rehearsal, journal, _pace(run.settings), told, facts=facts, at_work=at_work)
            outcomes = await runner.run(seen.states)
    for line in outcome_lines(outcomes):
        user.say(line)
    user.say(f"Progress: {run.path}")
    return outcomes


async def _survey_and_print(run: _ApplyRun, user: UserIO) -> Survey:
    """Survey the tenants, and print exactly what would run, and on which of them."""
    progress = read_progress(run.path, run.admitted.id)
    tenants = tuple(run.access.targets)
    unproven = run.options.permissions.unproven
    seen = await survey(run.access, tenants, run.rehearsal, progress, unproven=unproven)
    only = own_names(run.access.targets[tenants[0]], run.access.profile) if len(tenants) == 1 else OwnNames()
    for line in plan_lines(run.admitted, run.rehearsal.stages, only):
        user.say(line)
    if seen.remark:
        user.say(f"  {visible(seen.remark)}")
    for tenant, state in seen.states.items():
        if tenant in progress.done and not isinstance(state, Finished):
            user.say(f"  {visible(tenant)}: the progress file says that it is done, and its schema says otherwise")
    for line in tenant_lines(seen.states, len(run.rehearsal.stages), run.settings.file.apply.waves):
        user.say(line)
    return seen


async def _tenant_access(settings: Settings, tenants: tuple[str, ...]) -> TenantAccess:
    """Find out where the tenants are, and with which credential to write to them."""
    file = settings.file
    targets = await _targets(settings, tenants)
    return TenantAccess(
        targets=targets,
        hosts={name: _host_to_write(settings, name) for name in _hosts(targets.values())},
        profile=file.compare,
        limits=msgspec.structs.replace(file.limits, allow_unsafe_role=file.apply.allow_unsafe_role),
        concurrency=file.apply.concurrency,
    )


async def _targets(settings: Settings, tenants: tuple[str, ...]) -> dict[str, Target]:
    file = settings.file
    # Only [fleet.declared] needs the declaration, which may not even be at hand where plans are applied.
    declared: list[DeclaredTenant] = []
    if file.fleet.declared is not None:
        from coordinator.inventory.sources import read_source  # lazy: its grammar is slow to import

        for table in file.specs:
            declared += read_source(settings, table).tenants
    targets = {target.tenant: target for target in (await load_targets(settings, declared)).targets}
    unknown = [tenant for tenant in tenants if tenant not in targets]
    if unknown:
        raise ApplyRefusedError(f"there is no tenant {unknown[0]!r} in the fleet")
    return {tenant: targets[tenant] for tenant in tenants}


def _hosts(targets: Iterable[Target]) -> list[str]:
    return sorted({target.host for target in targets})


def _host_to_write(settings: Settings, name: str) -> Host:
    try:
        return resolve_writer(settings, name, os.environ)
    except ValueError as error:
        raise ApplyRefusedError(str(error)) from None


def _default_progress_path(plan: Path, found: PlanFile, admitted: Admitted) -> Path:
    return plan.with_name(f"{plan.stem}.{found.group or 'plan'}.{admitted.id}.progress.jsonl")


def _pace(settings: Settings) -> Pace:
    table = settings.file.apply
    return Pace(
        waves=table.waves,
        concurrency=table.concurrency,
        pause=table.pause,
        lock_tries=table.lock_tries,
        lock_pause=table.lock_pause,
    )


def _progress_printer(user: UserIO) -> Callable[[str, str], None]:
    return lambda tenant, phrase: user.say(f"{visible(tenant)}: {visible(phrase)}")


def _dry_run_outcome(tenant: str, state: TenantState | Failure) -> Outcome:
    match state:
        case Finished():
            return Outcome(tenant=tenant, kind=OutcomeKind.DONE_BEFORE)
        case UnexpectedState(reason=reason):
            return Outcome(tenant=tenant, kind=OutcomeKind.REFUSED, message=reason)
        case Failure(message=message):
            return Outcome(tenant=tenant, kind=OutcomeKind.NOT_REACHED, message=message)
        case Ready():
            return Outcome(tenant=tenant, kind=OutcomeKind.UNTOUCHED, message="dry run")
