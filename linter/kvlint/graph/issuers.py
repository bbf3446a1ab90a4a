"""Who issues the tokens that a federated credential trusts, as far as the credential tells."""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import Enum

from kvlint.evaluate.values import PartialText, Scalar, Symbol, Value, alternatives, known_text
from kvlint.graph.entities import Cluster, FederatedCredential
from kvlint.syntax.placeholders import placeholder_ranges

#: Stands in a text for a part that is not known.
GAP = "\0"
GITHUB = "https://token.actions.githubusercontent.com"
GOOGLE = "https://accounts.google.com"
#: Issuers whose url is fixed to the letter.
FIXED_ISSUERS = (GITHUB, GOOGLE, "https://gitlab.com", "https://app.terraform.io")
#: Issuers whose tokens are no service account's, whatever their subject.
OTHER_ISSUERS = (*FIXED_ISSUERS, "https://vstoken.dev.azure.com", "https://login.microsoftonline.com")

_AKS_HOST = re.compile(r"\.oic\.prod-aks\.azure\.", re.IGNORECASE)
_CLUSTER_HOST = re.compile(
    r"//(?:oidc\.eks\.[a-z0-9-]+\.amazonaws\.com|container\.googleapis\.com)/", re.IGNORECASE
)


class IssuerKind(Enum):
    """The issuers whose subjects have a form that is known."""

    AKS = "AKS"
    KUBERNETES = "another Kubernetes"
    GITHUB = "GitHub"
    GOOGLE = "Google"
    OTHER = "another service"


_HOSTS = {
    GITHUB.removeprefix("https://"): IssuerKind.GITHUB,
    GOOGLE.removeprefix("https://"): IssuerKind.GOOGLE,
}


def text_with_gaps(value: Value | None) -> str | None:
    """A text in which :data:`GAP` stands for each unknown part, ``None`` where nothing of it is known.

    A text that is to be filled in later is not known.
    """
    if isinstance(value, PartialText):
        pieces = [known_text(part) for part in value.parts]
        text = "".join(GAP if piece is None else piece for piece in pieces)
    elif isinstance(value, Scalar):
        text = known_text(value) or ""
    else:
        return None
    return None if not text or placeholder_ranges(text) else text


class Issuers:
    """The issuers that the credentials of a run trust."""

    def __init__(self, clusters: Iterable[Cluster]) -> None:
        self._clusters = {cluster.address: cluster for cluster in clusters}

    def cluster_attribute(self, value: Value) -> str | None:
        """The attribute of an AKS cluster that a value is, ``None`` for any other value; "" for its issuer."""
        cluster = self._clusters.get(value.resource.address) if isinstance(value, Symbol) else None
        if cluster is None or not isinstance(value, Symbol) or not value.path:
            return None
        return "" if value.key == cluster.issuer.key else ".".join(str(step) for step in value.path)

    def kind_of(self, credential: FederatedCredential) -> IssuerKind | None:
        """The issuer of a credential, by its url or by what only its subjects begin with.

        ``None`` where nobody knows, or where it depends.
        """
        kinds = {self._kind(option) for option in alternatives(credential.issuer)} or {None}
        if len(kinds) > 1:
            return None
        kind = kinds.pop()
        if kind is not None:
            return kind
        starts = {_family(option) for option in alternatives(credential.subject)}
        return starts.pop() if len(starts) == 1 else None

    def _kind(self, issuer: Value) -> IssuerKind | None:
        parts = issuer.parts if isinstance(issuer, PartialText) else (issuer,)
        if any(self.cluster_attribute(part) is not None for part in parts):
            return IssuerKind.AKS
        text = text_with_gaps(issuer)
        if text is None:
            return None
        if _AKS_HOST.search(text):
            return IssuerKind.AKS
        if _CLUSTER_HOST.search(text):
            return IssuerKind.KUBERNETES
        host = text.casefold().rpartition("://")[2].strip().partition("/")[0]
        if host in _HOSTS:
            return _HOSTS[host]
        return IssuerKind.OTHER if f"https://{host}" in OTHER_ISSUERS else None


def _family(subject: Value) -> IssuerKind | None:
    """The family of issuers that a subject gives away by its first word."""
    text = text_with_gaps(subject) or ""
    if text.startswith("system:"):
        return IssuerKind.KUBERNETES
    return IssuerKind.GITHUB if text.startswith("repo:") else None
