"""Small trees of templates, and what evaluation makes of them in a form that compares."""

from __future__ import annotations

from pathlib import Path

from kvlint.checkouts import Checkouts
from kvlint.discover import discover
from kvlint.evaluate.arm.instance import TemplateInstance
from kvlint.evaluate.arm.resource import ArmResource
from kvlint.evaluate.resources import EvaluatedResource
from kvlint.evaluate.values import Choice, ListValue, MapValue, PartialText, Scalar, Symbol, Unknown, Value
from kvlint.parsing import parse
from kvlint.templates import TemplateLibrary, TemplateSet, template_set
from terraform_trees import write_files

SCHEMA = "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#"
PARAMETERS_SCHEMA = "https://schema.management.azure.com/schemas/2019-04-01/deploymentParameters.json#"


def templates(
    files: dict[str, str], folder: Path, cache: Path | None = None
) -> tuple[TemplateSet, TemplateLibrary]:
    """The templates of a tree that is written into a folder."""
    write_files(files, folder)
    parsed = parse(discover([folder], folder))
    library = TemplateLibrary(parsed, Checkouts(folder), cache)
    return template_set(parsed, library), library


def entry(
    files: dict[str, str],
    folder: Path,
    root: str = "main.bicep",
    variant: str = "",
    cache: Path | None = None,
) -> TemplateInstance:
    """An entry template as it is deployed with one of its parameter files."""
    found, library = templates(files, folder, cache)
    (one,) = [
        one for one in found.deployments if (one.deployment.root, one.deployment.variant) == (root, variant)
    ]
    return one.instance(library, ())


def outputs(instance: TemplateInstance) -> dict[str, object]:
    """The outputs of a template by name."""
    return {name: shown(instance.output(name)) for name in instance.template.outputs}


def resources(instance: TemplateInstance) -> list[EvaluatedResource]:
    """Everything that a template deploys, with its modules."""
    found = [one for one in instance.resources(lambda kind: True) if isinstance(one, ArmResource)]
    return [one.evaluated() for one in found]


def addresses(instance: TemplateInstance) -> list[str]:
    """The addresses of what a template deploys; what may not be there has a question mark."""
    return [tail(one.address) + ("?" if one.conditional is not None else "") for one in resources(instance)]


def tail(address: str) -> str:
    """An address without its deployment."""
    return address.partition("|")[2]


def shown(value: Value | None) -> object:
    """A value as plain data: ``<address path>`` for symbols, ``?`` for what is not known."""
    match value:
        case Scalar(data=data):
            return data
        case ListValue(items=items, rest=rest):
            return [*map(shown, items), *(["?"] if rest is not None else [])]
        case MapValue(entries=entries, rest=rest):
            made = {name: shown(one) for name, one in entries.items()}
            return made | ({"?": "?"} if rest is not None else {})
        case Symbol():
            return f"<{' '.join([tail(value.resource.address), *map(str, value.path)])}>"
        case PartialText(parts=parts):
            return "".join(str(shown(part)) for part in parts)
        case Choice(options=options):
            return set(map(str, map(shown, options)))
        case Unknown():
            return "?"
    return value
