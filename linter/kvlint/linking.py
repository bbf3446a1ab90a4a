"""From trees to facts: evaluate every deployment and hand its resources to the adapters."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from pathlib import Path

from kvlint.checkouts import Checkouts
from kvlint.declarations import Declaration
from kvlint.deployments import TerraformDeployment, TerraformLibrary, terraform_deployments
from kvlint.discover import DiscoveredFile
from kvlint.evaluate.documents import document_value, kind_of, kind_of_broken, resources_of
from kvlint.evaluate.resources import Deployment, EvaluatedResource, Language, MissingCall
from kvlint.evaluate.terraform.configuration import is_local
from kvlint.evaluate.terraform.variables import from_object
from kvlint.evaluate.values import MapValue, Value
from kvlint.graph.adapters import (
    arm_parts,
    code,
    identity,
    kubernetes,
    literals,
    possible_grants,
    tables,
    vault_urls,
)
from kvlint.graph.adapters.arm_literals import TemplateSecrets
from kvlint.graph.adapters.arm_sinks import has_sinks
from kvlint.graph.adapters.arm_vault_secrets import add_taken_secrets
from kvlint.graph.adapters.code_links import add_links
from kvlint.graph.adapters.container_app_yaml import document_type
from kvlint.graph.adapters.external import add_declarations
from kvlint.graph.adapters.scripts import add_script, variable_settings
from kvlint.graph.adapters.terraform_plan import add_plan, add_resources
from kvlint.graph.facts import Facts, MissingModule
from kvlint.kinds import FileKind
from kvlint.parsing import Parsed, judge_yaml
from kvlint.plans import PlacedPlans, place_plans
from kvlint.setfiles import SetFiles
from kvlint.source import Span
from kvlint.syntax.yaml import YamlFile
from kvlint.templates import TemplateLibrary, is_remote, named_template, template_set

#: Kinds of YAML files whose faults are kvlint's business.
_OURS = frozenset({FileKind.KUBERNETES, FileKind.CONTAINER_APP, FileKind.KUSTOMIZE})


def link(
    parsed: Parsed,
    root: Path | Checkouts,
    module_cache: Path | None = None,
    external: Iterable[Declaration] = (),
) -> tuple[Facts, list[Deployment]]:
    """The facts of the whole set, and the deployments that it has.

    ``root`` is the folder of the set, or the checkouts that it is made of; ``module_cache`` the
    folder in which ``bicep restore`` keeps modules of registries; ``external`` what is declared
    to live elsewhere.
    """
    facts = Facts()
    checkouts = Checkouts(root) if isinstance(root, Path) else root
    terraform = _terraform(parsed, checkouts, facts)
    sensitive = {name for one in terraform.deployments for name in literals.sensitive_variables(one.module)}
    deployments = [one.deployment for one in terraform.deployments]
    deployments += [one.deployment for one in terraform.alone]
    deployments += _templates(parsed, TemplateLibrary(parsed, checkouts, module_cache), facts)
    deployments += _documents(parsed, sensitive, checkouts, facts)
    for source in parsed.scripts:
        add_script(source, facts)
        literals.add_settings(variable_settings(source), sensitive, facts)
    arm_parts.complete(facts)
    code.complete(facts, SetFiles(checkouts))
    add_declarations(external, facts)
    vault_urls.add_reads(facts)
    kubernetes.complete(facts)
    possible_grants.unread_templates(parsed.bicep, facts)
    facts.parse_problems = parsed.problems
    return facts, deployments


def _terraform(parsed: Parsed, checkouts: Checkouts, facts: Facts) -> PlacedPlans:
    library = TerraformLibrary(parsed, checkouts)
    inputs = [from_object(file.source, file.body.expression("inputs")) for file in parsed.terragrunt]
    variable_files = [*parsed.variable_files, *inputs]
    names = literals.names_of_literals(variable_files)
    found = place_plans(parsed, terraform_deployments(parsed, library, tables.UNDERSTOOD_CALLS), library)
    for deployment in found.deployments:
        _one_terraform(deployment, library, names, facts)
    for values in found.alone:
        add_plan(values, facts)
    literals.add_variable_files(variable_files, facts)
    return found


def _one_terraform(
    deployment: TerraformDeployment, library: TerraformLibrary, names: Mapping[Span, str], facts: Facts
) -> None:
    resources, missing = deployment.resources(_wanted)
    for resource in resources:
        evaluated = resource.evaluated()
        for adapter in tables.TERRAFORM.get(evaluated.type, ()):
            adapter(evaluated, facts)
        literals.add_sinks(evaluated, names, facts)
    for planned in deployment.root.run.planned_calls:
        add_resources(list(planned.resources()), planned.values, facts)
    for file in deployment.files[:1]:  # they may tell who deploys
        identity.add_deployer(deployment.deployment, Span(file.source, 0, 0), facts)
    for block in deployment.forgotten():
        possible_grants.forgotten(block, deployment.deployment, facts)
    for block in deployment.root.run.additions:
        possible_grants.addition(block, deployment.deployment, facts)
    for call in missing:
        _add_missing(call, deployment.deployment, remote=not is_local(call.source), facts=facts)


def _add_missing(call: MissingCall, deployment: Deployment, *, remote: bool, facts: Facts) -> None:
    facts.missing_modules.append(
        MissingModule(call.span, call.name, call.source, call.reason, deployment.language, remote)
    )
    possible_grants.missing_module(call, deployment, facts)


def _wanted(resource_type: str) -> bool:
    return resource_type in tables.TERRAFORM or literals.has_sinks(resource_type)


def _templates(parsed: Parsed, library: TemplateLibrary, facts: Facts) -> list[Deployment]:
    """Every entry template of Bicep and ARM JSON, with each of its parameter files."""
    found = template_set(parsed, library)
    secrets = TemplateSecrets(facts)
    for deployment in found.deployments:
        instance = deployment.instance(library, tables.UNDERSTOOD_MODULES)
        resources = [resource.evaluated() for resource in instance.resources(_is_read)]
        for resource in resources:
            for adapter in tables.ARM.get(resource.type.casefold(), ()):
                adapter(resource, facts)
        identity.add_deployer(deployment.deployment, Span(deployment.template.source, 0, 0), facts)
        secrets.add_deployment(instance, deployment.parameters, resources)
        add_taken_secrets(instance, facts)
        for call in instance.run.missing:
            _add_missing(call, deployment.deployment, remote=is_remote(call.source), facts=facts)
    for file in found.orphans:
        secrets.add_orphan(file)
        named = named_template(file)
        if named is not None:
            reason = "there is no such file in the analysed set"
            facts.missing_modules.append(
                MissingModule(named.span, "using", str(named.value), reason, Language.BICEP)
            )
    return [one.deployment for one in found.deployments]


def _is_read(resource_type: str) -> bool:
    # An extension may have the type of what it extends before its own.
    own = resource_type.casefold().rpartition("/providers/")[2]
    return own in tables.ARM or has_sinks(resource_type)


def _documents(
    parsed: Parsed, sensitive: Container[str], checkouts: Checkouts, facts: Facts
) -> list[Deployment]:
    """Every YAML file by what its documents are."""
    values: dict[str, list[Value]] = {}
    found: list[Deployment] = []
    for file, tree in parsed.documents:
        documents = [document_value(document) for document in tree.documents]
        kinds = {kind_of(document) for document in documents} - {FileKind.OTHER}
        if tree.problems and not kinds:
            kinds = {kind_of_broken(tree.source.text)}
        kind = file.kind_hint or (min(kinds, key=lambda one: one.name) if kinds else FileKind.OTHER)
        if not checkouts.is_context(file.shown):
            parsed.kinds[kind] += 1
        judge_yaml(parsed, tree, ours=_is_ours(file, tree, kinds))
        values[tree.source.path] = documents
        add_script(tree.source, facts)
        add_links(tree.source.path, documents, facts)
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
    TemplateSecrets(facts).add_document(resource)
    return deployment
