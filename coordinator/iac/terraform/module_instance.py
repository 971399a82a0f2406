"""Evaluates one instance of a module on demand: its variables, locals, resources, module calls and outputs."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterable

from coordinator.iac.expressions import operations, syntax
from coordinator.iac.expressions.errors import EvaluationError
from coordinator.iac.expressions.evaluator import Evaluator, Namespace
from coordinator.iac.expressions.syntax import constant_text
from coordinator.iac.expressions.types import DYNAMIC
from coordinator.iac.expressions.values import SENSITIVE, Value, object_value, string, tuple_of, unknown_of
from coordinator.iac.hcl.blocks import Attribute, Block
from coordinator.iac.reading import Gap
from coordinator.iac.source import LimitError, SourceError
from coordinator.iac.terraform import providers
from coordinator.iac.terraform.configuration import Module
from coordinator.iac.terraform.evaluation import Evaluation
from coordinator.iac.terraform.installed_modules import installed_module
from coordinator.iac.terraform.instances import (
    MODULE_META_ARGUMENTS,
    Key,
    Lookup,
    PlannedResource,
    UnknownKeysError,
    body_values,
    expand,
    shown_key,
    some_instance,
    unavailable_namespace,
)
from coordinator.iac.terraform.targets import target_key, target_names
from coordinator.iac.terraform.variables import DeclaredVariable, constant_evaluator, read_variable
from shared.schema.schema import Origin

MAX_MODULE_DEPTH = 20
"""Levels of modules within modules; a module that calls itself has no end."""

_BEING_EVALUATED = object()


class ModuleInstance:
    """Evaluates one module instance.

    Args:
        evaluation: What all modules of the configuration share.
        module: What the folder declares.
        inputs: Gives each variable's value.
        address: `module.t["acme"]`, empty for the root.
        keys: String keys of the modules it is in.
        doubt: See `PlannedResource`.
        depth: How many modules it is within.
    """

    def __init__(
        self,
        evaluation: Evaluation,
        module: Module,
        *,
        inputs: Callable[[DeclaredVariable], Value],
        address: str = "",
        keys: tuple[str, ...] = (),
        depth: int = 0,
        doubt: str = "",
    ) -> None:
        self.evaluation = evaluation
        self.module = module
        self.address = address
        self.keys = keys
        self.depth = depth
        self.doubt = doubt
        self._inputs = inputs
        self._memo: dict[tuple[str, ...], object] = {}
        self._calls: dict[str, list[tuple[Key, ModuleInstance]]] = {}
        self.evaluator = Evaluator(self._scope(), evaluation.files, evaluation.budget, evaluation.call)

    def _scope(self) -> dict[str, Value | Namespace]:
        return {
            "var": Lookup(self.variable),
            "local": Lookup(self.local),
            "module": Lookup(self.called),
            "data": Lookup(lambda type_, _at: Lookup(lambda name, at: self.resource("data", type_, name, at))),
            "ephemeral": Lookup(
                lambda type_, _at: Lookup(lambda name, at: self.resource("ephemeral", type_, name, at))
            ),
            "path": Lookup(self._path),
            "terraform": Lookup(self._terraform),
            "each": unavailable_namespace('Reference to "each" in context without for_each'),
            "count": unavailable_namespace('Reference to "count" in non-counted context'),
            "self": unavailable_namespace(
                'Invalid "self" reference: it has a meaning only in provisioners and postconditions'
            ),
            "": Lookup(lambda type_, _at: Lookup(lambda name, at: self.resource("managed", type_, name, at))),
        }

    def _once(self, key: tuple[str, ...], at: Origin, make: Callable[[], Value]) -> Value:
        """Evaluate a name once and remember its value; one that is wrong is unknown to a tolerant evaluation.

        Raises:
            EvaluationError: When the name needs its own value.
        """
        found = self._memo.get(key)
        if isinstance(found, Value):
            return found
        if found is _BEING_EVALUATED:
            raise EvaluationError(at.file, at.line, f"Cycle: {'.'.join(key)} refers to itself")
        self._memo[key] = _BEING_EVALUATED
        try:
            value = make()
        except BaseException as error:
            del self._memo[key]
            if not isinstance(error, SourceError) or not self.evaluation.collects(error):
                raise
            value = unknown_of(DYNAMIC, nullable=True)
        self._memo[key] = value
        return value

    def _path(self, name: str, at: Origin) -> Value:
        known = {"module": self.module.path, "root": ".", "cwd": self.evaluation.files.base.as_posix()}
        if name not in known:
            raise EvaluationError(at.file, at.line, f'Invalid "path" attribute: there is no path.{name}')
        return string(known[name])

    def _terraform(self, name: str, at: Origin) -> Value:
        if name == "workspace":
            return string(self.evaluation.workspace)
        raise EvaluationError(at.file, at.line, f'Invalid "terraform" attribute: there is no terraform.{name}')

    def variable(self, name: str, at: Origin) -> Value:
        """`var.name`."""
        block = self.module.variables.get(name)
        if block is None:
            raise EvaluationError(at.file, at.line, f"Reference to undeclared input variable: {name!r}")
        return self._once(("var", name), at, lambda: self._variable(block))

    def _variable(self, block: Block) -> Value:
        value = self._inputs(read_variable(block, constant_evaluator(self.evaluation.files, self.evaluation.budget)))
        scope: dict[str, Value | Namespace] = {"var": object_value({block.labels[0]: value})}
        for validation in block.body.blocks:
            if validation.type == "validation":
                others = Lookup(lambda name, at: value if name == block.labels[0] else self.variable(name, at))
                self._check(validation, self.evaluator.within({**scope, "var": others}), "Invalid value for variable")
        return value

    def _check(self, block: Block, evaluator: Evaluator, problem: str) -> None:
        """Evaluate a custom condition."""
        condition = block.body.attributes.get("condition")
        if condition is None:
            raise EvaluationError(
                block.at.file, block.at.line, f"Missing required argument: {block.type} needs a condition"
            )
        held = operations.condition(evaluator.value(condition.expression), condition.at, "Invalid condition")
        if held.is_known and not held.raw:
            message = block.body.attributes.get("error_message")
            said = evaluator.value(message.expression).raw if message is not None else ""
            raise EvaluationError(condition.at.file, condition.at.line, f"{problem}: {said}")

    def local(self, name: str, at: Origin) -> Value:
        """`local.name`."""
        attribute = self.module.locals.get(name)
        if attribute is None:
            raise EvaluationError(at.file, at.line, f"Reference to undeclared local value: {name!r}")
        return self._once(("local", name), at, lambda: self.evaluator.value(attribute.expression))

    def output(self, name: str) -> Value:
        """Evaluate an output."""
        block = self.module.outputs[name]
        return self._once(("output", name), block.at, lambda: self._output(block))

    def _output(self, block: Block) -> Value:
        attribute = block.body.attributes.get("value")
        if attribute is None:
            raise EvaluationError(block.at.file, block.at.line, "Missing required argument: an output needs a value")
        for inner in block.body.blocks:
            if inner.type == "precondition":
                self._check(inner, self.evaluator, "Module output value precondition failed")
        value = self.evaluator.value(attribute.expression)
        sensitive = block.body.attributes.get("sensitive")
        if sensitive is not None and self.evaluator.value(sensitive.expression).raw is True:
            value = value.marked(frozenset({SENSITIVE}))
        return value

    def resource(self, mode: str, type_: str, name: str, at: Origin) -> Value:
        """A resource's value: an object, or with `count` a tuple and with `for_each` an object of them."""
        block = self.module.resources.get((mode, type_, name))
        if block is None:
            shown = f"{'data.' if mode == 'data' else ''}{type_}.{name}"
            raise EvaluationError(
                at.file, at.line, f"Reference to undeclared resource: {shown!r} has not been declared"
            )
        return self._once((mode, type_, name), at, lambda: self._resource(mode, block))

    def _resource(self, mode: str, block: Block) -> Value:
        self._depend(block.body.attributes.get("depends_on"))
        try:
            instances = expand(block.body, self.evaluator)
        except UnknownKeysError as error:
            if not self.evaluation.tolerant:
                raise
            self._instance(mode, block, None, some_instance(self.evaluator), _doubt(error))
            return unknown_of(DYNAMIC)
        return _combined(block, [(key, self._instance(mode, block, key, evaluator)) for key, evaluator in instances])

    def _instance(self, mode: str, block: Block, key: Key, evaluator: Evaluator, doubt: str = "") -> Value:
        type_, name = block.labels
        address = f"{'data.' if mode == 'data' else ''}{type_}.{name}{shown_key(key)}"
        for lifecycle in block.body.blocks:
            if lifecycle.type == "lifecycle":
                for inner in lifecycle.body.blocks:
                    if inner.type == "precondition":
                        self._check(inner, evaluator, "Resource precondition failed")
        attributes, blocks = body_values(block.body, evaluator)
        values = providers.planned_values(mode, attributes, blocks, block, evaluator, tolerant=self.evaluation.tolerant)
        values = self._imported(block, key, values)
        self.evaluation.completed.append(
            PlannedResource(
                address=f"{self.address}.{address}" if self.address else address,
                mode=mode,
                type=type_,
                name=name,
                index=key,
                module=self.address,
                module_keys=self.keys,
                values=values,
                block=block,
                evaluator=evaluator.within({"self": values}),
                doubt=doubt or self.doubt,
            )
        )
        return values

    def _imported(self, block: Block, key: Key, values: Value) -> Value:
        """Return the values with the id that an `import` block gives the instance, if there is one."""
        for entry in self.module.imports:
            to, identity = entry.body.attributes.get("to"), entry.body.attributes.get("id")
            if to is None or identity is None or target_names(to.expression) != block.labels:
                continue
            for _, evaluator in expand(entry.body, self.evaluator):
                if target_key(to.expression, evaluator) == key:
                    return object_value({**values.raw, "id": evaluator.value(identity.expression)})
        return values

    def called(self, name: str, at: Origin) -> Value:
        """`module.name`: an object of outputs, or with `count` or `for_each` a tuple or object of them."""
        block = self.module.modules.get(name)
        if block is None:
            raise EvaluationError(at.file, at.line, f"Reference to undeclared module: {name!r}")
        return self._once(("module", name), at, lambda: self._called(block))

    def _called(self, block: Block) -> Value:
        runs = self._instances(block)
        if runs is None or any(run.doubt and not self.doubt for _, run in runs):
            return unknown_of(DYNAMIC)
        made = [(key, object_value({output: run.output(output) for output in run.module.outputs})) for key, run in runs]
        return _combined(block, made)

    def _instances(self, block: Block) -> list[tuple[Key, ModuleInstance]] | None:
        name = block.labels[0]
        if name in self._calls:
            return self._calls[name]
        module = self._source(block)
        if module is None:
            return None
        if self.depth >= MAX_MODULE_DEPTH:
            at = block.at
            raise LimitError(at.file, at.line, f"modules call each other more than {MAX_MODULE_DEPTH} levels deep")
        self._check_arguments(block, module)
        try:
            instances = [(key, evaluator, "") for key, evaluator in expand(block.body, self.evaluator)]
        except UnknownKeysError as error:
            if not self.evaluation.tolerant:
                raise
            instances = [(None, some_instance(self.evaluator), _doubt(error))]
        runs = [(key, self._instantiate(block, module, key, evaluator, doubt)) for key, evaluator, doubt in instances]
        self._calls[name] = runs
        return runs

    def _source(self, block: Block) -> Module | None:
        attribute = block.body.attributes.get("source")
        source = constant_text(attribute.expression) if attribute is not None else None
        if attribute is None or source is None:
            at = block.at if attribute is None else attribute.at
            raise EvaluationError(at.file, at.line, "Invalid module source: a literal string is required")
        if not source.startswith(("./", "../")):
            installed = installed_module(self.evaluation.files, self.address, block.labels[0])
            if installed is None:
                reason = f"it comes from {source!r}, which is not a local folder"
                address = self._address_of(block, None)
                self.evaluation.gaps.append(Gap(address=address, at=attribute.at, reason=reason))
                return None
            return self.evaluation.module(installed, (attribute.at.file, attribute.at.line))
        path = posixpath.normpath(posixpath.join(self.module.path, source))
        return self.evaluation.module(path, (attribute.at.file, attribute.at.line))

    def _check_arguments(self, block: Block, module: Module) -> None:
        for name, attribute in block.body.attributes.items():
            if name not in MODULE_META_ARGUMENTS and name not in module.variables:
                at = attribute.at
                raise EvaluationError(at.file, at.line, f"Unsupported argument: the module has no variable {name!r}")
        for name, variable in module.variables.items():
            if name not in block.body.attributes and "default" not in variable.body.attributes:
                raise EvaluationError(
                    block.at.file, block.at.line, f"Missing required argument: the module needs a value for {name!r}"
                )

    def _address_of(self, block: Block, key: Key) -> str:
        own = f"module.{block.labels[0]}{shown_key(key)}"
        return f"{self.address}.{own}" if self.address else own

    def _instantiate(self, block: Block, module: Module, key: Key, evaluator: Evaluator, doubt: str) -> ModuleInstance:
        def inputs(declared: DeclaredVariable) -> Value:
            attribute: Attribute | None = block.body.attributes.get(declared.block.labels[0])
            if attribute is None:
                given, at = declared.default, declared.block.at
            else:
                given, at = evaluator.value(attribute.expression), attribute.at
            if given is None:
                raise EvaluationError(at.file, at.line, f"Missing required argument: {declared.block.labels[0]!r}")
            return declared.accept(given, at.file, at.line)

        return ModuleInstance(
            self.evaluation,
            module,
            inputs=inputs,
            address=self._address_of(block, key),
            keys=(*self.keys, key) if isinstance(key, str) else self.keys,
            depth=self.depth + 1,
            doubt=doubt or self.doubt,
        )

    def _depend(self, attribute: Attribute | None) -> None:
        """Evaluate first what `depends_on` names."""
        if attribute is None or not isinstance(attribute.expression, syntax.TupleCons):
            return
        for item in attribute.expression.items:
            target = target_names(item)
            match target:
                case ("module", name) if name in self.module.modules:
                    for _, run in self._instances(self.module.modules[name]) or ():
                        run.evaluate_all()
                case ("data", type_, name):
                    self.resource("data", type_, name, item.at)
                case (type_, name) if type_ not in {"var", "local"}:
                    self.resource("managed", type_, name, item.at)
                case _:
                    pass

    def evaluate_all(self) -> None:
        """Evaluate everything the module declares, in the order of its text."""
        for name, variable in self.module.variables.items():
            self.variable(name, variable.at)
        for name, attribute in self.module.locals.items():
            self.local(name, attribute.at)
        declared: list[tuple[Origin, Callable[[], object]]] = []
        for (mode, type_, name), block in self.module.resources.items():
            declared.append((block.at, _deferred_call(self.resource, mode, type_, name, block.at)))
        declared.extend(
            (block.at, _deferred_call(self._evaluate_call, block)) for block in self.module.modules.values()
        )
        for _, run in sorted(declared, key=lambda entry: entry[0]):
            try:
                run()
            except SourceError as error:
                if not self.evaluation.collects(error):
                    raise
        for name in self.module.outputs:
            self.output(name)

    def _evaluate_call(self, block: Block) -> None:
        for _, run in self._instances(block) or ():
            run.evaluate_all()

    def named(self, name: str) -> Value | None:
        """Return the output, else the local, else the variable of this name; None when there is none."""
        if name in self.module.outputs:
            return self.output(name)
        if name in self.module.locals:
            return self.local(name, self.module.locals[name].at)
        if name in self.module.variables:
            return self.variable(name, self.module.variables[name].at)
        return None


def _deferred_call(action: Callable[..., object], *arguments: object) -> Callable[[], object]:
    return lambda: action(*arguments)


def _doubt(error: UnknownKeysError) -> str:
    return f"how many there are is known only after apply ({error.file}:{error.line})"


def _combined(block: Block, made: Iterable[tuple[Key, Value]]) -> Value:
    """One instance stands for itself; counted ones make a tuple, keyed ones an object."""
    if "count" in block.body.attributes:
        return tuple_of(value for _, value in made)
    if "for_each" in block.body.attributes:
        return object_value({str(key): value for key, value in made})
    return next(value for _, value in made)
