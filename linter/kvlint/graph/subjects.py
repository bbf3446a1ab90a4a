"""The subjects of federated credentials, and the service accounts that they nearly name."""

from __future__ import annotations

import re
from collections.abc import Collection, Hashable, Iterable, Iterator
from dataclasses import dataclass

from kvlint.evaluate.resources import Deployment
from kvlint.evaluate.values import PartialText, Scalar, Symbol, Value, alternatives, text_of
from kvlint.graph.entities import FederatedCredential, ServiceAccount
from kvlint.graph.issuers import OTHER_ISSUERS
from kvlint.graph.names import fold, near_miss

#: Among more accounts than this that lack a credential nobody guesses which one was meant.
MAX_CANDIDATES = 64

_SUBJECT = ("system", "serviceaccount")
_MANY = "[*]"
_DIGITS = re.compile(r"[0-9]+")
_SEGMENTS = re.compile(r"[-.]")
_MENTIONS = re.compile(r"[/,;\s]+")
#: Parts of names that tell environments apart; no typing error turns one into another.
_ENVIRONMENTS = {
    "blue", "dev", "development", "green", "int", "ppe", "pprd", "prd", "preprod", "prod", "production",
    "qa", "qas", "sit", "stage", "staging", "stg", "test", "tst", "uat",
}  # fmt: skip

#: A name as far as it can be compared: a text, or the parts of one that only equal parts equal.
Token = str | tuple[Hashable, ...]


@dataclass(slots=True, frozen=True)
class Subject:
    """One account that a credential may be for; ``None`` where that is not known."""

    namespace: Token | None
    name: Token | None


def token(value: Value | None) -> Token | None:
    """What of a name can be compared, ``None`` where something in it is not known."""
    if isinstance(value, PartialText):
        parts = [token(part) for part in value.parts]
        return None if None in parts else ("parts", *parts)
    if isinstance(value, Symbol):
        return None if value.resource.address.endswith(_MANY) else ("symbol", value.key)
    if isinstance(value, Scalar) and value.data is not None and not isinstance(value.data, bool):
        return str(value.data)
    return None


def subjects_of(credential: FederatedCredential) -> Iterator[Subject]:
    """The accounts that a credential may be for; none where it is surely for something else."""
    for option in alternatives(credential.subject):
        fields = _fields(option)
        if fields is None and (text_of(credential.issuer) or "").startswith(OTHER_ISSUERS):
            continue
        if fields is None:
            yield Subject(None, None)
        elif len(fields) == 4 and tuple(fields[:2]) == _SUBJECT:
            yield Subject(_written(fields[2]), _written(fields[3]))
        elif fields[0] == _SUBJECT[0]:
            yield from _meant(fields[1:])


def _written(field: Token | None) -> Token | None:
    """A name, ``None`` for a pattern: it stands for no account, but somebody meant it to."""
    return None if isinstance(field, str) and "*" in field else field


def _meant(fields: Iterable[Token | None]) -> Iterator[Subject]:
    """The accounts that a malformed subject may have been meant for: any that it mentions."""
    for field in fields:
        for name in _MENTIONS.split(field) if isinstance(field, str) else ():
            yield Subject(None, name)


def _fields(subject: Value) -> list[Token | None] | None:
    """The texts between the colons of a subject; ``None`` where their number is not known."""
    if isinstance(subject, Scalar):
        return list(str(subject.data).split(":"))
    if not isinstance(subject, PartialText):
        return None
    fields: list[list[Token | None]] = [[]]
    for part in subject.parts:
        text = text_of(part)
        if text is None:
            fields[-1].append(token(part))
            continue
        first, *others = text.split(":")
        fields[-1].append(first)
        fields.extend([other] for other in others)
    joined = [_joined([piece for piece in field if piece != ""]) for field in fields]
    begins_known = isinstance(joined[0], str)
    if begins_known and joined[0] != _SUBJECT[0] and len(joined) > 1:
        return ["other"]
    if len(joined) == 4 and tuple(joined[:2]) == _SUBJECT:
        return joined
    return None


def _joined(pieces: list[Token | None]) -> Token | None:
    if any(piece is None for piece in pieces):
        return None
    if len(pieces) == 1:
        return pieces[0]
    if all(isinstance(piece, str) for piece in pieces):
        return "".join(str(piece) for piece in pieces)
    return ("parts", *pieces)


class Candidates:
    """Accounts by namespace and by name, to find the one that a subject nearly names."""

    def __init__(self) -> None:
        self._by_name: dict[str, list[tuple[str, ServiceAccount]]] = {}
        self._by_namespace: dict[str, dict[str, ServiceAccount]] = {}
        self._folded: dict[tuple[str, str], ServiceAccount] = {}

    def add(self, namespace: str, name: str, account: ServiceAccount, *, meant: bool) -> None:
        """Add one; only those that are ``meant`` for workload identity match by a typing error."""
        self._folded.setdefault((fold(namespace), fold(name)), account)
        if meant:
            self._by_name.setdefault(name, []).append((namespace, account))
            self._by_namespace.setdefault(namespace, {}).setdefault(name, account)

    def nearest(self, namespace: str, name: str, deployment: Deployment) -> ServiceAccount | None:
        """The account that a subject most likely means, though it does not name it.

        It differs in case, in a few letters of one of the two names, in their order, or in
        the namespace where the subject has ``default``.
        """
        for possible in self._possible(namespace, name):
            if possible is not None and deployment.sees(possible.deployment):
                return possible
        return None

    def _possible(self, namespace: str, name: str) -> Iterator[ServiceAccount | None]:
        yield self._folded.get((fold(namespace), fold(name)))
        yield self._folded.get((fold(name), fold(namespace)))
        same_name = dict(self._by_name.get(name, ()))
        nearest = near_miss(namespace, _strangers(namespace, same_name))
        if nearest is not None:
            yield same_name[nearest]
        neighbours = self._by_namespace.get(namespace, {})
        nearest = near_miss(name, _strangers(name, neighbours))
        if nearest is not None:
            yield neighbours[nearest]
        if namespace == "default" and len(same_name) == 1:
            yield next(iter(same_name.values()))


def _strangers(name: str, candidates: Collection[str]) -> Iterator[str]:
    """The candidates that are not siblings of a name, none where there are too many to guess."""
    if len(candidates) > MAX_CANDIDATES:
        return iter(())
    return (candidate for candidate in candidates if not are_siblings(name, candidate))


def are_siblings(left: str, right: str) -> bool:
    """Whether two names differ only in numbers, single letters or words for environments."""
    if _DIGITS.sub("0", left) == _DIGITS.sub("0", right):
        return True
    ours, theirs = _SEGMENTS.split(left), _SEGMENTS.split(right)
    if len(ours) != len(theirs):
        return False
    return all(
        one == other or len(one) == len(other) == 1 or (one in _ENVIRONMENTS and other in _ENVIRONMENTS)
        for one, other in zip(ours, theirs, strict=True)
    )
