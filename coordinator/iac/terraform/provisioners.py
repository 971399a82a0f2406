"""Finds the commands that resources run: provisioners, `data.external`, scripts of `shell_script`. Nothing is run."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from coordinator.iac.expressions.errors import EvaluationError
from coordinator.iac.expressions.files import Files
from coordinator.iac.expressions.values import Value, located_with_holes
from coordinator.iac.hcl.blocks import Block
from coordinator.iac.located_text import HOLE, LocatedText
from coordinator.iac.shell.effects import Effect, ShellGap
from coordinator.iac.shell.script import read_script, read_words
from coordinator.iac.terraform.instances import PlannedResource
from shared.schema.schema import Origin

_AFTER_APPLY = "its command is known only after apply"


class CommandEffect(msgspec.Struct, frozen=True, eq=False):
    """What one command of a resource does: where it stands, and the effect."""

    at: Origin
    effect: Effect


def command_effects(resource: PlannedResource, files: Files) -> Iterator[CommandEffect]:
    """Return what the commands of a resource would do to databases, in order."""
    for block in resource.block.body.blocks:
        if block.type == "provisioner" and not _destroys(block):
            match block.labels:
                case ("local-exec",):
                    yield from _local(resource, block, files)
                case ("remote-exec",):
                    yield from _remote(resource, block, files)
                case _:
                    pass
    if resource.type == "external":
        yield from _external(resource, files)
    if resource.type == "shell_script":
        yield from _lifecycle(resource, files)


def _destroys(block: Block) -> bool:
    when = block.body.attributes.get("when")
    return when is not None and getattr(when.expression, "name", "") == "destroy"


def _value(resource: PlannedResource, block: Block, name: str) -> Value | None:
    attribute = block.body.attributes.get(name)
    if attribute is None:
        return None
    value = resource.evaluator.value(attribute.expression)
    return None if value.is_null else value


def _text(value: Value | None) -> LocatedText:
    found = located_with_holes(value) if value is not None else None
    return found if found is not None else LocatedText(HOLE)


def _local(resource: PlannedResource, block: Block, files: Files) -> Iterator[CommandEffect]:
    attribute = block.body.attributes.get("command")
    if attribute is None:
        return
    at = attribute.at
    try:
        command = _text(_value(resource, block, "command"))
        folder = _value(resource, block, "working_dir")
        interpreter = _value(resource, block, "interpreter")
        environment = _value(resource, block, "environment")
    except EvaluationError as error:
        yield CommandEffect(at, ShellGap(reason=str(error), offset=0))
        return
    where = "." if folder is None else folder.raw if isinstance(folder.raw, str) else None
    if not command.text.strip(HOLE):
        yield CommandEffect(at, ShellGap(reason=_AFTER_APPLY, offset=0))
        return
    if interpreter is not None and isinstance(interpreter.raw, tuple):
        words = (*map(_text, interpreter.raw), command)
        effects = read_words(words, files, where)
    else:
        known = environment.raw if environment is not None and isinstance(environment.raw, dict) else {}
        effects = read_script(command, files, where, {name: _text(value) for name, value in known.items()})
    for effect in effects:
        yield CommandEffect(_place(effect, command, at), effect)


def _place(effect: Effect, command: LocatedText, at: Origin) -> Origin:
    offset = getattr(effect, "offset", 0)
    return command.origin(offset, at) if isinstance(offset, int) and offset < len(command.text) else at


def _remote(resource: PlannedResource, block: Block, files: Files) -> Iterator[CommandEffect]:
    """Read what a provisioner sends to another machine: the text is here, the files that it names are not."""
    for name in ("inline", "script", "scripts"):
        attribute = block.body.attributes.get(name)
        if attribute is None:
            continue
        try:
            value = _value(resource, block, name)
        except EvaluationError as error:
            yield CommandEffect(attribute.at, ShellGap(reason=str(error), offset=0))
            continue
        items = value.raw if value is not None and isinstance(value.raw, tuple) else (value,)
        for item in items:
            text = _text(item)
            if not text.text.strip(HOLE):
                yield CommandEffect(attribute.at, ShellGap(reason=_AFTER_APPLY, offset=0))
                continue
            before = ("ssh", "host") if name == "inline" else ("bash",)
            for effect in read_words((*map(LocatedText, before), text), files):
                yield CommandEffect(attribute.at, effect)


def _external(resource: PlannedResource, files: Files) -> Iterator[CommandEffect]:
    program = resource.values.raw.get("program")
    at = resource.declared_at("program")
    if program is None or not isinstance(program.raw, tuple):
        return
    for effect in read_words(tuple(map(_text, program.raw)), files):
        yield CommandEffect(at, effect)


def _lifecycle(resource: PlannedResource, files: Files) -> Iterator[CommandEffect]:
    for commands in _blocks(resource.values.raw.get("lifecycle_commands")):
        for name in ("create", "update"):
            value = commands.raw.get(name) if isinstance(commands.raw, dict) else None
            if value is None or value.is_null:
                continue
            text = _text(value)
            at = text.origin(0, resource.block.at)
            if not text.text.strip(HOLE):
                yield CommandEffect(at, ShellGap(reason=_AFTER_APPLY, offset=0))
                continue
            for effect in read_script(text, files):
                yield CommandEffect(_place(effect, text, at), effect)
            break


def _blocks(value: Value | None) -> tuple[Value, ...]:
    return value.raw if value is not None and isinstance(value.raw, tuple) else ()
