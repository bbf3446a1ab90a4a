"""Functions of files, paths and templates."""

from __future__ import annotations

import base64
import posixpath
from collections.abc import Mapping

from kvlint.evaluate.combine import each_way, sources_of
from kvlint.evaluate.functions.arguments import (
    NotKnown,
    Wrong,
    arity,
    made,
    mapping,
    never,
    plain,
    special,
    text,
)
from kvlint.evaluate.functions.encoding import HASHES
from kvlint.evaluate.functions.ids import in_full, parts_of
from kvlint.evaluate.operators import MAX_TEXT
from kvlint.evaluate.scope import Dialect, Files, Function, FunctionCall, NameScope, Namespace, Scope
from kvlint.evaluate.values import PartialText, Scalar, Symbol, Unknown, Value
from kvlint.source import Source
from kvlint.syntax.expr import GetAttribute, Index, Reference
from kvlint.syntax.hcl import read_template

_MAX_TEMPLATES = 8


class _TemplateScope:
    """What a template sees: its variables, and the functions but the one that reads templates."""

    def __init__(self, outer: Scope, depth: int) -> None:
        self._outer = outer
        self.depth = depth

    def lookup(self, name: str, node: Reference) -> Value | Namespace:
        """A name that is none of the template's variables: an error in Terraform."""
        return Unknown(f"the template has no variable {name!r}", failed=True, span=node.span)

    def function(self, name: str) -> Function | None:
        """The same functions as outside."""
        return self._outer.function(name)

    @property
    def dialect(self) -> Dialect:
        """Terraform's rules."""
        return Dialect.TERRAFORM

    @property
    def files(self) -> Files:
        """The same files as outside."""
        return self._outer.files


def _read(path: str, call: FunctionCall) -> str:
    found = call.scope.files.read(path)
    if found is None:
        raise NotKnown(f"the file {path} is not in the set")
    if len(found) > MAX_TEXT:
        raise NotKnown("the file is too large")
    return found


def _file(arguments: tuple[Value, ...], call: FunctionCall) -> Value:
    arity(arguments, 1)
    return Scalar(_read(text(arguments[0]), call), span=call.span)


def _fileexists(arguments: tuple[Value, ...], call: FunctionCall) -> Value:
    """Whether a file exists; one that is not in the set may still be there on deployment."""
    arity(arguments, 1)
    _read(text(arguments[0]), call)
    return Scalar(True, span=call.span)


def _filebase64(arguments: tuple[Value, ...], call: FunctionCall) -> Value:
    arity(arguments, 1)
    found = _read(text(arguments[0]), call)
    return Scalar(
        base64.b64encode(found.encode()).decode(), span=call.span, sources=(Scalar(found, span=call.span),)
    )


def _file_hash(name: str) -> Function:
    def compute(arguments: tuple[Value, ...], call: FunctionCall) -> Value:
        arity(arguments, 1)
        found = _read(text(arguments[0]), call)
        return Scalar(HASHES[name](found), span=call.span)

    return special(compute)


def _templatefile(arguments: tuple[Value, ...], call: FunctionCall) -> Value:
    arity(arguments, 2)
    path = text(arguments[0])
    return _rendered(Source(path, _read(path, call)), arguments[1], call)


def _templatestring(arguments: tuple[Value, ...], call: FunctionCall) -> Value:
    arity(arguments, 2)
    if not isinstance(call.node.arguments[0], Reference | GetAttribute | Index):
        raise Wrong("the template is not a reference")
    return _rendered(Source("templatestring", text(arguments[0])), arguments[1], call)


def _rendered(source: Source, variables: Value, call: FunctionCall) -> Value:
    names = mapping(variables)
    outer: object = call.scope
    while isinstance(outer, NameScope):
        outer = outer.outer
    depth = outer.depth + 1 if isinstance(outer, _TemplateScope) else 1
    if depth > _MAX_TEMPLATES:
        raise NotKnown("templates are nested too deeply")
    tree, problems = read_template(source, 0, len(source.text))
    if problems:
        raise NotKnown("the template cannot be read")
    scope = NameScope(_TemplateScope(call.scope, depth), names.entries)
    found = call.evaluate(tree, scope)
    if isinstance(found, Unknown) and found.failed and names.rest is not None:
        return Unknown(names.rest.reason, span=call.span, sources=sources_of((found, variables)))
    if isinstance(found, Unknown):
        return Unknown(found.reason, found.failed, span=call.span, sources=sources_of((found, variables)))
    return found


def _dirname(path: str) -> str:
    parent = path.rpartition("/")[0]
    if not parent and path.startswith("/"):
        return "/"
    return posixpath.normpath(parent) if parent else "."


def _basename(arguments: tuple[Value, ...], call: FunctionCall) -> Value:
    """The last segment of a path, or of a resource's id."""
    arity(arguments, 1)
    path = arguments[0]
    if isinstance(path, Symbol | PartialText):
        return each_way((in_full(path, call.span),), lambda one: parts_of(one, call)[-1], call.span)
    written = text(path)
    name = written.rstrip("/").rpartition("/")[2] or "/" if written else "."
    return made(name, arguments, call)


FILES: Mapping[str, Function] = {
    "abspath": never("it depends on the machine"),
    "basename": special(_basename),
    "dirname": plain(_dirname, text),
    "file": special(_file),
    "filebase64": special(_filebase64),
    "filebase64sha256": _file_hash("base64sha256"),
    "filebase64sha512": _file_hash("base64sha512"),
    "fileexists": special(_fileexists),
    "filemd5": _file_hash("md5"),
    "fileset": never("it depends on the files beside it"),
    "filesha1": _file_hash("sha1"),
    "filesha256": _file_hash("sha256"),
    "filesha512": _file_hash("sha512"),
    "pathexpand": never("it depends on the machine"),
    "templatefile": special(_templatefile),
    "templatestring": special(_templatestring),
}
