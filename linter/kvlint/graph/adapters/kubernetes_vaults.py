"""What Kubernetes objects name in a vault: classes of the CSI driver, and external secrets."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

from kvlint.evaluate.resources import Deployment, EvaluatedResource
from kvlint.evaluate.values import (
    ListValue,
    MapValue,
    PartialText,
    Scalar,
    Unknown,
    Value,
    known_text,
    text_of,
)
from kvlint.graph.adapters.nested_yaml import documents_in
from kvlint.graph.adapters.reading import Adapter, argument_span, attribute, entries, given, origin, single
from kvlint.graph.entities import (
    ObjectReference,
    Reader,
    StoreName,
    VaultObject,
    VaultObjectKind,
    VaultRead,
)
from kvlint.graph.facts import Facts, StoreUse
from kvlint.source import Span

#: What the CSI driver and External Secrets call the kinds of objects; case counts.
_KINDS: Mapping[str, VaultObjectKind] = {
    "secret": VaultObjectKind.SECRET,
    "key": VaultObjectKind.KEY,
    "cert": VaultObjectKind.CERTIFICATE,
}


def add_class_objects(
    resource: EvaluatedResource, parameters: MapValue, read: VaultRead, facts: Facts
) -> None:
    """The objects of a ``SecretProviderClass``: a list, written as YAML in a text."""
    listed = attribute(parameters, "objects")
    if listed is None:
        return
    kinds: set[VaultObjectKind | None] = set()
    for item in _objects(listed, resource.span):
        if item is None:
            kinds.add(None)
            continue
        kind = _KINDS.get(text_of(attribute(item, "objectType")) or "")
        kinds.add(kind)
        name = given(item, "objectName")
        if kind is not None and name is not None:
            made = _reference(resource, item, "objectName", "objectVersion", Reader.SECRET_PROVIDER_CLASS)
            made.kind, made.name, made.vault = kind, name, read.vault
            facts.object_references.append(made)
    read.objects = _all_known(kinds)


def _all_known(kinds: Collection[VaultObjectKind | None]) -> frozenset[VaultObjectKind]:
    """The kinds, none where one of them is not known."""
    return frozenset(kind for kind in kinds if kind is not None) if None not in kinds else frozenset()


def _objects(listed: Value, place: Span) -> Iterator[MapValue | None]:
    """The items below ``array``, of which each is YAML in a text again; ``None`` for what is not known."""
    arrays = [
        attribute(one, "array") if isinstance(one, MapValue) else None for one in documents_in(listed, place)
    ]
    if not any(isinstance(items, ListValue) for items in arrays):
        yield None
    for items in arrays:
        if not isinstance(items, ListValue):
            continue
        if items.rest is not None:
            yield None
        for item in items.items:
            inner = list(documents_in(item, place)) if isinstance(item, Scalar | PartialText) else [item]
            yield from (one if isinstance(one, MapValue) else None for one in inner)
            if not inner:
                yield None


def external_secret(resource: EvaluatedResource, facts: Facts) -> None:
    """``ExternalSecret``: the keys that it reads from a store."""
    _add_external(resource, single(resource.config, "spec"), facts)


def cluster_external_secret(resource: EvaluatedResource, facts: Facts) -> None:
    """``ClusterExternalSecret``: an external secret for several namespaces."""
    _add_external(resource, single(single(resource.config, "spec"), "externalSecretSpec"), facts)


def _add_external(resource: EvaluatedResource, spec: MapValue | None, facts: Facts) -> None:
    own = _store_name(single(spec, "secretStoreRef"), resource)
    for key, part in (("data", "remoteRef"), ("dataFrom", "extract")):
        listed = entries(spec, key)
        if listed.open is not None and own is not None:
            facts.store_uses.append(StoreUse(own, resource.deployment, None))
        for entry in listed:
            store = _store_name(single(single(entry, "sourceRef"), "storeRef"), resource) or own
            remote = single(entry, part)
            name = given(remote, "key") if remote is not None else None
            if store is not None and single(single(entry, "sourceRef"), "generatorRef") is None:
                facts.store_uses.append(StoreUse(store, resource.deployment, _kind_used(name, entry)))
            if remote is None or name is None:
                continue
            made = _reference(resource, remote, "key", "version", Reader.SECRET_STORE)
            made.kind, made.name = _object_of(name)
            made.store = store
            facts.object_references.append(made)


def _kind_used(key: Value | None, entry: MapValue) -> VaultObjectKind | None:
    """The kind of object that an entry reads; what it only searches for are secrets."""
    if key is None:
        return VaultObjectKind.SECRET if single(entry, "find") is not None else None
    text = known_text(key.parts[0] if isinstance(key, PartialText) else key)
    if text is None:
        return None
    prefix, slash, _ = text.partition("/")
    if slash:
        return _KINDS.get(prefix, VaultObjectKind.SECRET)
    may_go_on = isinstance(key, PartialText) and any(one.startswith(text) for one in _KINDS)
    return None if may_go_on else VaultObjectKind.SECRET


def _object_of(key: Value) -> tuple[VaultObjectKind, Value]:
    """The kind and the name that a key means: ``NAME``, or ``cert/NAME``."""
    prefix, slash, rest = (text_of(key) or "").partition("/")
    if slash and prefix in _KINDS:
        return _KINDS[prefix], Scalar(rest, span=key.span, steps=key.steps)
    return VaultObjectKind.SECRET, key


def _store_name(reference: MapValue | None, resource: EvaluatedResource) -> StoreName | None:
    """The store that something in the namespace of a resource names, ``None`` where that is not known."""
    name = text_of(attribute(reference, "name")) if reference is not None else None
    if reference is None or name is None:
        return None
    kind = text_of(attribute(reference, "kind")) or "SecretStore"
    metadata = single(resource.config, "metadata") or MapValue({})
    namespace = text_of(attribute(metadata, "namespace")) if kind == "SecretStore" else None
    return StoreName(kind, name, namespace)


def own_name(resource: EvaluatedResource) -> StoreName | None:
    """What others call a store; ``None`` where its name is not known."""
    metadata = single(resource.config, "metadata") or MapValue({})
    kind = Scalar(resource.type.rpartition("/")[2])
    return _store_name(MapValue({**metadata.entries, "kind": kind}), resource)


def pushed_secret(resource: EvaluatedResource, facts: Facts) -> None:
    """``PushSecret``: it puts secrets of the cluster into a vault."""
    for number, entry in enumerate(entries(single(resource.config, "spec"), "data")):
        remote = single(single(entry, "match"), "remoteRef")
        name = attribute(remote, "remoteKey") if remote is not None else None
        unknown = Unknown("an operator of the cluster makes it", span=resource.span)
        made = VaultObject(
            **origin(resource),
            kind=VaultObjectKind.SECRET,
            name=name or unknown,
            vault=unknown,
            expires=unknown,
        )
        made.address += f".data[{number}]"
        facts.vault_objects.append(made)


def complete(facts: Facts) -> None:
    """Fill in the vaults of the stores that external secrets name, and what is read through them."""
    stores = [read for read in facts.vault_reads if read.store is not None]
    for reference in facts.object_references:
        if reference.store is not None:
            found = _stores(stores, reference.store, reference.deployment)
            if found:
                reference.vault = found[0].vault
    kinds: dict[int, set[VaultObjectKind | None]] = {}
    for use in facts.store_uses:
        found = _stores(stores, use.store, use.deployment)
        kind = use.kind
        if found and found[0].deployment == use.deployment:
            found = found[:1]
        elif len(found) > 1 and kind is not VaultObjectKind.SECRET:
            kind = None  # nobody knows through which of them
        for read in found:
            kinds.setdefault(id(read), set()).add(kind)
    for read in stores:
        if id(read) in kinds:
            read.objects = _all_known(kinds[id(read)])


def _stores(stores: Iterable[VaultRead], name: StoreName, deployment: Deployment) -> list[VaultRead]:
    """The stores that a name may mean, those of the same deployment first."""
    found = [read for read in stores if read.store == name and deployment.sees(read.deployment)]
    return sorted(found, key=lambda read: read.deployment != deployment)


def _reference(
    resource: EvaluatedResource, config: MapValue, name: str, version: str, reader: Reader
) -> ObjectReference:
    """A reference by what an entry says under two keys, its vault still to be told."""
    written = given(config, version)
    made = ObjectReference(
        **origin(resource),
        vault=Unknown("the store is not in the analysed set", span=resource.span),
        name=given(config, name),
        version=written,
        owner=resource.address,
        reader=reader,
    )
    made.span = argument_span(config, name, resource.span)
    if written is not None:
        made.version_span = argument_span(config, version, made.span)
    return made


KUBERNETES_ADAPTERS: Mapping[str, Adapter] = {
    "ExternalSecret": external_secret,
    "ClusterExternalSecret": cluster_external_secret,
    "PushSecret": pushed_secret,
}
