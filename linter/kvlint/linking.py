"""From trees to facts: evaluate every deployment and hand its resources to the adapters."""

from __future__ import annotations

from collections.abc import Container, Mapping
from pathlib import Path

from kvlint.deployments import TerraformDeployment, TerraformLibrary, terraform_deployments
from kvlint.discover import DiscoveredFile
from kvlint.evaluate.documents import document_value, kind_of, kind_of_broken, resources_of
from kvlint.evaluate.resources import Deployment, EvaluatedResource, Language
from kvlint.evaluate.values import MapValue, Value
from kvlint.graph.adapters import bicep_mentions, kubernetes, literals, possible_grants, tables, vault_urls
from kvlint.graph.adapters.container_app_yaml import document_type
from kvlint.graph.adapters.scripts import add_script, variable_settings
from kvlint.graph.facts import Facts, MissingModule
from kvlint.kinds import FileKind
from kvlint.parsing import Parsed, judge_yaml
from kvlint.source import Span
from kvlint.syntax.yaml import YamlFile

#: Kinds of YAML files whose faults are kvlint's business.
_OURS = frozenset({FileKind.KUBERNETES, FileKind.CONTAINER_APP, FileKind.KUSTOMIZE})


def link(parsed: Parsed, root: Path) -> tuple[Facts, list[Deployment]]:
    """The facts of the whole set, and the deployments that it has."""
    facts = Facts()
    terraform = _terraform(parsed, root, facts)
    sensitive = {name for one in terraform for name in literals.sensitive_variables(one.module)}
    deployments = [one.deployment for one in terraform]
    deployments += _documents(parsed, sensitive, facts)
    for source in parsed.scripts:
        add_script(source, facts)
        literals.add_settings(variable_settings(source), sensitive, facts)
    kubernetes.complete(facts)
    vault_urls.add_reads(facts)
    bicep_mentions.add_files(parsed.bicep, facts)
    facts.parse_problems = parsed.problems
    return facts, deployments


def _terraform(parsed: Parsed, root: Path, facts: Facts) -> list[TerraformDeployment]:
    library = TerraformLibrary(parsed, root)
    names = literals.names_of_literals(parsed.variable_files)
    found: list[TerraformDeployment] = []
    for deployment in terraform_deployments(parsed, library):
        found.append(deployment)
        _one_terraform(deployment, library, names, facts)
    literals.add_variable_files(parsed.variable_files, facts)
    return found


def _one_terraform(
    deployment: TerraformDeployment, library: TerraformLibrary, names: Mapping[Span, str], facts: Facts
) -> None:
    resources, missing = deployment.resources(library, _wanted)
    for resource in resources:
        evaluated = resource.evaluated()
        for adapter in tables.TERRAFORM.get(evaluated.type, ()):
            adapter(evaluated, facts)
        literals.add_sinks(evaluated, names, facts)
    for call in missing:
        facts.missing_modules.append(MissingModule(call.span, call.name, call.source, call.reason))
        possible_grants.missing_module(call, deployment.deployment, facts)


def _wanted(resource_type: str) -> bool:
    return resource_type in tables.TERRAFORM or literals.has_sinks(resource_type)


def _documents(parsed: Parsed, sensitive: Container[str], facts: Facts) -> list[Deployment]:
    """Every YAML file by what its documents are."""
    values: dict[str, list[Value]] = {}
    found: list[Deployment] = []
    for file, tree in parsed.documents:
        documents = [document_value(document) for document in tree.documents]
        kinds = {kind_of(document) for document in documents} - {FileKind.OTHER}
        if tree.problems and not kinds:
            kinds = {kind_of_broken(tree.source.text)}
        kind = file.kind_hint or (min(kinds, key=lambda one: one.name) if kinds else FileKind.OTHER)
        parsed.kinds[kind] += 1
        judge_yaml(parsed, tree, ours=_is_ours(file, tree, kinds))
        values[tree.source.path] = documents
        add_script(tree.source, facts)
        literals.add_settings(variable_settings(tree.source, documents), sensitive, facts)
        found.extend(
            _container_app(document, tree.source.path, facts)
            for document in documents
            if isinstance(document, MapValue) and kind_of(document) is FileKind.CONTAINER_APP
        )
    for resource in resources_of(values):
        found.append(resource.deployment)
        adapter = tables.KUBERNETES.get(resource.type.rpartition("/")[2])
        if adapter is not None:
            adapter(resource, facts)
    return found


def _is_ours(file: DiscoveredFile, tree: YamlFile, kinds: set[FileKind]) -> bool:
    """Whether the faults of a YAML file are to be reported.

    What was named is. A template outside of a chart is for a tool that kvlint does not know.
    """
    if file.named or file.kind_hint is FileKind.KUSTOMIZE:
        return True
    return not kinds.isdisjoint(_OURS) and (not tree.templated or file.kind_hint is FileKind.HELM)


def _container_app(document: MapValue, path: str, facts: Facts) -> Deployment:
    deployment = Deployment(Language.CONTAINER_APP_YAML, path)
    span = document.span
    assert span is not None  # noqa: S101  # readers give every document a span
    header = Span(span.source, span.start, span.start)
    resource = EvaluatedResource(
        deployment=deployment,
        type=document_type(document),
        name="",
        address=f"{path}:{span.start}|{document_type(document)}",
        span=header,
        config=document,
        extent=span,
    )
    adapter = tables.CONTAINER_APP.get(resource.type)
    if adapter is not None:
        adapter(resource, facts)
    return deployment
