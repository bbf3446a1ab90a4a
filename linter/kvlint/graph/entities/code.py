"""The code that runs in an app, as far as it decides who the app signs in as."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from kvlint.graph.entities.apps import App, AppKind
from kvlint.source import Span


class CodePlace(NamedTuple):
    """A folder with code, and the Dockerfile that makes an image of it, where that is required."""

    folder: str
    dockerfile: str
    required: bool = True


@dataclass(slots=True, eq=False, kw_only=True)
class CodeLink:
    """What says that the code of a folder runs in an app.

    The app is either the one that is tagged with the name of a ``service``, in the deployments of
    certain ``roots``; or the one that runs an ``image`` of this name.
    Only one of the ``places`` can be meant: the one whose Dockerfile is there.
    """

    span: Span
    places: tuple[CodePlace, ...]
    image: str = ""
    service: str = ""
    roots: frozenset[str] = frozenset()
    kind: AppKind | None = None
    #: Folders that hold the code of other services.
    others: frozenset[str] = frozenset()


class CredentialCall(NamedTuple):
    """A call that makes a credential for a managed identity without saying for which one."""

    span: Span
    credential: str


@dataclass(slots=True, eq=False)
class AppCode:
    """The code of an app.

    ``calls`` are those that surely run when their function does; ``told`` is set where something
    may tell a credential which identity to use.
    """

    app: App
    link: Span
    calls: list[CredentialCall] = field(default_factory=list)
    told: bool = False


@dataclass(slots=True, eq=False)
class EnvironmentScript:
    """A command that changes an app's environment or identities; ``app`` is ``None`` for any app."""

    span: Span
    app: str | None
