"""YAML with exact spans: Kubernetes, Container Apps, Helm templates, pipelines.

Scalars get the types that Kubernetes gives them. Template actions and placeholders become
holes in the place where they stand, and documents behind a broken one are read too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

from kvlint.source import Source, Span
from kvlint.syntax.body import Comment, SyntaxProblem
from kvlint.syntax.expr import Expr
from kvlint.syntax.placeholders import mask
from kvlint.syntax.yaml_tree import RefusedError, TreeBuilder

#: libyaml's scanner, or PyYAML's own, twenty times slower, where that was not built.
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_DOCUMENT = re.compile(r"^---(?=[ \t\r\n]|\Z)", re.MULTILINE)
_UNREADABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_COMMENT = re.compile(r"(?:^|(?<=[ \t\r]))#[^\r\n]*", re.MULTILINE)

#: Nothing behind this many problems is read: every new start costs as much as the rest is long.
_MAX_PROBLEMS = 100

#: libyaml's words for what it did not find, and ours.
_PROBLEMS = {
    "could not find expected ':'": 'this key has no value separator ":"',
    "found unexpected document indicator": "unclosed quote, it begins here",
    "did not find expected ',' or ']'": 'expected "," or "]"',
    "did not find expected ',' or '}'": 'expected "," or "}"',
    "did not find expected key": "expected a key at the indentation of the keys before it",
    "did not find expected '-' indicator": 'expected "-" at the indentation of the items before it',
    "mapping values are not allowed in this context": 'a value separator ":" is not expected here',
    "mapping keys are not allowed in this context": "a key is not expected here",
    "block sequence entries are not allowed in this context": 'a list item "-" is not expected here',
    "did not find expected node content": "expected a value",
    "did not find expected alphabetic or numeric character": "this anchor or alias has no name",
    "found undefined tag handle": "the prefix of this tag is not declared",
    "found unknown escape character": "unknown escape in a double-quoted value",
    "did not find expected hexdecimal number": "this escape needs hexadecimal digits",
    "found invalid Unicode character escape code": "this escape is no Unicode character",
    "did not find expected <document start>": 'expected the end of the document, or "---" for the next one',
    "did not find expected comment or line break": "expected the end of the line",
    "found incompatible YAML document": "this version of YAML is not known",
    "found a tab character where an indentation space is expected": "found a tab where indentation is expected",
    "found a tab character that violates indentation": "found a tab where indentation is expected",
}
#: These have their offence where libyaml's context began, not where it noticed.
_AT_CONTEXT = frozenset({"could not find expected ':'", "found unexpected document indicator"})


@dataclass(slots=True, eq=False)
class YamlFile:
    """What a YAML text holds.

    ``documents`` are the ones with content, in order. ``templated`` tells that the file has
    template actions, so that what it writes is not all in the tree: an item of an object
    whose key is a :class:`~kvlint.syntax.expr.Hole`, or a hole among the items of an array,
    stands for any number of unknown ones.
    """

    source: Source
    documents: list[Expr] = field(default_factory=list)
    problems: list[SyntaxProblem] = field(default_factory=list)
    comments: list[Comment] = field(default_factory=list)
    templated: bool = False


def read_yaml(source: Source) -> YamlFile:
    """Read all documents of a YAML text; never raises.

    A document that is no YAML is missing from the result, with one problem that says why;
    the documents around it are there.
    """
    return _Reader(source).read()


class _Reader:
    def __init__(self, source: Source) -> None:
        self.source = source
        self.file = YamlFile(source)
        self.masked = mask(self._readable(source.text))
        self.text = self.masked.text
        self.file.templated = bool(self.masked.actions)
        self.tree = TreeBuilder(source, self.masked, self._report)

    def read(self) -> YamlFile:
        text, tree = self.text, self.tree
        base = len(text) - len(text.lstrip("\ufeff"))
        while True:
            loader = _Loader(text[base:])
            try:
                tree.read(loader, base)
                break
            except RefusedError as refusal:
                start, message, refused = refusal.start, refusal.message, True
            except yaml.YAMLError as error:
                start, message, refused = *self._explain(error, base), False
            finally:
                loader.dispose()
            following = _DOCUMENT.search(text, max(base + 1, tree.reached))
            if len(self.file.problems) >= _MAX_PROBLEMS:
                following = None
            end = following.start() if following else len(text)
            lost = Span(self.source, min(tree.document_start, end), end)
            self._report(start, message, lost, refused=refused)
            if following is None:
                break
            base = end
        self.file.documents = tree.documents
        self.file.comments = list(self._comments())
        return self.file

    def _readable(self, text: str) -> str:
        """The text with every character that libyaml refuses replaced by another one."""
        found = _UNREADABLE.search(text)
        if found is None:
            return text
        self._report(found.start(), "this character is not allowed in YAML")
        return _UNREADABLE.sub("\ufffd", text)

    def _report(self, start: int, message: str, lost: Span | None = None, *, refused: bool = False) -> None:
        span = Span(self.source, start, min(start + 1, len(self.source.text)))
        self.file.problems.append(SyntaxProblem(span, message, lost, refused))

    def _explain(self, error: yaml.YAMLError, base: int) -> tuple[int, str]:
        """Where the first offence is and what it is, in plain words."""
        context: str = getattr(error, "context", None) or ""
        problem: str = getattr(error, "problem", None) or ""
        mark = getattr(error, "problem_mark", None)
        context_mark = getattr(error, "context_mark", None)
        place = self.tree.reached if mark is None else base + mark.index
        begin = place if context_mark is None else base + context_mark.index
        at_end = not self.text[place:].strip() or _DOCUMENT.match(self.text, place) is not None
        if "quoted scalar" in context and "unexpected" in problem:
            return begin, "unclosed quote, it begins here"
        if "flow" in context and at_end and self.text[begin : begin + 1] in ("[", "{"):
            return begin, f'unclosed "{self.text[begin]}", it begins here'
        if "cannot start any token" in problem:
            return place, self._bad_start(place)
        message = _PROBLEMS.get(problem, "this is not YAML")
        return (begin if problem in _AT_CONTEXT else place), message

    def _bad_start(self, place: int) -> str:
        character = self.text[place : place + 1]
        if character == "\t":
            return "found a tab where indentation is expected"
        return f'a value without quotes cannot begin with "{character}"'

    def _comments(self) -> Iterator[Comment]:
        """The comments: ``#`` behind a blank or at the start of a line, outside of scalars."""
        if "#" not in self.text:
            return
        position, end_of_text = 0, len(self.text)
        for first, last in [*sorted(self.tree.quoted), (end_of_text, end_of_text)]:
            for found in _COMMENT.finditer(self.text, position, first) if position < first else ():
                start, end = found.span()
                yield Comment(Span(self.source, start, end), self.source.text[start + 1 : end].strip())
            position = max(position, last)
