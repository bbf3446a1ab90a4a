"""Modules of the public registry that are not on disk and whose interface is known."""

from __future__ import annotations

from kvlint.evaluate.resources import Deployment
from kvlint.evaluate.scope import Scope
from kvlint.evaluate.terraform.configuration import source_of
from kvlint.evaluate.terraform.resource import TerraformResource
from kvlint.evaluate.values import Unknown
from kvlint.syntax.body import Block

_REGISTRY = "registry.terraform.io/"


class InterfaceCall(TerraformResource):
    """A module call as a resource: its type is the module's name in the registry, its arguments the inputs.

    What the module gives out are symbols of it, by the names of its outputs.
    """

    def __init__(
        self,
        block: Block,
        interface: str,
        address: str,
        scope: Scope,
        deployment: Deployment,
        conditional: Unknown | None,
    ) -> None:
        super().__init__(block, address, scope, deployment, conditional, None)
        self.type = interface
        self.name = block.labels[0].text
        self.managed = True


def interface_of(call: Block) -> str:
    """The name in the public registry, in lower case, of the module that a block calls."""
    return (source_of(call) or "").removeprefix(_REGISTRY).casefold()
