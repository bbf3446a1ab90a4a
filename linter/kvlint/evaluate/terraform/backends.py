"""Where the state of a root lies: its backend, compared with what others look up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from posixpath import join, normpath

from kvlint.evaluate.scope import Scope
from kvlint.evaluate.terraform.bodies import body_value
from kvlint.evaluate.values import ListValue, MapValue, Scalar, Value, is_null, text_of
from kvlint.syntax.body import Block

#: What tells the states of a kind of backend apart. The last one names the state itself.
_ADDRESS: Mapping[str, tuple[str, ...]] = {
    "azurerm": ("storage_account_name", "container_name", "key"),
    "consul": ("address", "path"),
    "cos": ("bucket", "prefix", "key"),
    "gcs": ("bucket", "prefix"),
    "http": ("address",),
    "kubernetes": ("namespace", "secret_suffix"),
    "local": ("path",),
    "oss": ("bucket", "prefix", "key"),
    "pg": ("conn_str", "schema_name"),
    "remote": ("hostname", "organization", "workspace"),
    "s3": ("bucket", "key"),
}
_DEFAULT_NAME = "terraform.tfstate"
#: Where a local backend keeps the states of workspaces.
_WORKSPACES = "terraform.tfstate.d"
_HCP = Scalar("app.terraform.io")


class Likeness(IntEnum):
    """How sure it is that two places of states are one."""

    DIFFERENT = 0
    #: Nothing that is written contradicts it.
    POSSIBLE = 1
    #: They name the state alike; where that is is not wholly written.
    NAMED = 2
    SAME = 3


@dataclass(slots=True, frozen=True)
class StatePlace:
    """Where a state lies, as far as it is written.

    ``backend`` is the kind, ``address`` what tells it from others of the kind, ``prefix`` what the
    names of all its workspaces begin with, ``workspace`` the one that is asked for.
    """

    backend: str
    address: Mapping[str, Value] = field(default_factory=dict)
    prefix: str | None = None
    workspace: str | None = None

    @property
    def named(self) -> Value | None:
        """What names the state, ``None`` where nothing is written."""
        keys = _ADDRESS.get(self.backend)
        return self.address.get(keys[-1]) if keys else None

    def likeness(self, declared: StatePlace) -> Likeness:
        """How sure it is that a root which declares a place keeps the state that is asked for here."""
        keys = _ADDRESS.get(self.backend)
        if keys is None or self.backend != declared.backend:
            return Likeness.DIFFERENT
        answers = [_same(self.address.get(key), declared.address.get(key)) for key in keys]
        if declared.prefix is not None:
            answers[-1] = self._below(declared.prefix)
        if False in answers:
            return Likeness.DIFFERENT
        if None not in answers:
            return Likeness.SAME
        # The name that everybody gives tells nothing.
        named = answers[-1] and text_of(self.named) != _DEFAULT_NAME
        return Likeness.NAMED if named else Likeness.POSSIBLE

    def _below(self, prefix: str) -> bool | None:
        """Whether the workspace that is asked for is one of those with a prefix."""
        if self.prefix is not None:
            return self.prefix == prefix
        name = text_of(self.named)
        return None if name is None else name.startswith(prefix)

    def workspace_in(self, declared: StatePlace) -> str | None:
        """The workspace of the root that is asked for, ``None`` where that is not known."""
        name = text_of(self.named)
        if declared.prefix and name is not None:
            return name.removeprefix(declared.prefix)
        return self.workspace


def _same(left: Value | None, right: Value | None) -> bool | None:
    ours, theirs = text_of(left), text_of(right)
    return None if ours is None or theirs is None else ours == theirs


def declared_place(settings: Block | None, scope: Scope, folder: str) -> StatePlace | None:
    """Where a root in a folder keeps its state, by its ``backend`` or ``cloud`` block.

    ``None`` for a block that is not complete.
    """
    if settings is None:
        return _place("local", MapValue({}), folder)
    kind = "remote" if settings.kind == "cloud" else settings.labels[0].text if settings.labels else ""
    return _place(kind, body_value(settings, scope), folder) if kind else None


def asked_place(kind: str, config: Value | None, workspace: Value | None, folder: str) -> StatePlace:
    """What ``terraform_remote_state`` reads; ``config`` is an object or, long ago, a block."""
    told = _only(config)
    if not isinstance(told, MapValue):
        return StatePlace(kind, workspace=text_of(workspace))
    return _place(kind, told, folder, text_of(workspace))


def asked_outputs(organization: Value | None, workspace: Value | None) -> StatePlace:
    """What ``tfe_outputs`` reads."""
    written = {"hostname": _HCP, "organization": organization, "workspace": workspace}
    return StatePlace("remote", {name: value for name, value in written.items() if value is not None})


def _place(kind: str, config: MapValue, folder: str, workspace: str | None = None) -> StatePlace:
    written = {name: value for name, value in config.entries.items() if not is_null(value)}
    if kind == "local":
        return _local(written, folder, workspace)
    if kind != "remote":
        return StatePlace(kind, written, workspace=workspace)
    chosen = _only(written.get("workspaces"))
    inner = chosen.entries if isinstance(chosen, MapValue) else {}
    prefix = text_of(inner.get("prefix"))
    address = {"hostname": _HCP, **written}
    name = inner.get("name")
    if name is None and prefix is not None and workspace is not None:
        name = Scalar(prefix + workspace)
    if name is not None:
        address["workspace"] = name
    return StatePlace(kind, address, prefix, workspace)


def _local(written: Mapping[str, Value], folder: str, workspace: str | None) -> StatePlace:
    """A file; its path is that in the set."""
    given = written.get("path")
    path = text_of(given) if given is not None else _DEFAULT_NAME
    if path is None or (given is None and "workspace_dir" in written):
        return StatePlace("local", {"path": given} if given is not None else {}, workspace=workspace)
    above, _, name = path.rpartition(f"{_WORKSPACES}/")
    if path.startswith(f"{_WORKSPACES}/") or above.endswith("/"):
        path, workspace = join(above, _DEFAULT_NAME), name.partition("/")[0]
    return StatePlace("local", {"path": Scalar(normpath(join(folder, path)))}, workspace=workspace)


def _only(value: Value | None) -> Value | None:
    """An object, or the only one in a list of them, as nested blocks are."""
    if isinstance(value, ListValue) and len(value.items) == 1 and value.rest is None:
        return value.items[0]
    return value
