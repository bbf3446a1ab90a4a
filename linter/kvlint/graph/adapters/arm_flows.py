"""What flows into the secrets of a deployment: literals, and parameters that are not declared secure."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Mapping, Sequence
from typing import NamedTuple

from kvlint.evaluate.arm.instance import TemplateInstance
from kvlint.evaluate.arm.template import Parameter, Template
from kvlint.evaluate.resources import Deployment, EvaluatedResource
from kvlint.evaluate.values import (
    Choice,
    ListValue,
    MapValue,
    PartialText,
    Scalar,
    Step,
    Symbol,
    Unknown,
    Value,
    alternatives,
    following,
    text_of,
)
from kvlint.graph.adapters.arm_sinks import Sink, may_be_given, secret_of, sinks_of
from kvlint.graph.adapters.literal_texts import (
    could_be_secret,
    fits_sink,
    is_derived,
    is_description,
    is_fragment,
    is_naming,
    is_part,
    is_secret_part,
    is_several_words,
    named_or_random,
    named_secret,
    shape_of,
    short_named_secret,
)
from kvlint.graph.adapters.recorded_literals import add_literal
from kvlint.graph.entities import LiteralOrigin, UnmarkedParameter
from kvlint.graph.facts import Facts
from kvlint.secrets import harmless_name, secret_name
from kvlint.source import Span

_STEP = re.compile(r'(?:parameter|variable) "([^"]*)"\Z')
#: What stands before the reference to a module that is no file of the set.
_REMOTE = re.compile(r"(?:br|ts)[:/].*:")
#: A value is looked at up to so many parts.
_MAX_PARTS = 4096


class Flows:
    """Follows the values of one deployment into secret properties and secure parameters.

    ``instances`` are its templates, the entry first; ``files`` the paths of its parameter files,
    and ``names`` what the literals in them are called.
    """

    def __init__(
        self,
        deployment: Deployment,
        facts: Facts,
        instances: Sequence[TemplateInstance] = (),
        files: Container[str] = (),
        names: Mapping[Span, str] | None = None,
    ) -> None:
        self._deployment = deployment
        self._files = files
        self._names = names or {}
        self._facts = facts
        #: Parameters by the place of their declaration, those of the entry template, and those of
        #: modules that are no files of the set.
        self._parameters: dict[Span, Parameter] = {}
        self._entry: set[Span] = set()
        self._remote: set[Span] = set()
        self._marked: set[tuple[Span, str]] = set()
        for number, instance in enumerate(instances):
            for parameter in instance.template.parameters.values():
                self._parameters[parameter.span] = parameter
                if number == 0:
                    self._entry.add(parameter.span)
                if is_remote(instance.template):
                    self._remote.add(parameter.span)

    def secure_parameters(self) -> dict[Span, Parameter]:
        """The secure parameters by the place of their declaration."""
        return {span: one for span, one in self._parameters.items() if one.secure}

    def add_inputs(self, instance: TemplateInstance) -> None:
        """What a module's secure parameters are given."""
        for name, parameter in instance.template.parameters.items():
            if not parameter.secure:
                continue
            label = f"the secure parameter {parameter.name} of {instance.path}"
            for value, key in _texts_in(instance.parameter(name), parameter.name):
                if key == parameter.name or secret_name(key):
                    free = parameter.type != "string" or harmless_name(parameter.name)
                    self.add(Sink(value, label, parameter.span, free, key, is_parameter=True))

    def add_resource(self, resource: EvaluatedResource) -> None:
        """What the secret properties of a resource are given."""
        for sink in sinks_of(resource):
            self.add(sink)

    def add(self, sink: Sink) -> None:
        """What one secret value is made of."""
        for option in map(_unwrapped, alternatives(sink.value)):
            for leaf in _leaves(option):
                value = leaf.value
                if (
                    isinstance(value, Scalar)
                    and isinstance(value.data, str)
                    and not (value.sources or leaf.lost)
                ):
                    self._add_literal(value, value.data, leaf.own, option, sink)
                self._add_parameters(value, option, sink, whole=leaf.whole)

    # Literals

    def _add_literal(self, leaf: Scalar, text: str, own: Sequence[Step], option: Value, sink: Sink) -> None:
        if leaf.span is None or _REMOTE.match(leaf.span.path):
            return
        if not fits_sink(text) or is_description(text):
            return
        if (leaf.span, sink.label) in self._marked:
            return
        if not _is_secret(text, self._own_name(leaf.span, own), option, sink):
            return
        self._marked.add((leaf.span, sink.label))
        origin = LiteralOrigin.CONFIGURATION
        if leaf.span.path in self._files:
            origin = LiteralOrigin.PARAMETERS_FILE
        add_literal(
            self._facts,
            leaf,
            self._deployment,
            origin,
            variable=self._owner(leaf, origin),
            sink=sink.label,
            at=sink.span,
        )

    def _owner(self, leaf: Scalar, origin: LiteralOrigin) -> str:
        first = leaf.steps[0].label if leaf.steps else ""
        if origin is LiteralOrigin.PARAMETERS_FILE:
            return first.rpartition(", ")[2]
        return first if _STEP.match(first) else ""

    def _own_name(self, span: Span, steps: Sequence[Step]) -> str:
        """What a literal is called where it is written: its key, else the parameter or variable."""
        named = self._names.get(span)
        return named or next((name for name in map(_step_name, steps) if name), "")

    # Parameters that are not secure

    def _add_parameters(self, leaf: Value, option: Value, sink: Sink, *, whole: bool) -> None:
        chain = [
            (self._parameters[step.span], number)
            for number, step in enumerate(leaf.steps)
            if step.span in self._parameters
        ]
        if not chain or not self._may_be_secret(leaf, option, chain[0][0], sink, whole=whole):
            return
        for parameter, number in chain:
            mark = (parameter.span, sink.label)
            if (
                mark in self._marked
                or parameter.secure
                or parameter.span in self._remote
                or not _can_be_secure(parameter, leaf)
            ):
                continue
            self._marked.add(mark)
            self._facts.unmarked_parameters.append(
                UnmarkedParameter(
                    address=f"{parameter.span}",
                    display=parameter.name,
                    span=parameter.span,
                    deployment=self._deployment,
                    language=self._deployment.language,
                    kind=parameter.type,
                    sink=sink.label,
                    sink_span=sink.span,
                    steps=leaf.steps[number + 1 :],
                )
            )

    def _may_be_secret(
        self, leaf: Value, option: Value, first: Parameter, sink: Sink, *, whole: bool
    ) -> bool:
        """Whether what came through a parameter can be a secret in this deployment.

        ``first`` is the first parameter on its way, ``whole`` tells whether it is all of the
        value. Of a text that was made of several parts only what is secret by itself counts.
        """
        if isinstance(leaf, Symbol):
            return bool(secret_of(leaf))
        text = text_of(leaf)
        if not whole:
            if text is not None:
                return is_secret_part(text, option)
            return secret_name(first.name) or (first.secure and not harmless_name(first.name))
        if sink.free and harmless_name(sink.name):
            return False
        if isinstance(leaf, Unknown):
            if leaf.failed:
                return False
            read = any(isinstance(one, Symbol) and secret_of(one) for one in leaf.sources)
            return read or may_be_given(leaf) or secret_name(first.name)
        if text is None:
            return False
        if not text:
            return first.span in self._entry
        if is_several_words(text) and (sink.free or sink.is_parameter):
            return False
        return could_be_secret(text) or secret_name(first.name)


def _is_secret(text: str, own: str, option: Value, sink: Sink) -> bool:
    """Whether a literal in a value of a sink is a secret; ``own`` is its own name, ``option`` the value."""
    if not is_derived(option):
        if sink.free:
            if harmless_name(sink.name) or harmless_name(own):
                return bool(shape_of(text, own or sink.name))
            return not is_naming(text) and named_or_random(sink.name, text)
        names_something = text.isupper() or harmless_name(own) or sink.is_parameter
        return not (names_something and is_several_words(text))
    if not isinstance(option, Scalar | PartialText):
        return False
    if is_part(text, option) and is_secret_part(text, option):
        return True
    if is_naming(text) or is_fragment(text):
        return False
    return named_secret(own, text) or short_named_secret(own, text)


def _unwrapped(value: Value) -> Value:
    """What a text is that holds nothing but one other: ``'${access}'``."""
    parts = value.parts if isinstance(value, PartialText) else value.sources
    if len(parts) == 1 and (isinstance(value, PartialText) or text_of(value) == (text_of(parts[0]) or ())):
        return _unwrapped(following(parts[0], value))
    return value


class _Leaf(NamedTuple):
    """A part of a value: the steps that it took by itself, and how it is in the value.

    It is ``whole`` where it is all of it, and ``lost`` where it went into something unknown.
    """

    value: Value
    own: tuple[Step, ...]
    whole: bool
    lost: bool = False


def _leaves(value: Value) -> Iterator[_Leaf]:
    """What a value is, holds or was made of.

    What a text was made of has come the way of the text too, but is not called what that is.
    """
    if not isinstance(value, PartialText):
        yield _Leaf(value, value.steps, whole=True)
    unknown = isinstance(value, Unknown)
    stack = [(part, unknown) for part in _made_of(value)]
    limit = _MAX_PARTS
    while stack and limit:
        limit -= 1
        part, lost = stack.pop()
        below = _made_of(part)
        if not isinstance(part, PartialText | Choice | ListValue | MapValue):
            yield _Leaf(following(part, value), part.steps, whole=False, lost=lost)
        lost = lost or isinstance(part, Unknown)
        stack.extend((following(one, part), lost) for one in below)


def _made_of(value: Value) -> tuple[Value, ...]:
    match value:
        case PartialText(parts=parts) | Choice(options=parts) | ListValue(items=parts):
            return (*parts, *value.sources)
        case MapValue(entries=entries):
            return (*entries.values(), *value.sources)
    return value.sources


def _texts_in(value: Value, name: str) -> Iterator[tuple[Value, str]]:
    """The values in an object, or in the objects of a list, with the key each has; or the value itself."""
    stack = [(value, name)]
    while stack:
        current, key = stack.pop()
        if isinstance(current, MapValue):
            stack.extend((following(one, current), inner) for inner, one in current.entries.items())
        elif isinstance(current, ListValue) and current is value:
            stack.extend((following(one, current), key) for one in current.items)
        else:
            yield current, key


def _can_be_secure(parameter: Parameter, leaf: Value) -> bool:
    """Whether a parameter is of a type that can be secure, and is the secret or the place for some."""
    if parameter.type == "string":
        return secret_name(parameter.name) or not harmless_name(parameter.name)
    if parameter.type != "object":
        return False
    key = leaf.key if isinstance(leaf, Unknown) else None
    below = key[1] if isinstance(key, tuple) and len(key) == 2 else None
    return secret_name(parameter.name) or (isinstance(below, str) and secret_name(below))


def is_remote(template: Template) -> bool:
    """Whether a template is no file of the set, but a module out of the cache of a registry."""
    return bool(_REMOTE.match(template.source.path))


def _step_name(step: Step) -> str:
    found = _STEP.match(step.label)
    return found[1] if found else ""
