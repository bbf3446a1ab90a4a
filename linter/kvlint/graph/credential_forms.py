"""What is wrong with a federated credential by itself: its audience, subject and issuer.

Entra ID compares all three letter by letter and checks none of them when the credential is
made. Only what no token of the issuer can ever match is a defect.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from kvlint.evaluate.values import PartialText, Scalar, Step, Symbol, Value, alternatives
from kvlint.graph.entities import FederatedCredential
from kvlint.graph.issuers import (
    FIXED_ISSUERS,
    GAP,
    IssuerKind,
    Issuers,
    text_with_gaps,
)
from kvlint.graph.matching import is_set
from kvlint.graph.names import near_miss
from kvlint.graph.workload_identity import TOKEN_AUDIENCE
from kvlint.source import Span

#: Audiences of other clouds than the global one.
_OTHER_CLOUD = re.compile(re.escape(TOKEN_AUDIENCE) + r"[A-Z][A-Za-z]+")
_KUBERNETES_NAME = re.compile(rf"[a-z0-9{GAP}](?:[a-z0-9.{GAP}-]*[a-z0-9{GAP}])?")
_ACCOUNT_FORM = "Write it in the form `system:serviceaccount:<namespace>:<name>`."
_REPOSITORY_FORM = (
    "Write `repo:<owner>/<repository>:` and, after it, `ref:refs/heads/<branch>`, `ref:refs/tags/<tag>`,"
    " `environment:<name>` or `pull_request`."
)
_GOOGLE_FORM = "Write the numeric id of the service account."
_REPOSITORY = re.compile(r"[^/:]+/[^/:]+")
_CLAIM = re.compile(r"[a-z_]+")
_REF = re.compile(r"refs/(?:heads|tags|pull)/.+")
#: What GitHub's subjects say after the repository, and what people write for it.
_CONTEXTS = ("environment", "pull_request", "ref")
_MISTAKEN_CONTEXTS = frozenset({"branch", "branches", "tag", "tags", "heads", "env", "refs", "pr"})
_AKS_ISSUER = re.compile(r"https://[^/]+\.oic\.prod-aks\.azure\.com/[^/]+/[^/]+")
_DISCOVERY = "/.well-known/openid-configuration"
_CLUSTER_HELP = "Use the cluster's issuer url as it is: `oidc_issuer_url`, `oidcIssuerProfile.issuerURL`."


@dataclass(slots=True, eq=False)
class CredentialDefect:
    """A defect of one argument: where, what, and what to write instead.

    ``always`` tells whether it holds whatever the argument turns out to be; ``certain`` whether
    the exchange surely fails.
    """

    span: Span
    message: str
    label: str
    help: str
    steps: tuple[Step, ...] = ()
    always: bool = True
    certain: bool = True


@dataclass(slots=True, frozen=True)
class _Fault:
    message: str
    label: str
    help: str
    certain: bool = True


class CredentialForms:
    """Judges credentials by what is known of their issuers."""

    def __init__(self, issuers: Issuers) -> None:
        self._issuers = issuers

    def defects(self, credential: FederatedCredential) -> Iterator[CredentialDefect]:
        """The defects of a credential, one an argument at most."""
        kind = self._issuers.kind_of(credential)
        yield from _number_of_audiences(credential)
        if len(credential.audiences) == 1 and credential.audiences_open is None:
            at = credential.audiences_span or credential.span
            yield from _judged(credential.audiences[0], at, lambda value: _audience_fault(value, kind))
        if credential.issuer is not None:
            at = credential.issuer_span or credential.span
            yield from _judged(credential.issuer, at, self._issuer_fault)
        expression = credential.claims_matching_expression
        if credential.subject is None or credential.subject_span is None:
            return
        if expression is None:
            at = credential.subject_span
            yield from _judged(credential.subject, at, lambda value: _subject_fault(value, kind))
        elif is_set(expression) and is_set(credential.subject):
            yield CredentialDefect(
                credential.expression_span or credential.span,
                "The credential has both a subject and an expression on claims, where only one is allowed.",
                label="beside a subject",
                help="Remove the subject, or the expression.",
            )

    def _issuer_fault(self, issuer: Value) -> _Fault | None:
        if isinstance(issuer, PartialText) and any(
            self._issuers.cluster_attribute(part) == "" for part in issuer.parts
        ):
            message = (
                "The issuer adds text to the cluster's issuer url, which has its `https://` and final slash."
            )
            return _Fault(message, "more than the issuer url", _CLUSTER_HELP)
        attribute = self._issuers.cluster_attribute(issuer)
        if attribute:
            message = f"The issuer is the cluster's `{attribute}`, not its issuer url."
            return _Fault(message, "not the issuer", _CLUSTER_HELP)
        text = text_with_gaps(issuer)
        if text is None:
            return None
        fault = _scheme_fault(text.partition(GAP)[0], text)
        return fault or (_spelling_fault(text) if isinstance(issuer, Scalar) else None)


def _judged(value: Value, at: Span, judge: Callable[[Value], _Fault | None]) -> Iterator[CredentialDefect]:
    """The first faulty alternative of an argument."""
    options = alternatives(value)
    faults = [(option, fault) for option in options if (fault := judge(option)) is not None]
    if faults:
        option, fault = faults[0]
        always = len(faults) == len(options)
        yield CredentialDefect(
            at, fault.message, fault.label, fault.help, option.steps, always, fault.certain
        )


# --- Audiences --------------------------------------------------------------------------------


def _number_of_audiences(credential: FederatedCredential) -> Iterator[CredentialDefect]:
    number = len(credential.audiences)
    if credential.audiences_span is None or number == 1 or credential.audiences_open is not None:
        return
    counted = f"{number} audiences" if number else "no audience"
    yield CredentialDefect(
        credential.audiences_span,
        f"The credential has {counted}, where exactly one is allowed.",
        label=counted,
        help=f'Give one audience: "{TOKEN_AUDIENCE}".',
    )


def _audience_fault(audience: Value, kind: IssuerKind | None) -> _Fault | None:
    text = text_with_gaps(audience)
    if text is None or GAP in text or text == TOKEN_AUDIENCE or _OTHER_CLOUD.fullmatch(text):
        return None
    help_text = f'Use "{TOKEN_AUDIENCE}".'
    if text.casefold() == TOKEN_AUDIENCE.casefold():
        message = f"The audience `{text}` differs from `{TOKEN_AUDIENCE}` in case, and case counts."
        return _Fault(message, "case counts", help_text)
    bare = text.strip().removeprefix("api://").rstrip("/")
    if bare == TOKEN_AUDIENCE.removeprefix("api://") or near_miss(text, [TOKEN_AUDIENCE]):
        message = f"The audience `{text}` is not the one that tokens carry: did you mean `{TOKEN_AUDIENCE}`?"
        return _Fault(message, "not the audience of the tokens", help_text)
    if kind in (IssuerKind.AKS, IssuerKind.KUBERNETES, IssuerKind.GITHUB):
        message = (
            f"The audience is `{text}`, but tokens that are exchanged in Entra ID are for `{TOKEN_AUDIENCE}`."
        )
        # A workflow or a projected volume may ask for a token with any audience.
        return _Fault(message, "not the audience of the tokens", help_text, kind is IssuerKind.AKS)
    return None


# --- Issuers ----------------------------------------------------------------------------------


def _scheme_fault(start: str, text: str) -> _Fault | None:
    shown = text.replace(GAP, "…")
    if text != text.strip() or any(character.isspace() for character in text):
        message = f"The issuer `{shown.strip()}` has white space in it or around it."
        return _Fault(message, "white space", "Remove the white space.")
    if start and not start.startswith("https://") and not "https://".startswith(start):
        message = f"The issuer `{shown}` does not begin with `https://`, as the issuer of every token does."
        return _Fault(message, "no https url", "Write the whole url of the issuer.")
    return None


def _spelling_fault(text: str) -> _Fault | None:
    """How a wholly known url differs from the one in the issuer's tokens."""
    right = next((url for url in FIXED_ISSUERS if text.casefold().rstrip("/") == url), text)
    if right != text:
        what = "in its final slash" if text.rstrip("/") == right else "in case"
        message = f"The issuer `{text}` differs from `{right}` {what}."
        return _Fault(message, "not the issuer of the tokens", f'Use "{right}".')
    if text.rstrip("/").endswith(_DISCOVERY):
        right = text.rstrip("/").removesuffix(_DISCOVERY)
        message = f"The issuer `{text}` is the address of its configuration, not its own."
        return _Fault(
            message, "not the issuer of the tokens", "Use the `issuer` that is told at this address."
        )
    if _AKS_ISSUER.fullmatch(text):
        message = f"The issuer `{text}` lacks the final slash that the issuer of an AKS cluster has."
        return _Fault(message, "no final slash", f'Use "{text}/".', certain=False)
    return None


# --- Subjects ---------------------------------------------------------------------------------


def _subject_fault(subject: Value, kind: IssuerKind | None) -> _Fault | None:
    if kind is IssuerKind.GOOGLE and isinstance(subject, Symbol):
        return _google_attribute(subject)
    text = text_with_gaps(subject)
    if text is None or text == GAP:
        return None
    if kind in (IssuerKind.AKS, IssuerKind.KUBERNETES):
        return _kubernetes_fault(text)
    if kind is IssuerKind.GITHUB:
        return _github_fault(text)
    return _google_fault(text) if kind is IssuerKind.GOOGLE else None


def _wrong_form(text: str, why: str, form: str, issuer: str) -> _Fault:
    shown = text.replace(GAP, "…")
    return _Fault(
        f"The subject `{shown}` is none of {issuer}'s: {why}.",
        f"not a subject of {issuer}",
        form,
    )


def _kubernetes_fault(text: str) -> _Fault | None:
    why = _kubernetes_reason(text)
    return None if why is None else _wrong_form(text, why, _ACCOUNT_FORM, "Kubernetes")


def _kubernetes_reason(text: str) -> str | None:
    prefix = "system:serviceaccount:"
    start, gap, _ = text.partition(GAP)
    if not start.startswith(prefix) and not (gap and prefix.startswith(start)):
        return f"it does not begin with `{prefix}`"
    if "*" in text:
        return "a `*` stands for nothing but itself"
    fields = text.split(":")
    if len(fields) > 4:
        return f"it has {len(fields)} parts instead of 4"
    if len(fields) < 4:
        # What is not known may hold the missing parts.
        return None if gap else f"it has {len(fields)} parts instead of 4"
    for field, what in zip(fields[2:], ("namespace", "service account"), strict=True):
        if not _KUBERNETES_NAME.fullmatch(field):
            return f"`{field}` is no name of a {what}".replace(GAP, "…") if field else f"the {what} is empty"
    return None


def _github_fault(text: str) -> _Fault | None:
    why = _github_reason(text)
    return None if why is None else _wrong_form(text, why, _REPOSITORY_FORM, "GitHub")


def _github_reason(text: str) -> str | None:
    """Why a text is no subject of GitHub Actions.

    Repositories may have subjects of other claims, so an unknown claim is no fault.
    """
    if "*" in text:
        return "a `*` stands for nothing but itself, patterns need a flexible credential"
    fields = text.split(":")
    if GAP in fields[0]:
        return None
    if not _CLAIM.fullmatch(fields[0]) or len(fields) == 1 or fields[1].startswith("//"):
        return "it does not begin with `repo:`"
    if fields[0] == "system":
        return "it is one of a service account in Kubernetes"
    if fields[0] != "repo":
        return "it does not begin with `repo:`" if near_miss(fields[0], ["repo"]) else None
    if GAP not in fields[1] and not _REPOSITORY.fullmatch(fields[1]):
        return f"`{fields[1]}` is not of the form `<owner>/<repository>`"
    return _context_reason(fields[2:])


def _context_reason(fields: list[str]) -> str | None:
    """What is wrong with the part behind the repository."""
    if not fields or GAP in fields[0]:
        return None
    context, *values = fields
    if context == "ref" and values and GAP not in values[0] and not _REF.fullmatch(values[0]):
        return f"`{values[0]}` is no full ref such as `refs/heads/main`"
    if context in ("ref", "environment") and (not values or not values[0]):
        return f"`{context}` has no value"
    if context in _CONTEXTS:
        return None
    if context in _MISTAKEN_CONTEXTS or near_miss(context, _CONTEXTS) is not None:
        return f"`{context}` is none of `environment`, `ref` and `pull_request`"
    return (
        None if values else f"`{context}` is neither `pull_request` nor `environment` or `ref` with a value"
    )


def _google_fault(text: str) -> _Fault | None:
    if all(character.isdigit() or character == GAP for character in text):
        return None
    why = "it is not the numeric id of a service account"
    return _wrong_form(text, why, _GOOGLE_FORM, "Google")


def _google_attribute(subject: Symbol) -> _Fault | None:
    if subject.path != ("email",):
        return None
    return _Fault(
        "The subject is the e-mail of a service account, but Google's tokens carry its numeric id.",
        "not the numeric id",
        "Use the account's `unique_id`.",
    )
