"""AKS workload identity as a pod shows it: the well-known names, the label, other credentials."""

from __future__ import annotations

from enum import Enum

from kvlint.evaluate.values import Scalar, Value, alternatives, leaves, text_of
from kvlint.graph.entities import ServiceAccount, Workload

PREFIX = "azure.workload.identity"
#: Label of a pod: the text "true" makes the webhook mount a token and set the variables.
USE_LABEL = f"{PREFIX}/use"
#: Annotation of a service account: the client id that its pods get.
CLIENT_ID_ANNOTATION = f"{PREFIX}/client-id"
#: Annotation of a pod that uses AKS identity bindings instead of federated credentials.
IDENTITY_BINDING_ANNOTATION = f"{PREFIX}/use-identity-binding"
#: The audience of a token that Entra ID exchanges.
TOKEN_AUDIENCE = "api://AzureADTokenExchange"  # noqa: S105  public

#: Variables of pods that authenticate by other means than a service account's token.
_OWN_CREDENTIALS = ("AZURE_CLIENT_SECRET", "AZURE_CLIENT_CERTIFICATE_PATH", "AZURE_PASSWORD")
_AZURE_HOSTS = (".azure.net", ".azure.com", ".windows.net", ".azure.cn", ".azure.us", ".azurecr.io")


class UseLabel(Enum):
    """What a pod template says about ``azure.workload.identity/use``."""

    ON = "on"
    MISSING = "missing"
    WRONG = "wrong"
    UNKNOWN = "unknown"


def use_label(workload: Workload) -> UseLabel:
    """Whether the pods of a workload carry the label that turns workload identity on."""
    label = workload.labels.get(USE_LABEL)
    if label is None:
        return UseLabel.UNKNOWN if workload.labels_open else UseLabel.MISSING
    answers = {_is_on(option) for option in alternatives(label.value)}
    if len(answers) > 1 or None in answers:
        return UseLabel.UNKNOWN
    return UseLabel.ON if answers.pop() else UseLabel.WRONG


def _is_on(value: Value) -> bool | None:
    """Whether a label's value is the text "true"; ``None`` where it is not known."""
    if isinstance(value, Scalar):
        return value.data == "true" and isinstance(value.data, str)
    return None


def account_name(workload: Workload) -> Value:
    """The name of the service account that a workload runs as."""
    return workload.service_account or Scalar("default")


def has_own_credentials(workload: Workload) -> bool:
    """Whether the environment holds a secret or certificate to authenticate with."""
    return any(text_of(variable.name) in _OWN_CREDENTIALS for variable in workload.environment)


def speaks_to_azure(workload: Workload) -> bool:
    """Whether the environment shows that the code itself calls Azure."""
    for variable in workload.environment:
        if (text_of(variable.name) or "").startswith("AZURE_"):
            return True
        if variable.value is None:
            continue
        texts = (text_of(leaf) or "" for leaf in leaves(variable.value))
        if any(host in text for text in texts for host in _AZURE_HOSTS):
            return True
    return False


def sets_client_id(workload: Workload) -> bool:
    """Whether a container sets the client id, or a variable whose name is not known."""
    return any(text_of(variable.name) in ("AZURE_CLIENT_ID", None) for variable in workload.environment)


def title(entity: Workload | ServiceAccount) -> str:
    """What a message calls it: kind and name."""
    kind = entity.kind if isinstance(entity, Workload) else "service account"
    name = text_of(entity.name)
    return f'{kind} "{name}"' if name else f"this {kind}"


def pods_of(workload: Workload) -> str:
    """What a message calls the pods of a workload; a pod is itself one."""
    return title(workload) if workload.kind == "Pod" else f"the pods of {title(workload)}"


def place(entity: Workload | ServiceAccount) -> str:
    """The namespace of an object, for commands; empty where it is not known."""
    return text_of(entity.namespace) or ""
