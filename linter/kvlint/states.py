"""The states of the roots of a set: what one root reads of another."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from posixpath import basename, dirname

from kvlint.evaluate.resources import Deployment
from kvlint.evaluate.terraform.backends import Likeness, StatePlace, declared_place
from kvlint.evaluate.terraform.module import ModuleInstance
from kvlint.evaluate.values import Unknown, Value, choice

_NO_ROOT = "no root in the analysed set keeps the state that it is read from"
_SEVERAL = "several roots in the analysed set may keep the state that it is read from"
_PERHAPS = "which root keeps the state that it is read from is not wholly written"


class RootStates:
    """The state of every root, with each of its var-file choices."""

    def __init__(self, roots: Iterable[ModuleInstance]) -> None:
        self._roots: dict[str, list[ModuleInstance]] = {}
        for root in roots:
            self._roots.setdefault(root.run.deployment.root, []).append(root)
        self._places: dict[Deployment, StatePlace | None] = {}

    def output(self, place: StatePlace, name: str, reader: Deployment) -> Value | None:
        """An output in the state at a place, as a deployment reads it.

        Unknown where that state is of no known root, ``None`` where its root has no such output.
        """
        found, doubtful = self._candidates(place, reader)
        if len(found) != 1:
            return Unknown(_SEVERAL if found else _PERHAPS if doubtful else _NO_ROOT)
        if any(name in root.module.outputs for root in doubtful):
            return Unknown(_SEVERAL)
        variants = self._variants(found[0], place, reader)
        values = [root.output(name) for root in variants if name in root.module.outputs]
        return choice(values) if values else None

    def _candidates(
        self, place: StatePlace, reader: Deployment
    ) -> tuple[list[list[ModuleInstance]], list[ModuleInstance]]:
        """The roots (each with the variants that fit) that surely keep a state, and those that may."""
        best: dict[Likeness, list[list[ModuleInstance]]] = {}
        for variants in self._roots.values():
            judged = [(self._likeness(place, root), root) for root in variants]
            most = max(likeness for likeness, _ in judged)
            if variants[0].run.deployment.root == reader.root and most is not Likeness.SAME:
                continue  # who reads a state seldom keeps it
            best.setdefault(most, []).append([root for likeness, root in judged if likeness is most])
        if Likeness.SAME in best:
            return best[Likeness.SAME], []
        possible = [root for variants in best.get(Likeness.POSSIBLE, []) for root in variants]
        return best.get(Likeness.NAMED, []), possible

    def _likeness(self, place: StatePlace, root: ModuleInstance) -> Likeness:
        declared = self._declared(root)
        return Likeness.DIFFERENT if declared is None else place.likeness(declared)

    def _declared(self, root: ModuleInstance) -> StatePlace | None:
        key = root.run.deployment
        if key not in self._places:
            self._places[key] = declared_place(root.module.backend, root, root.module.folder)
        return self._places[key]

    def _variants(
        self, roots: Sequence[ModuleInstance], place: StatePlace, reader: Deployment
    ) -> Sequence[ModuleInstance]:
        """The var-file choices of a root that a deployment may meet: its own environment, if it has one."""
        by_name = {_environment(root.run.deployment): root for root in roots}
        if len(by_name) < len(roots):
            return roots
        declared = self._declared(roots[0])
        workspace = place.workspace_in(declared) if declared is not None else None
        if workspace is not None and workspace in by_name:
            return [by_name[workspace]]
        readers = {_environment(one.run.deployment) for one in self._roots.get(reader.root, [])}
        # Where each environment has its reader, no state is read by that of another.
        ours = _environment(reader)
        return [by_name[ours]] if ours in by_name and by_name.keys() <= readers else roots


def _environment(deployment: Deployment) -> str:
    """What a var-file choice is called: ``dev`` for ``env/dev.tfvars`` and ``env/dev/terraform.tfvars``."""
    name = basename(deployment.variant)
    stem = name.removesuffix(".json").removesuffix(".tfvars")
    if stem == "terraform" or stem.endswith(".auto"):
        return basename(dirname(deployment.variant))
    return stem
