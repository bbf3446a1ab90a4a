"""Data sources that read the outputs of another root: its state is where the two meet."""

from __future__ import annotations

from typing import Protocol

from kvlint.evaluate.access import MANY
from kvlint.evaluate.instances import once
from kvlint.evaluate.resources import Deployment, Order, value_at
from kvlint.evaluate.scope import Scope
from kvlint.evaluate.terraform.backends import StatePlace, asked_outputs, asked_place
from kvlint.evaluate.terraform.resource import TerraformResource
from kvlint.evaluate.values import Symbol, Unknown, Value, text_of
from kvlint.syntax.body import Block

#: The attributes under which each of these data sources holds the outputs.
_HOLDS = {
    "terraform_remote_state": ("outputs",),
    "tfe_outputs": ("values", "nonsensitive_values"),
}
#: The type of a dependency of Terragrunt, which is no data source.
DEPENDENCY = "terragrunt_dependency"


class States(Protocol):
    """The states of the roots of the set."""

    def output(self, place: StatePlace, name: str, reader: Deployment) -> Value | None:
        """An output in the state at a place, as a deployment reads it.

        Unknown where that state is of no known root, ``None`` where its root has no such output.
        """


def reads_state(kind: str) -> bool:
    """Whether what has this type holds the outputs of another root."""
    return kind in _HOLDS or kind == DEPENDENCY


class StateSource(TerraformResource):
    """A data source that reads a state. ``folder`` is where Terraform runs, that of the root."""

    def __init__(
        self,
        block: Block,
        address: str,
        scope: Scope,
        deployment: Deployment,
        conditional: Unknown | None,
        order: Order,
        *,
        folder: str,
        states: States,
    ) -> None:
        super().__init__(block, address, scope, deployment, conditional, order)
        self._folder = folder
        self._states = states
        self._reader = deployment
        self._outputs: dict[str, Value] = {}

    def configured(self, path: tuple[str | int, ...]) -> Value | None:
        """What the block says or, for an output, what the root of the state gives it."""
        match path:
            case (str(attribute), str(name), *below) if attribute in _HOLDS[self.type]:
                itself = Unknown(f"the output {name!r} refers to itself", span=self.block.header)
                output = once(self._outputs, name, itself, lambda: self._output(name))
                found = value_at(output, tuple(below))
                # Where the other root is not known, a plan may have read its state.
                return super().configured(path) or found if isinstance(found, Unknown) else found
        return super().configured(path)

    def _output(self, name: str) -> Value:
        place = self._place()
        if place is None:
            return self._unknown(f"which state {self._display} reads is not known", name)
        found = self._states.output(place, name, self._reader)
        if found is None:
            # An output that its root no longer has, or not yet.
            found = super().configured(("defaults", name))
        if found is None:
            return self._unknown(f"the root of {self._display} has no output {name!r}", name)
        if isinstance(found, Unknown) and found.key is None:
            return self._unknown(found.reason, name)
        return found

    def _unknown(self, reason: str, name: str) -> Unknown:
        """An output that is not known is the same one wherever it is read."""
        key = None if self.address.endswith(MANY) else (self.address, name)
        itself = Symbol(self, span=self.block.header)
        return Unknown(reason, key=key, span=self.block.header, sources=(itself,))

    def _place(self) -> StatePlace | None:
        """What it reads, ``None`` where nothing names the state."""
        if self.type == "tfe_outputs":
            place = asked_outputs(self._attribute("organization"), self._attribute("workspace"))
        else:
            kind = text_of(self._attribute("backend")) or ""
            place = asked_place(kind, self._attribute("config"), self._attribute("workspace"), self._folder)
        return place if place.prefix is not None or text_of(place.named) is not None else None

    @property
    def _display(self) -> str:
        return self.address.rpartition("|")[2]
