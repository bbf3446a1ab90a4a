"""Bicep files and their parameter files, with exact spans.

The reader never raises. A mistake costs the statement it is in: the reader notes the first
token that does not fit and goes on at the next line that begins a statement.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from kvlint.source import Source, Span
from kvlint.syntax.bicep_expression import DECLARATION_KEYWORDS, BicepError, ExpressionReader
from kvlint.syntax.bicep_lexer import EOF, IDENT, LEFT, MULTILINE, NEWLINE, NUMBER, STRING, Tokens, tokens_of
from kvlint.syntax.bicep_tree import (
    Assert,
    BicepFile,
    BicepTest,
    Declaration,
    Extends,
    Extension,
    ExtensionConfig,
    Function,
    FunctionParameter,
    Import,
    ImportedSymbol,
    Metadata,
    Module,
    Name,
    Output,
    Param,
    ParamAssignment,
    Resource,
    TargetScope,
    TypeAlias,
    TypeExpr,
    Using,
    Var,
)
from kvlint.syntax.body import SyntaxProblem
from kvlint.syntax.expr import Call, Expr, Literal, Loop, Object, Reference
from kvlint.syntax.limits import MAX_DEPTH, height

_OPENERS = frozenset(("(", "[", "{"))
_CLOSERS = {")": "(", "]": "[", "}": "{"}
_STRINGS = frozenset((STRING, MULTILINE, LEFT))
_LINE_ENDS = frozenset((NEWLINE, EOF))
_BEHIND_KEYWORD = frozenset((IDENT, STRING, LEFT))
_SECURE_TYPES = frozenset(("securestring", "secureobject"))
_RESOURCE_LEVELS = 3
#: The fields that all statements have; the end of the statement is set last.
_Head = tuple[Source, int, int, list[Call]]
_Node = TypeVar("_Node", bound=Expr | None)


def read_bicep(source: Source) -> BicepFile:
    """Read a whole file; what cannot be read becomes :attr:`BicepFile.problems`.

    A path that ends with ``.bicepparam`` is that of a parameter file.
    """
    tokens = tokens_of(source)
    statements = _PARAMETER_FILE if source.path.lower().endswith(".bicepparam") else _TEMPLATE_FILE
    reader = _StatementReader(source, tokens, statements)
    declarations = reader.file()
    return BicepFile(source, declarations, reader.problems, tokens.comments)


class _StatementReader(ExpressionReader):
    """The reader of statements and types."""

    __slots__ = ("begin", "literals", "names", "nested", "nested_depth", "secure", "statements")

    def __init__(self, source: Source, tokens: Tokens, statements: _Statements) -> None:
        super().__init__(source, tokens)
        self.statements = statements
        #: The token where the statement begins that is being read, or its first decorator
        #: as long as those are being read.
        self.begin = 0
        #: The resources in the body of the resource that is being read, and the depth of
        #: that body: only there may they stand.
        self.nested: list[Resource] = []
        self.nested_depth = -1
        #: Of the type that is being read.
        self.literals: list[Literal] = []
        self.names: list[str] = []
        self.secure = False

    def file(self) -> list[Declaration]:
        """All statements."""
        kinds = self.kinds
        declarations: list[Declaration] = []
        while True:
            if kinds[self.at] == NEWLINE:
                self.at += 1
            if kinds[self.at] == EOF:
                return declarations
            first = self.at
            try:
                declarations.append(self.statement())
            except BicepError as error:
                self.depth, self.nested_depth = 0, -1
                self.go_on()
                lost = Span(self.source, self.starts[first], self.starts[self.at])
                span = Span(self.source, error.start, error.end)
                self.problems.append(SyntaxProblem(span, str(error), lost, error.refused))

    # Recovery

    def go_on(self) -> None:
        """Go to the next statement. A wrong decorator costs the statement it belongs to."""
        decorator = self.kinds[self.begin] == "@"
        self.skip(self.begin)
        if decorator:
            while self.kinds[self.at] == "@":
                self.skip(self.at)
            if self.kinds[self.at] != EOF:
                self.skip(self.at)

    def skip(self, begin: int) -> None:
        """Go to the next line behind a token that begins a statement or its decorators.

        Inside brackets, which may only look open, that must be a line without indentation
        that can be nothing else.
        """
        kinds = self.kinds
        opened: list[str] = []
        decorators = -1
        at = begin
        while kinds[at] != EOF:
            kind = kinds[at]
            at += 1
            if kind in _OPENERS:
                opened.append(kind)
            elif kind in _CLOSERS:
                _close(opened, kind)
            elif kind == NEWLINE:
                outermost = self.in_first_column(at)
                if kinds[at] == "@":
                    if not opened:
                        break
                    if outermost and decorators < 0:
                        decorators = at
                elif not opened and self.is_keyword(at):
                    break
                elif outermost and self.begins_statement(at):
                    if decorators >= 0:
                        at = decorators
                    break
                elif outermost and kinds[at] not in _CLOSERS:
                    decorators = -1
        self.at = at

    def in_first_column(self, at: int) -> bool:
        """Whether nothing stands before a token in its line."""
        start = self.starts[at]
        return start == 0 or self.text[start - 1] in "\r\n"

    def is_keyword(self, at: int) -> bool:
        """Whether a token is a word that begins statements."""
        return self.kinds[at] == IDENT and self.word_at(at) in DECLARATION_KEYWORDS

    def begins_statement(self, at: int) -> bool:
        """Whether a statement begins at a token, which can be no key or value."""
        if not self.is_keyword(at):
            return False
        following = self.kinds[at + 1]
        if following in _BEHIND_KEYWORD:
            return True
        word = self.word_at(at)
        return following == "=" if word == "targetScope" else word == "import" and following in ("{", "*")

    def word_at(self, at: int) -> str:
        """The text of a token."""
        return self.text[self.starts[at] : self.ends[at]]

    # Statements

    def statement(self) -> Declaration:
        """A statement with its decorators, up to the end of its line."""
        self.begin = self.at
        decorators = self.decorators()
        at = self.begin = self.at
        keyword = self.word_at(at) if self.kinds[at] == IDENT else ""
        read = self.statements.get(keyword)
        if read is None:
            raise self.no_statement(keyword)
        self.at += 1
        start = self.starts[at]
        declaration = read(self, (self.source, start, start, decorators))
        declaration.end = self.ends[self.at - 1]
        if self.kinds[self.at] not in _LINE_ENDS:
            raise self.unexpected("the end of the line")
        return declaration

    def no_statement(self, keyword: str) -> BicepError:
        """What is wrong where no statement begins."""
        if keyword in DECLARATION_KEYWORDS:
            kind = "parameter file" if self.statements is _PARAMETER_FILE else "template"
            return self.error(f'"{keyword}" is no statement of a {kind}')
        return self.unexpected("a statement such as param, var, resource, module or output")

    def decorators(self) -> list[Call]:
        """``@name(arguments)``, each on lines of its own."""
        decorators: list[Call] = []
        while self.kinds[self.at] == "@":
            self.at += 1
            start = self.starts[self.at]
            name = self.word('the name of a decorator behind "@"')
            while self.kinds[self.at] == ".":
                self.at += 1
                part = self.word('a name behind "."')
                name = part if name == "sys" else f"{name}.{part}"
            if self.kinds[self.at] != "(":
                raise self.unexpected('"(" behind the name of the decorator')
            arguments = self.arguments(")", self.whole_expression)
            decorators.append(Call(self.source, start, self.ends[self.at - 1], name, arguments))
            self.expect(NEWLINE, "the end of the line behind the decorator")
        return decorators

    def name(self, wanted: str) -> Name:
        """The name that is declared."""
        start = self.starts[self.at]
        return Name(self.source, start, self.word(wanted))

    def value(self) -> Expr:
        """``= expression``."""
        self.expect("=", '"="')
        return self.whole_expression()

    def whole_expression(self) -> Expr:
        """An expression that is no part of another."""
        return self.whole(self.expression)

    def whole_string(self, wanted: str) -> Expr:
        """A string that is no part of another expression."""
        return self.whole(lambda: self.string(wanted))

    def whole(self, read: Callable[[], _Node]) -> _Node:
        """Read something that is no part of another expression."""
        begin = self.at
        value = read()
        if self.at - begin > MAX_DEPTH and value is not None and height(value) > MAX_DEPTH:
            raise self.too_deep(begin)
        return value

    def target_scope(self, head: _Head) -> Declaration:
        """``targetScope = value``."""
        return TargetScope(*head, self.value())

    def metadata(self, head: _Head) -> Declaration:
        """``metadata name = value``."""
        return Metadata(*head, self.name("the name of the metadata"), self.value())

    def param(self, head: _Head) -> Declaration:
        """``param name type = default``."""
        name = self.name("the name of the parameter")
        type_ = self.type("the type of the parameter")
        default = self.value() if self.kinds[self.at] == "=" else None
        return Param(*head, name, type_, default)

    def param_assignment(self, head: _Head) -> Declaration:
        """``param name = value``."""
        return ParamAssignment(*head, self.name("the name of the parameter"), self.value())

    def var(self, head: _Head) -> Declaration:
        """``var name = value`` and ``var name type = value``."""
        name = self.name("the name of the variable")
        type_ = (
            None
            if self.kinds[self.at] in ("=", NEWLINE, EOF)
            else self.type('"=" or the type of the variable')
        )
        return Var(*head, name, type_, self.value())

    def output(self, head: _Head) -> Declaration:
        """``output name type = value``."""
        name = self.name("the name of the output")
        type_ = self.type("the type of the output", optional_resource=True)
        return Output(*head, name, type_, self.value())

    def type_alias(self, head: _Head) -> Declaration:
        """``type name = type``."""
        name = self.name("the name of the type")
        self.expect("=", '"="')
        return TypeAlias(*head, name, self.type("a type"))

    def assertion(self, head: _Head) -> Declaration:
        """``assert name = condition``."""
        return Assert(*head, self.name("the name of the assertion"), self.value())

    def function(self, head: _Head) -> Declaration:
        """``func name(parameters) type => body``."""
        name = self.name("the name of the function")
        self.expect("(", '"(" behind the name of the function')
        parameters: list[FunctionParameter] = []
        self.newline()
        while self.kinds[self.at] != ")":
            parameter = self.name("the name of a parameter")
            parameters.append(FunctionParameter(parameter, self.type("the type of the parameter")))
            self.newline()
            if self.kinds[self.at] != ")":
                self.expect(",", '"," or ")" behind the parameter')
                self.newline()
        self.at += 1
        returns = self.type("the type that the function returns")
        self.expect("=>", '"=>" before the body of the function')
        return Function(*head, name, parameters, returns, self.whole(self.lambda_body))

    def resource(self, head: _Head) -> Resource:
        """``resource name 'type@version' = body``."""
        name = self.name("the name of the resource")
        type_ = self.whole_string("the type of the resource")
        existing = self.next_is("existing")
        self.at += existing
        outer, outer_depth = self.nested, self.nested_depth
        resources: list[Resource] = []
        self.nested = resources
        condition, value = self.deployment(self.resource_body)
        self.nested, self.nested_depth = outer, outer_depth
        return Resource(*head, name, type_, existing, condition, value, resources)

    def resource_body(self) -> Object:
        """A body in which resources may stand."""
        self.nested_depth = self.depth + 1
        return self.object()

    def nested_statement(self) -> bool:
        """Read a resource in the body of a resource."""
        at = self.at
        if self.in_first_column(at) and self.begins_statement(at):
            raise self.error('expected "}" before the next statement')
        if self.depth != self.nested_depth or (
            self.kinds[at] != "@" and not (self.next_is("resource") and self.kinds[at + 1] == IDENT)
        ):
            return False
        self.nested.append(self.nested_resource())
        return True

    def nested_resource(self) -> Resource:
        """A resource in the body of another, with its decorators."""
        self.deeper(_RESOURCE_LEVELS)
        decorators = self.decorators()
        if not self.next_is("resource"):
            raise self.unexpected("a resource behind the decorator")
        start = self.starts[self.at]
        self.at += 1
        resource = self.resource((self.source, start, start, decorators))
        resource.end = self.ends[self.at - 1]
        self.depth -= _RESOURCE_LEVELS
        return resource

    def module(self, head: _Head) -> Declaration:
        """``module name 'path' = body``."""
        name = self.name("the name of the module")
        path = self.whole_string("the path of the module")
        return Module(*head, name, path, *self.deployment(self.object))

    def deployment(self, body: Callable[[], Object]) -> tuple[Expr | None, Object | Loop]:
        """``= body``, ``= if (condition) body`` or ``= [for …]``: the condition, and the rest."""
        kinds = self.kinds
        self.expect("=", '"="')
        if kinds[self.at] == NEWLINE and self.word_at(self.at + 1) == "if":
            self.at += 1
        if kinds[self.at] != "[":
            condition = self.whole(self.condition)
            if kinds[self.at] != "{":
                raise self.unexpected('"{" of the body' if condition else '"{", "[for" or "if"')
            return condition, self.whole(body)
        first = self.at
        self.at += 1
        self.newline()
        if not self.next_is("for"):
            raise self.unexpected('"for"')
        return None, self.whole(lambda: self.loop(first, body, filtered=True))

    def test(self, head: _Head) -> Declaration:
        """``test name 'path' = { … }``."""
        name = self.name("the name of the test")
        path = self.whole_string("the path of the test")
        self.expect("=", '"="')
        return BicepTest(*head, name, path, self.whole(self.object))

    def import_(self, head: _Head) -> Declaration:
        """``import {a, b as c} from 'path'``, ``import * as x from 'path'`` or an extension."""
        kinds = self.kinds
        if kinds[self.at] in _STRINGS:
            return self.extension(head)
        symbols: list[ImportedSymbol] = []
        namespace: Name | None = None
        if kinds[self.at] == "*":
            self.at += 1
            namespace = self.alias()
            if namespace is None:
                raise self.unexpected('"as"')
        else:
            self.expect("{", '"{" or "*" behind "import"')
            self.newline()
            while kinds[self.at] != "}":
                symbols.append(self.imported_symbol())
                self.separator("}", "import")
            self.at += 1
        if not self.next_is("from"):
            raise self.unexpected('"from"')
        self.at += 1
        return Import(*head, self.whole_string("the path of the file"), symbols, namespace)

    def imported_symbol(self) -> ImportedSymbol:
        """``name``, ``name as alias`` or ``'name' as alias``."""
        at = self.at
        span = Span(self.source, self.starts[at], self.ends[at])
        if self.kinds[at] == STRING:
            text = self.string("a name")
            name = text.value if isinstance(text, Literal) else None
            if not self.next_is("as"):
                raise self.unexpected('"as" and a name for this symbol')
        else:
            name = self.word("the name of what to import")
        return ImportedSymbol(span, str(name), self.alias())

    def alias(self) -> Name | None:
        """``as name``, if it stands here."""
        if not self.next_is("as"):
            return None
        self.at += 1
        return self.name('a name behind "as"')

    def extension(self, head: _Head) -> Declaration:
        """``extension name with { … } as alias``."""
        at = self.at
        specification: Expr
        if self.kinds[at] == IDENT:
            specification = Reference(self.source, self.starts[at], self.ends[at], self.word("a name"))
        else:
            specification = self.whole_string("the name of the extension")
        return Extension(*head, specification, self.config(), self.alias())

    def config(self) -> Object | None:
        """``with { … }``, if it stands here."""
        if not self.next_is("with"):
            return None
        self.at += 1
        return self.whole(self.object)

    def extension_config(self, head: _Head) -> Declaration:
        """``extensionConfig name with { … }``."""
        name = self.name("the name of the extension")
        config = self.config()
        if config is None:
            raise self.unexpected('"with"')
        return ExtensionConfig(*head, name, config)

    def using(self, head: _Head) -> Declaration:
        """``using 'path'`` and ``using none``."""
        path: Expr | None = None
        if self.next_is("none"):
            self.at += 1
        else:
            path = self.whole_string('the path of a template or "none"')
        return Using(*head, path, self.config())

    def extends(self, head: _Head) -> Declaration:
        """``extends 'path'``."""
        return Extends(*head, self.whole_string("the path of a parameter file"))

    # Types

    def type(self, wanted: str, *, optional_resource: bool = False) -> TypeExpr:
        """A type."""
        kinds = self.kinds
        first = self.at
        self.literals, self.names, self.secure = [], [], False
        name: str | None = None
        if self.next_is("resource") and kinds[first + 1] != "<":
            self.at += 1
            if not optional_resource or kinds[self.at] in _STRINGS:
                self.type_string()
        else:
            if kinds[first] in (NEWLINE, EOF, "=") and kinds[first + 1] != "|":
                raise self.unexpected(wanted)
            self.union()
        count = self.at - first
        nullable = kinds[self.at - 1] == "?"
        if kinds[first] == IDENT and count - nullable == 1:
            name = self.word_at(first)
        elif count - nullable == 3 and kinds[first + 2] == IDENT and self.names:
            name = self.names[0]
        start, end = self.starts[first], self.ends[self.at - 1]
        return TypeExpr(self.source, start, end, name, nullable, self.literals, self.secure, self.names)

    def union(self) -> None:
        """One type, or several with ``|`` between them, which may begin the lines."""
        self.deeper(2)
        self.bar()
        self.member_type()
        while self.bar():
            self.member_type()
        self.depth -= 2

    def bar(self) -> bool:
        """Step over a ``|``; whether there was one."""
        kinds = self.kinds
        at = self.at
        if kinds[at] == NEWLINE:
            at += 1
        if kinds[at] != "|":
            return False
        self.at = at + 1
        return True

    def member_type(self) -> None:
        """A type with its sign, accesses, brackets and marks."""
        kinds = self.kinds
        if kinds[self.at] in ("-", "!"):
            self.at += 1
        base = self.at
        self.base_type()
        while True:
            kind = kinds[self.at]
            if kind == "[":
                self.at += 1
                if kinds[self.at] == "*":
                    self.at += 1
                elif kinds[self.at] != "]":
                    self.expression()
                self.expect("]", '"]"')
            elif kind == ".":
                self.at += 1
                if kinds[self.at] == "*":
                    self.at += 1
                else:
                    self.word('a name behind "."')
                    if kinds[base] == IDENT and self.at == base + 3:
                        self.names[-1] += f".{self.word_at(base + 2)}"
                    self.type_arguments()
            else:
                break
        while kinds[self.at] in ("?", "!"):
            self.at += 1

    def base_type(self) -> None:
        """A name, a literal, or a type in brackets."""
        kind = self.kinds[self.at]
        if kind == IDENT:
            name = self.word_at(self.at)
            self.names.append(name)
            if name.lower() in _SECURE_TYPES:
                self.secure = True
            self.at += 1
            self.type_arguments()
        elif kind in _STRINGS:
            self.type_string()
        elif kind == NUMBER:
            self.number()
        elif kind == "(":
            self.at += 1
            self.union()
            self.expect(")", '")"')
        elif kind == "{":
            self.elements("}", "type", self.property_type)
        elif kind == "[":
            self.elements("]", "type", self.union)
        else:
            raise self.unexpected("a type")

    def type_string(self) -> None:
        """A string in a type."""
        string = self.string("the type of a resource")
        if isinstance(string, Literal):
            self.literals.append(string)

    def type_arguments(self) -> None:
        """``<type, …>``, if it stands here."""
        if self.kinds[self.at] == "<":
            self.arguments(">", self.union)

    def elements(self, closer: str, where: str, read: Callable[[], None]) -> None:
        """The members of an object or tuple type, each with its decorators."""
        self.at += 1
        self.newline()
        while self.kinds[self.at] != closer:
            if self.kinds[self.at] == "@":
                self.secure |= any(call.name == "secure" for call in self.decorators())
            read()
            self.separator(closer, where)
        self.at += 1

    def property_type(self) -> None:
        """``name: type`` or ``*: type``."""
        if self.kinds[self.at] in (IDENT, "*"):
            if self.in_first_column(self.at) and self.begins_statement(self.at):
                raise self.error('expected "}" before the next statement')
            self.at += 1
        else:
            self.string("the name of a property")
        self.expect(":", '":" behind the name of the property')
        self.union()


def _close(opened: list[str], closer: str) -> None:
    """Take what a bracket closes from the open ones; a brace closes what is open inside it too."""
    if closer == "}":
        while opened and opened[-1] != "{":
            opened.pop()
    if opened and opened[-1] == _CLOSERS[closer]:
        opened.pop()


_Statements = dict[str, Callable[[_StatementReader, _Head], Declaration]]
_COMMON_STATEMENTS: _Statements = {
    "extension": _StatementReader.extension,
    "import": _StatementReader.import_,
    "type": _StatementReader.type_alias,
    "var": _StatementReader.var,
}
_TEMPLATE_FILE: _Statements = _COMMON_STATEMENTS | {
    "assert": _StatementReader.assertion,
    "func": _StatementReader.function,
    "metadata": _StatementReader.metadata,
    "module": _StatementReader.module,
    "output": _StatementReader.output,
    "param": _StatementReader.param,
    "provider": _StatementReader.extension,
    "resource": _StatementReader.resource,
    "targetScope": _StatementReader.target_scope,
    "test": _StatementReader.test,
}
_PARAMETER_FILE: _Statements = _COMMON_STATEMENTS | {
    "extends": _StatementReader.extends,
    "extensionConfig": _StatementReader.extension_config,
    "param": _StatementReader.param_assignment,
    "using": _StatementReader.using,
}
