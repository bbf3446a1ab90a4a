"""What templates are given when both sides are evaluated: the same on both."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from posixpath import dirname, join, normpath

from kvlint.evaluate.arm.instance import Run, TemplateInstance
from kvlint.evaluate.arm.place import first_place
from kvlint.evaluate.arm.template import ModuleCall, Template
from kvlint.evaluate.resources import Deployment, Language
from kvlint.evaluate.values import Scalar, Value
from kvlint.syntax.expr import Literal
from kvlint.templates import TemplateLibrary


@dataclass(slots=True, frozen=True)
class Inputs:
    """Values for parameters, by name in lower case; ``name`` says where they come from."""

    name: str
    values: Mapping[str, Value]

    def __call__(self, name: str) -> Value | None:
        """The value for a parameter, ``None`` where there is none."""
        return self.values.get(name.lower())


def literal_inputs(template: Template) -> Inputs:
    """A literal for each parameter of a plain type that must be given."""
    made: dict[str, Value] = {}
    for number, (name, parameter) in enumerate(template.parameters.items()):
        if parameter.default is not None or parameter.nullable:
            continue
        match parameter.type:
            case "string":
                made[name.lower()] = Scalar(f"{name}{number}")
            case "int":
                made[name.lower()] = Scalar(number + 1)
            case "bool":
                made[name.lower()] = Scalar(number % 2 == 0)
    return Inputs("literals", made)


def callers_inputs(template: Template, library: TemplateLibrary, root: Path) -> Iterator[Inputs]:
    """What the Bicep files below a template's folder that call it as a module give it."""
    folder = root / dirname(template.source.path)
    for file in sorted(folder.rglob("*.bicep")):
        path = file.relative_to(root).as_posix()
        if path == template.source.path or template.source.path.rpartition("/")[2] not in file.read_text(
            "utf-8"
        ):
            continue
        caller = library.at(path)
        if caller is None:
            continue
        deployment = Deployment(Language.BICEP, path)
        run = Run(deployment, library)
        instance = TemplateInstance(caller, run, first_place(caller.scope, deployment), lambda _: None)
        for symbol, call in caller.modules.items():
            if _target(caller, call) == template.source.path and call.inputs is not None:
                made = instance.modules.instances(symbol)
                if made and isinstance(made[0], TemplateInstance):
                    yield Inputs(f"{path}, {symbol}", _given(call, made[0]))


def _target(caller: Template, call: ModuleCall) -> str:
    path = call.path.value if isinstance(call.path, Literal) else None
    return normpath(join(dirname(caller.source.path), str(path)))


def _given(call: ModuleCall, made: TemplateInstance) -> dict[str, Value]:
    names = (
        [str(item.key.value) for item in call.inputs.items if isinstance(item.key, Literal)]
        if (call.inputs is not None)
        else []
    )
    return {name.lower(): made.parameter(name) for name in names if name in made.template.parameters}
