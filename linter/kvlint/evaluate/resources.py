"""What evaluation hands on: resources with evaluated configuration, whatever their language."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import NamedTuple, Protocol

from kvlint.evaluate.values import ListValue, MapValue, Unknown, Value, following, is_null
from kvlint.source import Span


class Language(Enum):
    """The language that a resource was written in, as messages name it."""

    TERRAFORM = "Terraform"
    BICEP = "Bicep"
    ARM = "ARM template"
    KUBERNETES = "Kubernetes manifest"
    CONTAINER_APP_YAML = "Container App YAML"
    SCRIPT = "script"
    CONFIGURATION = "kvlint.toml"


@dataclass(slots=True, frozen=True)
class Deployment:
    """One way the set gets deployed.

    ``root`` is the folder (or entry file) relative to the analysed root, ``variant`` the
    var-file choice, empty where there is none to choose. Deployments of one root are
    alternatives: nothing of one is visible to another. Different roots live together.
    """

    language: Language
    root: str
    variant: str = ""

    def sees(self, other: Deployment) -> bool:
        """Whether what ``other`` deploys exists beside what this one deploys."""
        return self == other or (self.language, self.root) != (other.language, other.root)

    def __str__(self) -> str:
        return self.variant or self.root or "."


class Mode(Enum):
    """Whether the set manages a thing (its absence is provable) or only looks it up."""

    MANAGED = "managed"
    LOOKED_UP = "looked up"


class Link(NamedTuple):
    """Where an order could be written: what would have to wait, and what for.

    ``dependent`` is the module that holds the thing that would have to wait, empty for the
    thing itself; ``dependency`` is empty where it has no name to write. ``circular`` tells that
    ``dependency`` needs something of ``dependent``, so that it cannot be written like this.
    """

    dependent: str
    dependency: str
    circular: bool = False


class Order(Protocol):
    """The position of a thing in the order in which its deployment creates things.

    What does not depend on each other is created in any order, or at once.
    """

    def after(self, other: Order) -> bool | None:
        """Whether it surely is created after another: ``None`` where nobody can tell."""

    def link(self, other: Order) -> Link | None:
        """How it could be made to wait for another, ``None`` where nobody can tell."""


@dataclass(slots=True, eq=False)
class EvaluatedResource:
    """A resource, data source or manifest with its configuration as values.

    ``type`` is ``azurerm_key_vault``, ``apps/v1/Deployment`` and so on. In ``config``,
    nested HCL blocks are lists of maps under the block's name. ``address`` is unique in
    the run: it includes the deployment and the module path, and ends in ``[*]`` for an
    instance that stands for a number of them that is not known. ``conditional`` is set
    where the resource may not exist at all, with the reason.
    """

    deployment: Deployment
    type: str
    name: str
    address: str
    span: Span
    config: MapValue
    mode: Mode = Mode.MANAGED
    conditional: Unknown | None = None
    #: The whole definition, for checks that compare two; the span above is its header.
    extent: Span | None = None
    #: The version behind the ``@`` of an ARM type, empty where it has none or it is not known.
    api_version: str = ""
    #: The resource that an ARM child resource lies in: its symbol with the empty path, or its id.
    parent: Value | None = None
    #: Where an ARM extension resource (a role assignment) holds: a resource id.
    scope: Value | None = None
    #: The name of the resource group that an ARM resource is deployed to.
    resource_group: Value | None = None
    #: When it is created, compared with others; ``None`` where nothing tells.
    order: Order | None = None
    #: The paths that Terraform's ``lifecycle { ignore_changes }`` names; ``all`` for everything.
    ignored_changes: frozenset[str] = field(default_factory=frozenset)
    #: Whether it is there already, as a state or plan tells, so that nothing creates it any more.
    exists: bool = False

    @property
    def managed(self) -> bool:
        """Whether the set creates it."""
        return self.mode is Mode.MANAGED

    def leaves_alone(self, path: str) -> bool:
        """Whether what stands at a path, or a part of it, may be changed by others after creation."""
        return any(
            ignored in ("all", path) or path.startswith(f"{ignored}.") or ignored.startswith(f"{path}.")
            for ignored in self.ignored_changes
        )

    @property
    def display(self) -> str:
        """The address as a person writes it, without the deployment."""
        return self.address.rpartition("|")[2]

    def configured(self, path: tuple[str | int, ...]) -> Value | None:
        """The configured value at a path, ``None`` where nothing is configured there."""
        return value_at(self.config, path)


@dataclass(slots=True, eq=False)
class MissingCall:
    """A module call whose module cannot be read, with the reason."""

    span: Span
    name: str
    source: str
    reason: str
    #: What it is told: values of its arguments, or maps of them.
    arguments: list[Value]


def value_at(value: Value, path: tuple[str | int, ...]) -> Value | None:
    """What a value holds at a path of keys and positions, ``None`` for nothing or null there."""
    for step in path:
        found: Value | None = None
        if isinstance(value, MapValue) and isinstance(step, str):
            found = value.entries.get(step)
        elif isinstance(value, ListValue) and isinstance(step, int):
            found = value.items[step] if 0 <= step < len(value.items) else None
        if found is None:
            return None
        value = following(found, value)
    return None if is_null(value) else value
