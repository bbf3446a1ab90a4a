"""The keys of a Container App YAML, and those that the platform drops without a word.

``az containerapp … --yaml`` ignores what it does not know. Only keys that surely were meant
to say something are found: those that belong elsewhere, other tools' words for a known
key, and near misses. Everything else may be a newer version's.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from kvlint.evaluate.values import ListValue, MapValue, Value
from kvlint.graph.entities import IgnoredKey
from kvlint.graph.names import near_miss


@dataclass(slots=True, frozen=True)
class Section:
    """The keys of one kind of object; ``sections`` those that hold objects or lists of them.

    ``words`` are keys that do not belong here, with what to write instead.
    """

    keys: frozenset[str] = frozenset()
    sections: Mapping[str, Section] = field(default_factory=dict)
    words: Mapping[str, str] = field(default_factory=dict)

    def known(self) -> frozenset[str]:
        """All keys that belong here."""
        return self.keys | self.sections.keys()


def _keys(text: str) -> frozenset[str]:
    return frozenset(text.split())


_ENV = Section(
    _keys("name value secretRef"),
    words={
        "secretName": "it is called `secretRef` here",
        "secret": "it is called `secretRef` here",
        "valueFrom": "that is Kubernetes syntax; here it is `secretRef: NAME`",
        "secretKeyRef": "that is Kubernetes syntax; here it is `secretRef: NAME`",
        "keyVaultUrl": "it belongs to a secret in `configuration.secrets`",
    },
)
_SECRET = Section(
    _keys("name value keyVaultUrl identity"),
    words={
        "keyVaultSecretId": "it is called `keyVaultUrl` here",
        "keyVaultSecretUrl": "it is called `keyVaultUrl` here",
        "keyVaultReference": "it is called `keyVaultUrl` here",
        "keyVaultRef": "it is called `keyVaultUrl` here",
        "identityRef": "it is called `identity` here",
    },
)
_AUTH = Section(
    _keys("secretRef triggerParameter"),
    words={
        "secretName": "it is called `secretRef` here",
        "parameter": "it is called `triggerParameter` here",
    },
)
_RULE_BODY = Section(
    _keys("type metadata identity accountName queueName queueLength"),
    {"auth": _AUTH},
    {"authentication": "it is called `auth` here"},
)
_APP_RULE = Section(
    _keys("name"),
    {"azureQueue": _RULE_BODY, "custom": _RULE_BODY, "http": _RULE_BODY, "tcp": _RULE_BODY},
    {
        "auth": "it belongs inside the rule's `custom`, `http`, `tcp` or `azureQueue`",
        "type": "it belongs inside the rule's `custom`",
        "metadata": "it belongs inside the rule's `custom`, `http` or `tcp`",
    },
)
_JOB_RULE = Section(
    _keys("name type metadata identity"),
    {"auth": _AUTH},
    {"custom": "the rules of a job hold `type`, `metadata` and `auth` directly"},
)
_SCALE_KEYS = _keys("minReplicas maxReplicas cooldownPeriod pollingInterval minExecutions maxExecutions")
_CONTAINER = Section(
    _keys("name image imageType command args probes resources volumeMounts"),
    {"env": _ENV},
    {
        "environmentVariables": "it is called `env` here",
        "environment": "it is called `env` here",
        "envVars": "it is called `env` here",
        "secrets": "they belong in `configuration.secrets`",
        "volumes": "they belong in `template.volumes`",
        "scale": "it belongs in `template.scale`",
    },
)
_VOLUME = Section(
    _keys("name storageType storageName mountOptions"),
    {"secrets": Section(_keys("secretRef path"))},
    {"secretName": "the secrets of a volume are listed as `secrets: [{ secretRef: NAME }]`"},
)
_REGISTRY = Section(
    _keys("server username passwordSecretRef identity"),
    words={
        "password": "a password goes into a secret that `passwordSecretRef` names",
        "passwordSecret": "it is called `passwordSecretRef` here",
        "passwordSecretName": "it is called `passwordSecretRef` here",
    },
)

#: Where the sections belong that people put one level too high or too low.
_HOMES = {
    "secrets": "they belong in `configuration.secrets`",
    "registries": "they belong in `configuration.registries`",
    "ingress": "it belongs in `configuration.ingress`",
    "dapr": "it belongs in `configuration.dapr`",
    "identity": "it belongs at the root of the document",
    "activeRevisionsMode": "it belongs in `configuration.activeRevisionsMode`",
    "eventTriggerConfig": "it belongs in `configuration.eventTriggerConfig`",
    "containers": "they belong in `template.containers`",
    "initContainers": "they belong in `template.initContainers`",
    "volumes": "they belong in `template.volumes`",
    "scale": "it belongs in `template.scale`",
    "revisionSuffix": "it belongs in `template.revisionSuffix`",
    "env": "it belongs in a container of `template.containers`",
    "environmentVariables": "variables belong in the `env` of a container of `template.containers`",
    "envVars": "variables belong in the `env` of a container of `template.containers`",
    "volumeMounts": "they belong in a container of `template.containers`",
}

#: A job scales by its event trigger, and has no revisions and no ingress.
_JOB_HOMES = {
    key: words
    for key, words in _HOMES.items()
    if key not in ("ingress", "revisionSuffix", "activeRevisionsMode")
} | {"scale": "it belongs in `configuration.eventTriggerConfig.scale`"}

_APP_CONFIGURATION = Section(
    _keys(
        "identitySettings activeRevisionsMode targetLabel dapr ingress maxInactiveRevisions"
        " revisionTransitionThreshold runtime service"
    ),
    {"secrets": _SECRET, "registries": _REGISTRY},
    _HOMES,
)
_JOB_CONFIGURATION = Section(
    _keys(
        "identitySettings triggerType replicaTimeout replicaRetryLimit manualTriggerConfig"
        " scheduleTriggerConfig dapr"
    ),
    {
        "secrets": _SECRET,
        "registries": _REGISTRY,
        "eventTriggerConfig": Section(
            _keys("parallelism replicaCompletionCount"),
            {"scale": Section(_SCALE_KEYS, {"rules": _JOB_RULE})},
        ),
    },
    _JOB_HOMES,
)
_CONTAINERS = {"containers": _CONTAINER, "initContainers": _CONTAINER, "volumes": _VOLUME}
_APP_TEMPLATE = Section(
    _keys("serviceBinds terminationGracePeriodSeconds revisionSuffix"),
    {**_CONTAINERS, "scale": Section(_SCALE_KEYS, {"rules": _APP_RULE})},
    _HOMES,
)
_JOB_TEMPLATE = Section(_keys("terminationGracePeriodSeconds"), _CONTAINERS, _JOB_HOMES)

#: The sections that are lists of objects.
_LISTS = _keys("auth containers env initContainers metadata registries rules secrets volumes")
_READ_ONLY = _keys(
    "provisioningState runningStatus latestRevisionName latestReadyRevisionName latestRevisionFqdn"
    " customDomainVerificationId outboundIpAddresses outboundIPAddresses eventStreamEndpoint"
    " deploymentErrors patchingMode delegatedIdentities"
)
_PROPERTIES = _READ_ONLY | _keys("environmentId managedEnvironmentId workloadProfileName")
_DOCUMENT = _keys(
    "id name type kind location resourceGroup subscription tags identity extendedLocation managedBy api-version"
    " systemData apiVersion etag sku plan zones dependsOn"
)


def _document(configuration: Section, template: Section, homes: Mapping[str, str]) -> Section:
    inner = {"configuration": configuration, "template": template}
    properties = Section(_PROPERTIES, inner, homes)
    return Section(_DOCUMENT | _PROPERTIES, {**inner, "properties": properties}, homes)


APP_DOCUMENT = _document(_APP_CONFIGURATION, _APP_TEMPLATE, _HOMES)
JOB_DOCUMENT = _document(_JOB_CONFIGURATION, _JOB_TEMPLATE, _JOB_HOMES)
DAPR_DOCUMENT = Section(
    _keys("componentType version ignoreErrors initTimeout scopes secretStoreComponent name"),
    {
        "secrets": _SECRET,
        "metadata": Section(
            _keys("name value secretRef"),
            words={"secretKeyRef": "that is Dapr's own syntax; here it is `secretRef: NAME`"},
        ),
    },
)


def ignored_keys(config: MapValue, section: Section) -> Iterator[IgnoredKey]:
    """The keys of a document, and of the objects in it, that say nothing where they stand.

    A key whose value an alias uses somewhere else is no mistake: it only holds the anchor.
    """
    uses: Counter[int] = Counter()
    stack: list[Value] = [config]
    while stack:
        value = stack.pop()
        uses[id(value)] += 1
        if uses[id(value)] == 1:
            stack.extend(_parts(value))
    yield from _ignored(config, section, uses)


def _ignored(config: MapValue, section: Section, uses: Counter[int]) -> Iterator[IgnoredKey]:
    known = section.known()
    for key, value in config.entries.items():
        span = config.keys.get(key) or config.span
        below = section.sections.get(key)
        if below is not None:
            listed = isinstance(value, ListValue)
            for entry in value.items if isinstance(value, ListValue) else (value,):
                if isinstance(entry, MapValue) and listed is (key in _LISTS):
                    yield from _ignored(entry, below, uses)
        elif key not in known and span is not None:
            ignored = _explained(IgnoredKey(span, key), section, known)
            if ignored is not None and not (_parts(value) and uses[id(value)] > 1):
                yield ignored


def _parts(value: Value) -> tuple[Value, ...]:
    match value:
        case ListValue(items=items):
            return items
        case MapValue(entries=entries):
            return tuple(entries.values())
    return ()


def _explained(ignored: IgnoredKey, section: Section, known: frozenset[str]) -> IgnoredKey | None:
    """The same with where the key belongs or what it should be called, ``None`` where nobody can say."""
    if ignored.key in section.words:
        ignored.home = section.words[ignored.key]
        return ignored
    near = near_miss(ignored.key, known)
    if near is not None:
        ignored.meant = near
        return ignored
    near = near_miss(ignored.key, section.words)
    if near is None:
        return None
    ignored.home = section.words[near]
    return ignored
