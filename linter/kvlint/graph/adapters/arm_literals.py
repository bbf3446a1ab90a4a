"""Literal secrets of Bicep and ARM templates, in them and in their parameter files.

A literal is a secret where it reaches a secret property or a secure parameter, through
variables, modules and functions, or by its name and shape where it is written.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from kvlint.evaluate.arm.instance import TemplateInstance
from kvlint.evaluate.arm.template import Parameter, ParameterFile, Template
from kvlint.evaluate.resources import Deployment, EvaluatedResource, Language
from kvlint.evaluate.values import Scalar
from kvlint.graph.adapters.arm_flows import Flows, is_remote
from kvlint.graph.adapters.arm_outputs import exposed_outputs
from kvlint.graph.adapters.arm_texts import Text, texts_of
from kvlint.graph.adapters.literal_texts import (
    fits_sink,
    is_naming,
    is_several_words,
    named_secret,
    shape_of,
    short_named_secret,
)
from kvlint.graph.adapters.recorded_literals import add_literal
from kvlint.graph.entities import LiteralOrigin
from kvlint.graph.facts import Facts
from kvlint.secrets import harmless_name
from kvlint.source import Span


class TemplateSecrets:
    """Finds the secrets of the templates of a run, deployment by deployment."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self._read: set[int] = set()
        self._names: dict[Span, str] = {}

    def add_deployment(
        self,
        entry: TemplateInstance,
        files: Sequence[ParameterFile],
        resources: Iterable[EvaluatedResource],
    ) -> None:
        """What one deployment shows: ``resources`` are all that it has, ``files`` its parameter files."""
        instances = list(instances_of(entry))
        for file in files:
            self._add_file(file, entry.template, entry.deployment)
        for instance in instances:
            if id(instance.template) not in self._read:
                self._read.add(id(instance.template))
                self._add_template(instance.template, entry.deployment)
        paths = {file.source.path for file in files}
        flows = Flows(entry.deployment, self._facts, instances, paths, self._names)
        for instance in instances[1:]:
            flows.add_inputs(instance)
        for resource in resources:
            flows.add_resource(resource)
        secure = flows.secure_parameters()
        for instance in instances:
            if not is_remote(instance.template):
                self._facts.exposed_outputs.extend(exposed_outputs(instance, secure))

    def add_document(self, resource: EvaluatedResource) -> None:
        """What a document shows that is deployed as it is."""
        Flows(resource.deployment, self._facts).add_resource(resource)

    def add_orphan(self, file: ParameterFile) -> None:
        """A parameters file that is for no template of the set: only names and shapes tell."""
        language = Language.ARM if file.is_json else Language.BICEP
        self._add_file(file, None, Deployment(language, file.source.path))

    def _add_file(self, file: ParameterFile, template: Template | None, deployment: Deployment) -> None:
        for given in file.values.values():
            declared = _declared(template, given.name) if template is not None else None
            for text in texts_of(given.value, given.name):
                self._names[text.span] = text.name
                shape = shape_of(text.text, text.name)
                secure = declared is not None and declared.secure and _is_secure_text(declared, text)
                if shape or secure or _is_named_secret(text):
                    add_literal(
                        self._facts,
                        _literal(text),
                        deployment,
                        LiteralOrigin.PARAMETERS_FILE,
                        variable=given.name,
                        shape=shape,
                        declared=secure,
                    )

    def _add_template(self, template: Template, deployment: Deployment) -> None:
        """What the defaults of its parameters and its variables show by themselves."""
        if is_remote(template):
            return
        for parameter in template.parameters.values():
            if parameter.default is not None:
                for text in texts_of(parameter.default, parameter.name):
                    secure = parameter.secure and _is_secure_text(parameter, text)
                    self._add_written(text, f'parameter "{parameter.name}"', deployment, declared=secure)
        for variable in template.variables.values():
            for text in texts_of(variable.value, variable.name):
                self._add_written(text, f'variable "{variable.name}"', deployment)

    def _add_written(self, text: Text, owner: str, deployment: Deployment, *, declared: bool = False) -> None:
        shape = shape_of(text.text, text.name)
        if shape or declared or _is_named_secret(text):
            add_literal(
                self._facts,
                _literal(text),
                deployment,
                LiteralOrigin.CONFIGURATION,
                variable=owner,
                shape=shape,
                declared=declared,
            )


def instances_of(entry: TemplateInstance) -> Iterator[TemplateInstance]:
    """The template and those of all its modules."""
    stack = [entry]
    while stack:
        instance = stack.pop()
        yield instance
        for name in reversed(instance.template.modules):
            made = instance.modules.instances(name)
            stack.extend(one for one in made if isinstance(one, TemplateInstance))


def _declared(template: Template, name: str) -> Parameter | None:
    return template.parameters.get(name) or template.parameters.get(name.lower())


def _is_secure_text(parameter: Parameter, text: Text) -> bool:
    """Whether a text that a secure parameter is given is a secret."""
    if not text.whole or not fits_sink(text.text) or is_several_words(text.text):
        return False
    if text.name == parameter.name and not harmless_name(parameter.name):
        return True
    return _is_named_secret(text) or short_named_secret(text.name, text.text)


def _is_named_secret(text: Text) -> bool:
    """Whether its name says secret, and the text is none of another one."""
    return text.whole and named_secret(text.name, text.text) and not is_naming(text.text)


def _literal(text: Text) -> Scalar:
    return Scalar(text.text, span=text.span)
