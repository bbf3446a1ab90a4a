"""Whoever deploys: ``deployer()`` of a template, and the variable in which azd tells it."""

from __future__ import annotations

from dataclasses import replace

from kvlint.evaluate.resources import Deployment
from kvlint.evaluate.values import ListValue, MapValue, PartialText, Symbol, Unknown, Value
from kvlint.source import Span
from kvlint.syntax.expr import Call, Expr, Literal

#: The variable that azd sets to the principal id of who is signed in.
_AZD_PRINCIPAL = "AZURE_PRINCIPAL_ID"


class Deployer:
    """The principal that a deployment is made as, as a thing with attributes."""

    type = "deployer"
    managed = False

    def __init__(self, deployment: Deployment) -> None:
        self.address = f"{deployment.language.value}:{deployment.root}:{deployment.variant}|deployer()"

    def configured(self, path: tuple[str | int, ...]) -> Value | None:
        """Nothing about it is written in a template."""
        return None


def principal_of(deployment: Deployment, span: Span | None) -> Symbol:
    """The principal id of who deploys."""
    return Symbol(Deployer(deployment), ("objectId",), span=span)


def is_azd_principal(given: Expr) -> bool:
    """Whether a parameters file asks azd's environment for the principal id of who is signed in."""
    match given:
        case Call(name="readEnvironmentVariable", arguments=[Literal(value=name), *_]):
            return name == _AZD_PRINCIPAL
    return False


def with_deployer(value: Value, deployment: Deployment) -> Value:
    """The value with who deploys in place of azd's placeholder for it, ``${AZURE_PRINCIPAL_ID}``."""
    match value:
        case Unknown(key=("placeholder", _, str() as text)):
            name = text.removeprefix("${").removesuffix("}").partition("=")[0]
            return principal_of(deployment, value.span) if name == _AZD_PRINCIPAL else value
        case PartialText(parts=parts):
            return replace(value, parts=tuple([with_deployer(part, deployment) for part in parts]))
        case ListValue(items=items):
            return replace(value, items=tuple([with_deployer(item, deployment) for item in items]))
        case MapValue(entries=entries):
            made = {name: with_deployer(entry, deployment) for name, entry in entries.items()}
            return replace(value, entries=made)
    return value
