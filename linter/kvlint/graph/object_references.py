"""Every place of a run that names an object of a vault, whatever sort of consumer it belongs to."""

from __future__ import annotations

from kvlint.evaluate.resources import Language
from kvlint.evaluate.values import text_of
from kvlint.graph.entities import App, AppKind, AppSecret, ObjectReference, Reader, VaultRead
from kvlint.graph.facts import Facts


def object_references(facts: Facts) -> list[ObjectReference]:
    """The references that adapters found, those of reads that say what they read, and those of app secrets."""
    found = list(facts.object_references)
    found += [reference_of(read) for read in facts.vault_reads if _names_object(read)]
    found += [
        _of_secret(app, secret, number)
        for app in facts.apps
        for number, secret in enumerate(app.secrets)
        if secret.key_vault_url is not None and not secret.url_defects and not _sends_none(app)
    ]
    return found


def _sends_none(app: App) -> bool:
    """Whether its references never reach the platform: azurerm drops those of Dapr components."""
    return app.kind is AppKind.DAPR_COMPONENT and app.language is Language.TERRAFORM


def _names_object(read: VaultRead) -> bool:
    """Whether a read may name an object; those of app secrets are found at the secrets themselves."""
    return read.reader not in (Reader.APP_SECRET, Reader.SDK) and not read.malformed


def reference_of(read: VaultRead) -> ObjectReference:
    """What a read names, as a reference to it."""
    return ObjectReference(
        address=read.address,
        display=read.display,
        span=read.span,
        deployment=read.deployment,
        language=read.language,
        conditional=read.conditional,
        order=read.order,
        vault=read.vault,
        name=read.secret,
        version=read.version,
        owner=read.app.address if read.app is not None else read.address,
        reader=read.reader,
        app=read.app if read.app is not None and read.display == read.app.display else None,
    )


def _of_secret(app: App, secret: AppSecret, number: int) -> ObjectReference:
    name = text_of(secret.name)
    assert secret.key_vault_url is not None  # noqa: S101  # only those with a url are asked for
    return ObjectReference(
        address=f"{app.address}/secrets/{name or number}",
        display=f'secret "{name}" of {app.title}' if name else f"a secret of {app.title}",
        span=secret.url_span or secret.span,
        deployment=app.deployment,
        language=app.language,
        conditional=app.conditional or secret.conditional,
        order=app.order,
        vault=secret.key_vault_url,
        owner=app.address,
        reader=Reader.APP_SECRET,
    )
