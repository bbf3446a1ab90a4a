"""What may give access in a way that cannot be read, and whom that may concern."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable
from posixpath import basename, dirname

from kvlint.evaluate.resources import Deployment, Language
from kvlint.evaluate.values import Scalar, Symbol, Value, text_of
from kvlint.graph.entities import Entity, Identity, PossibleGrant
from kvlint.graph.matching import same_text
from kvlint.graph.roles import Role, role_of

#: Folders that hold a part of what lies around them, not a project of their own.
_PARTS = re.compile(
    r"\.azuredevops|\.github|bicep|build|c[id]|common|core|deploy(?:ments?)?|devops|eng|env(?:ironment)?s|hack|iac"
    r"|infra(?:structure)?|ops|pipelines|platform|scripts?|shared|src|terraform|tools"
)


class PossibleGrants:
    """Modules that are not on disk, scripts, templates and the like, and what they are told about.

    ``targets`` are the vaults or registries that a script may mean that does not say which.
    """

    def __init__(self, possible: Iterable[PossibleGrant], targets: Iterable[Entity] = ()) -> None:
        self._all = list(possible)
        self._homes = {one.address: _folder(one.deployment) for one in targets if one.managed}
        self._projects: dict[str, str] = {}

    def concerning(
        self,
        identity: Identity,
        target: Value,
        addresses: Collection[str],
        deployment: Deployment,
        gives: Callable[[Role], bool],
    ) -> PossibleGrant | None:
        """What may give an identity access to a target, by the target's name, ``None`` where nothing can.

        ``addresses`` are those under which the target, or a look-up of either, is known; ``gives``
        tells whether a role would be enough.
        """
        ours = {identity.address, *addresses}
        ours |= {value.resource.address for value in identity.principal_ids if isinstance(value, Symbol)}
        names = {(text_of(one) or "").casefold() for one in (target, identity.name)} - {""}
        places = {_folder(deployment), _folder(identity.deployment)}
        places |= {self._homes[address] for address in addresses if address in self._homes}
        for possible in self._all:
            told = (
                (possible.anything and self._is_near(possible, places))
                or (possible.foreign and possible.deployment != deployment)
                or possible.mentions & ours
                or any(name in text for text in possible.texts for name in names)
                or _may_name(possible, target)
            )
            role = role_of(possible.role)
            if (
                told
                and possible.grants
                and deployment.sees(possible.deployment)
                and (role is None or gives(role))
            ):
                return possible
        return None

    def _is_near(self, possible: PossibleGrant, places: Iterable[str]) -> bool:
        """Whether a script may mean what is deployed from one of these folders."""
        if possible.language is not Language.SCRIPT:
            return True
        path = possible.deployment.root
        if path not in self._projects:
            self._projects[path] = self._project_of(path)
        project = self._projects[path]
        return not project or any(_lies_in(place, project) for place in places)

    def _project_of(self, path: str) -> str:
        """The nearest folder around a script that has a target of its own; empty where that is all there is."""
        folder = dirname(path)
        while folder and (
            _PARTS.fullmatch(basename(folder).casefold())
            or not any(_lies_in(home, folder) for home in self._homes.values())
        ):
            folder = dirname(folder)
        return folder


def _may_name(possible: PossibleGrant, target: Value) -> bool:
    """Whether a script names what may be the target, of whose name not all is known."""
    return possible.language is Language.SCRIPT and any(
        same_text(Scalar(text), target, fold=True) is not False for text in possible.texts
    )


def _folder(deployment: Deployment) -> str:
    """The folder that something is deployed from."""
    return deployment.root if deployment.language is Language.TERRAFORM else dirname(deployment.root)


def _lies_in(folder: str, other: str) -> bool:
    return f"{folder}/".startswith(f"{other}/")
