"""Functions that load files when a template is compiled, and ask the machine that does it."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping

from kvlint.evaluate.access import attribute, element
from kvlint.evaluate.documents import document_value
from kvlint.evaluate.functions.arguments import Arguments, NotKnown, Wrong, arity, never, special
from kvlint.evaluate.functions.arm.common import text
from kvlint.evaluate.operators import MAX_TEXT
from kvlint.evaluate.scope import Dialect, Function, FunctionCall, HasSources
from kvlint.evaluate.values import Scalar, Unknown, Value
from kvlint.source import Source, Span
from kvlint.syntax.json import read_json
from kvlint.syntax.yaml import read_yaml

_STEP = re.compile(
    r"\.?(?P<name>[A-Za-z_][\w-]*)|\[(?P<number>\d{1,9})\]|\[(?P<quote>['\"])(?P<key>[^'\"]*)(?P=quote)\]"
)


def _source(path: str, call: FunctionCall) -> Source:
    """The file at a path that is relative to the template."""
    files = call.scope.files
    found = files.source(path) if isinstance(files, HasSources) else None
    if found is None:
        written = files.read(path)
        if written is None:
            raise NotKnown(f"the file {path} is not in the set")
        found = Source(path, written)
    if len(found.text) > MAX_TEXT:
        raise NotKnown("the file is too large")
    return found


def _text_content(arguments: Arguments, call: FunctionCall) -> Value:
    arity(arguments, 1, 2)
    source = _source(text(arguments[0]), call)
    whole = Scalar(source.text, span=Span(source, 0, len(source.text)))
    return Scalar(source.text, span=call.span, sources=(whole,))


def _base64(arguments: Arguments, call: FunctionCall) -> Value:
    arity(arguments, 1)
    source = _source(text(arguments[0]), call)
    whole = Scalar(source.text, span=Span(source, 0, len(source.text)))
    encoded = base64.b64encode(source.text.encode("utf-8", "replace")).decode()
    return Scalar(encoded, span=call.span, sources=(whole,))


def _json_content(arguments: Arguments, call: FunctionCall) -> Value:
    arity(arguments, 1, 3)
    found = read_json(_source(text(arguments[0]), call))
    if found.problems or found.root is None:
        raise NotKnown("the file cannot be read as JSON")
    return _at(document_value(found.root), arguments, call)


def _yaml_content(arguments: Arguments, call: FunctionCall) -> Value:
    arity(arguments, 1, 3)
    found = read_yaml(_source(text(arguments[0]), call))
    if found.problems or len(found.documents) != 1:
        raise NotKnown("the file cannot be read as one document of YAML")
    return _at(document_value(found.documents[0]), arguments, call)


def _at(value: Value, arguments: Arguments, call: FunctionCall) -> Value:
    """The part of a file that a path leads to."""
    path = text(arguments[1]) if len(arguments) > 1 else ""
    place = 1 if path.startswith("$") else 0
    while place < len(path):
        step = _STEP.match(path, place)
        if step is None:
            raise NotKnown("this way to a part of a file is not followed")
        place = step.end()
        if step["number"] is not None:
            value = element(value, Scalar(int(step["number"])), call.span, Dialect.ARM)
        else:
            value = attribute(value, step["name"] or step["key"] or "", call.span, Dialect.ARM)
    return value


def _environment_variable(arguments: Arguments, call: FunctionCall) -> Value:
    arity(arguments, 1, 2)
    name = text(arguments[0])
    return Unknown(
        f"the environment variable {name} is read at deployment", span=call.span, sources=arguments[1:]
    )


def _external(arguments: Arguments, call: FunctionCall) -> Value:
    if not arguments:
        raise Wrong("the number of arguments is wrong")
    raise NotKnown("a tool gives this value at deployment")


#: Relative to the template that calls them, so that equal arguments do not mean the same file.
FILES: Mapping[str, Function] = {
    "loaddirectoryfileinfo": never("the files of a folder are not listed"),
    "loadfileasbase64": special(_base64),
    "loadjsoncontent": special(_json_content),
    "loadtextcontent": special(_text_content),
    "loadyamlcontent": special(_yaml_content),
}

OUTSIDE: Mapping[str, Function] = {
    "externalinput": special(_external),
    "readcliarg": special(_external),
    "readenvvar": special(_environment_variable),
    "readenvironmentvariable": special(_environment_variable),
}
