"""How messages name what the graph holds."""

from __future__ import annotations

from kvlint.evaluate.values import known_text, text_of
from kvlint.graph.entities import App, Grant, Identity, VaultRead
from kvlint.graph.roles import role_of


def reader_name(read: VaultRead) -> str:
    """The consumer as a message names it."""
    if read.app is not None:
        return read.app.title
    return f"{read.reader.value} {read.display}"


def app_name(app: App) -> str:
    """The app's name in a command, to be filled in by the reader where it is not known."""
    return known_text(app.name) or "<app>"


def principal_name(identity: Identity) -> str:
    """The identity's principal id in a command, to be filled in by the reader."""
    name = text_of(identity.name)
    return f"<principal id of {name}>" if name else "<principal id>"


def role_label(grant: Grant) -> str:
    """The role of an assignment as people know it."""
    role = role_of(grant.role)
    return role.name if role is not None else text_of(grant.role) or "unknown"
