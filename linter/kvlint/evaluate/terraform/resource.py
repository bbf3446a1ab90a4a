"""One instance of a Terraform resource or data source, evaluated attribute by attribute."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kvlint.evaluate.instances import once
from kvlint.evaluate.interpret import evaluate
from kvlint.evaluate.resources import Deployment, EvaluatedResource, Mode, Order, value_at
from kvlint.evaluate.scope import Scope
from kvlint.evaluate.terraform.bodies import BlockSet, block_sets, evaluate_blocks, ignored_changes
from kvlint.evaluate.terraform.configuration import META_ARGUMENTS
from kvlint.evaluate.terraform.identifiers import identifier_of
from kvlint.evaluate.terraform.planned import placed
from kvlint.evaluate.values import Choice, ListKind, ListValue, MapValue, Unknown, Value
from kvlint.source import Span
from kvlint.syntax.body import Block

#: Blocks whose computed attributes others refer to by position. In JSON one may be an object.
_SINGLE_BLOCKS = frozenset({"identity", "key_vault_secrets_provider"})


class TerraformResource:
    """What symbols of a resource point at.

    Attributes are evaluated when they are asked for: resources may refer to each other's
    attributes crosswise as long as no attribute depends on itself.
    """

    def __init__(
        self,
        block: Block,
        address: str,
        scope: Scope,
        deployment: Deployment,
        conditional: Unknown | None,
        order: Order | None,
    ) -> None:
        self.block = block
        self.address = address
        self.type = block.labels[0].text
        self.name = block.labels[-1].text
        self.managed = block.kind == "resource"
        self._scope = scope
        self._deployment = deployment
        self._conditional = conditional
        self._order = order
        self._sets: dict[str, BlockSet] | None = None
        self._known: dict[str, tuple[Value | None]] = {}
        #: What a plan says of its attributes: it settles what the configuration leaves open.
        self.planned: Mapping[str, Value] = {}

    def configured(self, path: tuple[str | int, ...]) -> Value | None:
        """The value that the block gives this attribute, ``None`` where it gives none."""
        if not path or not isinstance(path[0], str):
            return None
        value = self._attribute(path[0])
        return None if value is None else value_at(value, path[1:])

    def _attribute(self, name: str) -> Value | None:
        itself = Unknown(f"{self.type}'s {name} refers to itself", span=self.block.header)
        return once(self._known, name, (itself,), lambda: (self._settled(name),))[0]

    def _settled(self, name: str) -> Value | None:
        value, planned = self._evaluate(name), self.planned.get(name)
        if planned is None or isinstance(planned, Unknown):
            return value
        if value is None and not self.managed:
            others = Unknown("others may have added to it since the plan was made", span=self.block.header)
            return placed(planned, self.block.header, others)
        return placed(planned, value.span) if isinstance(value, Unknown | Choice) else value

    def _evaluate(self, name: str) -> Value | None:
        if self._sets is None:
            self._sets = block_sets(self.block.body)
        found = self._sets.get(name)
        if found is not None:
            return evaluate_blocks(found, self._scope)
        attribute = self.block.body.attributes.get(name)
        if attribute is None or name in META_ARGUMENTS:
            return None
        value = evaluate(attribute.value, self._scope)
        if name in _SINGLE_BLOCKS and isinstance(value, MapValue):
            return ListValue((value,), ListKind.LIST, span=value.span)
        return value

    def identifier(self, path: Sequence[str | int]) -> Value | None:
        """The id as a text with its attributes, for types of which it is known to have them."""
        return identifier_of(self, path, self.block.header)

    def evaluated(self) -> EvaluatedResource:
        """The whole resource, for the adapters."""
        entries: dict[str, Value] = {}
        keys: dict[str, Span] = {}
        for name, attribute in self.block.body.attributes.items():
            value = self._attribute(name)
            if value is not None:
                entries[name] = value
                keys[name] = attribute.name_span
        for name, found in (self._sets or block_sets(self.block.body)).items():
            value = self._attribute(name)
            if value is not None:
                entries[name] = value
                keys[name] = found.blocks[0].header
        for name in () if self.managed else self.planned:
            value = self._attribute(name)
            if value is not None:
                entries.setdefault(name, value)
        return EvaluatedResource(
            deployment=self._deployment,
            type=self.type,
            name=self.name,
            address=self.address,
            span=self.block.header,
            config=MapValue(entries, keys, span=self.block.header),
            mode=Mode.MANAGED if self.managed else Mode.LOOKED_UP,
            conditional=self._conditional,
            extent=self.block.span,
            order=self._order,
            ignored_changes=frozenset(ignored_changes(self.block.body)),
        )
