"""Whoever deploys a template: ``deployer()``, and the variable in which azd tells it."""

from __future__ import annotations

from kvlint.evaluate.resources import Deployment
from kvlint.evaluate.values import Symbol, Value
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
    """Whether a parameters file gives what azd puts there: the principal id of who is signed in."""
    match given:
        case Literal(value=str() as text):
            name = text.removeprefix("${").removesuffix("}").partition("=")[0]
            return text.startswith("${") and text.endswith("}") and name == _AZD_PRINCIPAL
        case Call(name="readEnvironmentVariable", arguments=[Literal(value=name), *_]):
            return name == _AZD_PRINCIPAL
    return False
