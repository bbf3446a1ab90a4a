"""How messages name what the graph holds."""

from __future__ import annotations

from kvlint.evaluate.values import known_text, text_of
from kvlint.graph.entities import (
    App,
    Grant,
    Identity,
    ObjectReference,
    PermissionModel,
    Reader,
    Vault,
    VaultRead,
)
from kvlint.graph.roles import role_of
from kvlint.graph.verdicts import in_words

#: Readers whose display says what they are: 'secret "db" of …', 'environment variable "X" of …'.
_SELF_EXPLAINING = frozenset((Reader.APP_SECRET, Reader.APP_SETTING, Reader.SDK))


def reader_name(read: VaultRead) -> str:
    """The consumer as a message names it."""
    if read.app is not None:
        return read.app.title
    # The display of a Kubernetes object begins with its kind.
    if read.reader in _SELF_EXPLAINING or read.display.startswith(f"{read.reader.value}/"):
        return read.display
    return f"{read.reader.value} {read.display}"


def reference_name(reference: ObjectReference) -> str:
    """The place that names an object of a vault, as the subject of a sentence."""
    name = reference.display if reference.app is None else reference.app.title
    if reference.reader is None:
        return f"The call {name}" if name.endswith("()") else f"The lookup {name}"
    if reference.reader is Reader.GATEWAY:
        return f"The certificate of {name}"
    if reference.reader in (Reader.API_MANAGEMENT, Reader.ENVIRONMENT):
        of = "" if reference.app is None else "of "
        return f"The {reference.reader.value} {of}{name}"
    return f"The {name}"


def user_name(use: VaultRead | ObjectReference) -> str:
    """What uses a vault, within a sentence."""
    subject = f"The {reader_name(use)}" if isinstance(use, VaultRead) else reference_name(use)
    return subject.replace("The ", "the ", 1)


def objects_name(read: VaultRead) -> str:
    """What a consumer reads: the kind of object, or several."""
    return in_words(read.objects)


def app_name(app: App) -> str:
    """The app's name in a command, to be filled in by the reader where it is not known."""
    return known_text(app.name) or "<app>"


def vault_name(vault: Vault) -> str:
    """The vault's name in a command, to be filled in by the reader where it is not known."""
    return text_of(vault.name) or "<vault>"


def principal_name(identity: Identity) -> str:
    """The identity's principal id in a command, to be filled in by the reader."""
    name = text_of(identity.name)
    if not name:
        return "<principal id>"
    # A cluster or an environment has several identities.
    whose = f"the {identity.kind.value} {name}" if identity.host else name
    return f"<principal id of {whose}>"


def access_command(identity: Identity, vault: Vault) -> str:
    """The command that lists what an identity may do with a vault."""
    name = vault_name(vault)
    if vault.permission_model is PermissionModel.ACCESS_POLICY:
        return f"az keyvault show --name {name} --query properties.accessPolicies"
    return (
        f"az role assignment list --assignee {principal_name(identity)}"
        f" --scope $(az keyvault show --name {name} --query id --output tsv) --include-inherited"
    )


def role_label(grant: Grant) -> str:
    """The role of an assignment as people know it."""
    role = role_of(grant.role)
    return role.name if role is not None else text_of(grant.role) or "unknown"
