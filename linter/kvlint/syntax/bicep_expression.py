"""Expressions of Bicep, by recursive descent over tokens."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeVar

from kvlint.source import Source, Span
from kvlint.syntax.bicep_lexer import (
    BAD,
    EOF,
    IDENT,
    LEFT,
    MIDDLE,
    MULTILINE,
    NEWLINE,
    NUMBER,
    RIGHT,
    STRING,
    UNCLOSED_STRINGS,
    Tokens,
)
from kvlint.syntax.body import SyntaxProblem
from kvlint.syntax.expr import (
    Array,
    Binary,
    Call,
    Conditional,
    Expr,
    GetAttribute,
    Hole,
    Index,
    Lambda,
    Literal,
    Loop,
    MethodCall,
    NestedResource,
    Object,
    ObjectItem,
    Reference,
    Safe,
    ScalarData,
    Spread,
    Template,
    Unary,
)
from kvlint.syntax.limits import MAX_DEPTH

#: The words that begin a statement.
DECLARATION_KEYWORDS = frozenset(
    (
        "assert",
        "extends",
        "extension",
        "extensionConfig",
        "func",
        "import",
        "metadata",
        "module",
        "output",
        "param",
        "provider",
        "resource",
        "targetScope",
        "test",
        "type",
        "using",
        "var",
    )
)

_KEYWORDS: dict[str, ScalarData] = {"true": True, "false": False, "null": None}
_PRECEDENCE = {
    "??": 1,
    "||": 2,
    "&&": 3,
    "==": 4,
    "!=": 4,
    "=~": 4,
    "!~": 4,
    "<": 5,
    ">": 5,
    "<=": 5,
    ">=": 5,
    "+": 6,
    "-": 6,
    "*": 7,
    "/": 7,
    "%": 7,
}
_POSTFIX = frozenset((".", "[", "::", "!"))
_STRINGS = frozenset((STRING, MULTILINE, LEFT))
_LAMBDA_HEAD = frozenset((IDENT, ",", NEWLINE))
_LINE_ENDS = frozenset((NEWLINE, EOF))
_MAX_INTEGER = 2**64 - 1
_MAX_INTEGER_DIGITS = 20
_SHOWN_LENGTH = 40

_ESCAPE = re.compile(r"\\(?:u\{([0-9A-Fa-f]++)\}|(.))")
_SIMPLE_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "\\": "\\", "'": "'", "$": "$"}
_MAX_CODE_POINT = 0x10FFFF
_SURROGATE = re.compile(r"[\ud800-\udfff]")

_Argument = TypeVar("_Argument")
#: An expression and its range, which has the parentheses that its node has not.
_Operand = tuple[Expr, int, int]


class BicepError(Exception):
    """The first token that does not fit, and what is wrong with it.

    ``refused`` when only a limit of this reader was met.
    """

    def __init__(self, start: int, end: int, message: str, *, refused: bool = False) -> None:
        super().__init__(message)
        self.start = start
        self.end = end
        self.refused = refused


class ExpressionReader:
    """Recursive descent over tokens; ``at`` is the index of the next one.

    Its methods raise :class:`BicepError`.
    """

    __slots__ = ("at", "depth", "ends", "kinds", "problems", "source", "starts", "text", "tokens")

    def __init__(self, source: Source, tokens: Tokens) -> None:
        self.source = source
        self.text = source.text
        self.tokens = tokens
        self.kinds = tokens.kinds
        self.starts = tokens.starts
        self.ends = tokens.ends
        self.at = 0
        self.depth = 0
        self.problems: list[SyntaxProblem] = []

    # Problems

    def error(self, message: str, at: int | None = None) -> BicepError:
        """An error at a token; a token that is bad in itself knows better what is wrong."""
        at = self.at if at is None else at
        kind = self.kinds[at]
        start, end = self.starts[at], self.ends[at]
        if kind == BAD:
            message = self.tokens.errors[at]
        if kind in _LINE_ENDS:
            end = start
        return BicepError(start, end, message)

    def unexpected(self, wanted: str) -> BicepError:
        """An error that says what should stand at the next token, and what does."""
        return self.error(f"expected {wanted}, not {self.shown()}")

    def shown(self) -> str:
        """The next token in words."""
        kind = self.kinds[self.at]
        if kind in _STRINGS:
            return "a string"
        if kind in (MIDDLE, RIGHT):
            return '"}"'
        if kind == NEWLINE:
            return "the end of the line"
        if kind == EOF:
            return "the end"
        token = self.text[self.starts[self.at] : self.ends[self.at]]
        return f'"{token}"' if len(token) <= _SHOWN_LENGTH else f"a {kind}"

    def deeper(self, levels: int = 1) -> None:
        """Enter a bracket, a string, or an expression inside another.

        What takes more of the stack than those counts for more levels.
        """
        self.depth += levels
        if self.depth > MAX_DEPTH:
            raise self.too_deep(self.at)

    def too_deep(self, at: int) -> BicepError:
        """An error at a token where the limit of depth is met."""
        return BicepError(self.starts[at], self.ends[at], "nested too deeply", refused=True)

    # Steps

    def expect(self, kind: str, wanted: str) -> None:
        """Step over a token that must stand here."""
        if self.kinds[self.at] != kind:
            raise self.unexpected(wanted)
        self.at += 1

    def word(self, wanted: str) -> str:
        """Step over a name that must stand here."""
        at = self.at
        self.expect(IDENT, wanted)
        return self.text[self.starts[at] : self.ends[at]]

    def next_is(self, word: str) -> bool:
        """Whether the next token is this word."""
        at = self.at
        return self.kinds[at] == IDENT and self.text[self.starts[at] : self.ends[at]] == word

    def newline(self) -> None:
        """Step over a new line, if there is one."""
        if self.kinds[self.at] == NEWLINE:
            self.at += 1

    def separator(self, closer: str, where: str) -> None:
        """Step over what stands between the elements of a list or object.

        That is a comma or a new line. Bicep refuses both together, which costs nothing here.
        """
        kind = self.kinds[self.at]
        if kind == NEWLINE:
            self.at += 1
        elif kind == ",":
            at = self.at
            self.at += 1
            if self.kinds[self.at] == NEWLINE:
                self.at += 1
                span = Span(self.source, self.starts[at], self.ends[at])
                message = 'a "," and a new line together, one of them separates already'
                self.problems.append(SyntaxProblem(span, message))
        elif kind != closer:
            raise self.unexpected(f'",", a new line or "{closer}" in the {where}')

    # Expressions

    def expression(self) -> Expr:
        """Any expression."""
        kinds, starts, ends = self.kinds, self.starts, self.ends
        first = self.at
        value = self.term()
        if kinds[self.at] in _PRECEDENCE:
            operands = [(value, starts[first], ends[self.at - 1])]
            operators: list[str] = []
            while (operator := kinds[self.at]) in _PRECEDENCE:
                self.combine(operands, operators, _PRECEDENCE[operator])
                operators.append(operator)
                self.at += 1
                begin = self.at
                value = self.term()
                operands.append((value, starts[begin], ends[self.at - 1]))
            self.combine(operands, operators, 0)
            value = operands[0][0]
        if kinds[self.at] != "?":
            if kinds[self.at] != NEWLINE or kinds[self.at + 1] != "?":
                return value
            self.at += 1
        self.at += 1
        self.deeper()
        then = self.expression()
        if kinds[self.at] == NEWLINE and kinds[self.at + 1] == ":":
            self.at += 1
        self.expect(":", 'the ":" of the condition')
        otherwise = self.expression()
        self.depth -= 1
        return Conditional(self.source, starts[first], ends[self.at - 1], value, then, otherwise)

    def combine(self, operands: list[_Operand], operators: list[str], precedence: int) -> None:
        """Make one operand of the last ones while their operators bind as tight as this or tighter."""
        while operators and _PRECEDENCE[operators[-1]] >= precedence:
            right, _, end = operands.pop()
            left, start, _ = operands.pop()
            operands.append((Binary(self.source, start, end, operators.pop(), left, right), start, end))

    def term(self) -> Expr:
        """An operand with everything that binds tighter than the operators."""
        at = self.at
        kind = self.kinds[at]
        sign = -1
        if kind == "!" or kind == "-":
            sign = at
            at += 1
            kind = self.kinds[at]
            self.at = at
        start, end = self.starts[at], self.ends[at]
        value: Expr
        if kind == IDENT:
            following = self.kinds[at + 1]
            if following == "(":
                value = self.call()
            elif following == "=>":
                value = self.lambda_()
            else:
                self.at = at + 1
                name = self.text[start:end]
                if name in _KEYWORDS:
                    value = Literal(self.source, start, end, _KEYWORDS[name])
                else:
                    value = Reference(self.source, start, end, name)
        elif kind == STRING:
            self.at = at + 1
            text = self.text[start + 1 : end - 1]
            if "\\" in text:
                text = unescape(text, start + 1)
            value = Literal(self.source, start, end, text)
        else:
            read = _TERMS.get(kind)
            if read is None:
                raise self.unexpected("an expression")
            value = read(self)
        if self.kinds[self.at] in _POSTFIX:
            value = self.postfix(value, start)
        if sign >= 0:
            operator = self.kinds[sign]
            value = Unary(self.source, self.starts[sign], self.ends[self.at - 1], operator, value)
        return value

    def number(self) -> Expr:
        """A whole number."""
        start, end = self.starts[self.at], self.ends[self.at]
        if end - start > _MAX_INTEGER_DIGITS or (value := int(self.text[start:end])) > _MAX_INTEGER:
            raise self.error("this number is out of range")
        self.at += 1
        return Literal(self.source, start, end, value)

    def parenthesised(self) -> Expr:
        """``(expression)``, whose node has no parentheses in its span, or a lambda."""
        kinds = self.kinds
        behind = self.at + 1
        while kinds[behind] in _LAMBDA_HEAD:
            behind += 1
        if kinds[behind] == ")" and kinds[behind + 1] == "=>":
            return self.lambda_()
        self.at += 1
        self.deeper()
        self.newline()
        value = self.expression()
        self.newline()
        self.depth -= 1
        self.expect(")", '")"')
        return value

    def lambda_(self) -> Expr:
        """``x => body`` or ``(x, y) => body``."""
        kinds = self.kinds
        first = self.at
        names: list[str] = []
        if kinds[first] == IDENT:
            names.append(self.word("a name"))
        else:
            self.at += 1
            self.newline()
            while kinds[self.at] != ")":
                names.append(self.word("a name"))
                self.newline()
                if kinds[self.at] != ")":
                    self.expect(",", '"," or ")" behind the name')
                    self.newline()
            self.at += 1
        self.at += 1
        self.deeper(2)
        body = self.lambda_body()
        self.depth -= 2
        return Lambda(self.source, self.starts[first], self.ends[self.at - 1], names, body)

    def lambda_body(self) -> Expr:
        """What stands behind ``=>``: on the next line only if that begins no statement."""
        at = self.at + 1
        if self.kinds[self.at] == NEWLINE and (
            self.text[self.starts[at] : self.ends[at]] not in DECLARATION_KEYWORDS
        ):
            self.at = at
        return self.expression()

    def call(self) -> Expr:
        """``name(arguments)``."""
        first = self.at
        name = self.text[self.starts[first] : self.ends[first]]
        self.at += 1
        if name in _KEYWORDS:
            raise self.error(f'"{name}" is no function')
        arguments = self.arguments(")", self.expression)
        return Call(self.source, self.starts[first], self.ends[self.at - 1], name, arguments)

    def arguments(self, closer: str, read: Callable[[], _Argument]) -> list[_Argument]:
        """``(a, b)``: lines may end behind the opener and the commas, and before the closer."""
        kinds = self.kinds
        self.at += 1
        self.deeper()
        arguments: list[_Argument] = []
        if kinds[self.at] != closer:
            self.newline()
            while kinds[self.at] != closer or arguments:
                arguments.append(read())
                kind = kinds[self.at]
                if kind == ",":
                    self.at += 1
                    self.newline()
                    continue
                if kind == NEWLINE and kinds[self.at + 1] == closer:
                    self.at += 1
                elif kind != closer:
                    raise self.unexpected(f'"," or "{closer}" in the call')
                break
        self.at += 1
        self.depth -= 1
        return arguments

    def array(self) -> Expr:
        """``[a, b]`` and ``[for …]``."""
        kinds = self.kinds
        first = self.at
        self.at += 1
        self.newline()
        if self.next_is("for"):
            return self.loop(first, self.expression)
        self.deeper()
        items: list[Expr] = []
        while kinds[self.at] != "]":
            items.append(self.spread() if kinds[self.at] == "..." else self.expression())
            self.separator("]", "list")
        self.at += 1
        self.depth -= 1
        return Array(self.source, self.starts[first], self.ends[self.at - 1], items)

    def spread(self) -> Spread:
        """``...value``."""
        first = self.at
        self.at += 1
        value = self.expression()
        return Spread(self.source, self.starts[first], self.ends[self.at - 1], value)

    def loop(self, first: int, read: Callable[[], Expr], *, filtered: bool = False) -> Loop:
        """The rest of ``[for x in xs: value]`` or ``[for (x, i) in xs: value]``, from ``for`` on.

        With ``filtered`` the value may have an ``if (condition)`` before it.
        """
        self.deeper()
        self.at += 1
        index_name: str | None = None
        if self.kinds[self.at] == "(":
            self.at += 1
            value_name = self.word('a name behind "("')
            self.expect(",", '"," and the name of the index')
            index_name = self.word("the name of the index")
            self.expect(")", '")" behind the name of the index')
        else:
            value_name = self.word('a name or "(" behind "for"')
        if not self.next_is("in"):
            raise self.unexpected('"in"')
        self.at += 1
        collection = self.expression()
        self.expect(":", '":" behind the collection')
        condition = self.condition() if filtered else None
        value = read()
        self.newline()
        self.expect("]", '"]" at the end of the loop')
        self.depth -= 1
        end = self.ends[self.at - 1]
        start = self.starts[first]
        return Loop(self.source, start, end, index_name, value_name, collection, None, value, condition)

    def condition(self) -> Expr | None:
        """``if (condition)``, if it stands here."""
        if not self.next_is("if"):
            return None
        self.at += 1
        if self.kinds[self.at] != "(":
            raise self.unexpected('"(" behind "if"')
        return self.parenthesised()

    def object(self) -> Object:
        """``{ key: value }``."""
        kinds, starts, ends, source = self.kinds, self.starts, self.ends, self.source
        first = self.at
        self.expect("{", '"{"')
        self.deeper()
        self.newline()
        items: list[ObjectItem] = []
        while True:
            at = self.at
            kind = kinds[at]
            if kind == "}":
                break
            key: Expr
            if kind == IDENT and kinds[at + 1] == ":":
                start, end = starts[at], ends[at]
                self.at = at + 2
                key = Literal(source, start, end, self.text[start:end])
                items.append(ObjectItem(key, self.expression()))
            elif kind == "...":
                key = Hole(source, starts[at], ends[at], "the keys of another object stand here")
                items.append(ObjectItem(key, self.spread()))
            elif not self.nested_statement():
                key = self.key()
                self.expect(":", '":" behind the key')
                items.append(ObjectItem(key, self.expression()))
            if kinds[self.at] == NEWLINE:
                self.at += 1
            else:
                self.separator("}", "object")
        self.at += 1
        self.depth -= 1
        return Object(source, starts[first], ends[self.at - 1], items)

    def nested_statement(self) -> bool:
        """Read a statement in an object, if one stands here and may."""
        return False

    def key(self) -> Expr:
        """The key of an object."""
        at = self.at
        if self.kinds[at] == IDENT:
            self.at += 1
            start, end = self.starts[at], self.ends[at]
            return Literal(self.source, start, end, self.text[start:end])
        return self.string("the name of a property")

    # What may follow an operand

    def postfix(self, target: Expr, start: int) -> Expr:
        """Accesses behind an operand that begins at ``start``.

        ``x!`` only calms the type checker, so it is ``x``.
        """
        kinds, starts, ends, text, source = self.kinds, self.starts, self.ends, self.text, self.source
        while True:
            kind = kinds[self.at]
            if kind == "." or kind == "::":
                at = self.at + 1
                safe = kind == "." and kinds[at] == "?"
                at += safe
                self.at = at
                name = self.word(f'a name behind "{kind}"')
                name_start = starts[at]
                if kind == "::":
                    target = NestedResource(source, start, ends[at], target, name, name_start)
                elif kinds[self.at] == "(":
                    if safe:
                        raise self.error('no function can be called behind ".?"', at)
                    arguments = self.arguments(")", self.expression)
                    end = ends[self.at - 1]
                    target = MethodCall(source, start, end, target, name, name_start, arguments)
                else:
                    access = GetAttribute(
                        source, start, ends[at], target, text[name_start : ends[at]], name_start
                    )
                    target = Safe(source, start, ends[at], access) if safe else access
            elif kind == "[":
                target = self.index(target, start)
            elif kind == "!":
                self.at += 1
            else:
                return target

    def index(self, target: Expr, start: int) -> Expr:
        """``[key]``, ``[?key]``, ``[^1]`` from the end, and both."""
        kinds = self.kinds
        self.at += 1
        safe = kinds[self.at] == "?"
        self.at += safe
        from_end = self.at if kinds[self.at] == "^" else -1
        self.at += from_end >= 0
        self.deeper()
        key = self.expression()
        self.depth -= 1
        if from_end >= 0:
            key = Unary(self.source, self.starts[from_end], self.ends[self.at - 1], "^", key)
        self.expect("]", '"]" behind the index')
        access = Index(self.source, start, self.ends[self.at - 1], target, key)
        return Safe(self.source, start, access.end, access) if safe else access

    # Strings

    def string(self, wanted: str) -> Expr:
        """A string that must stand here, of whatever sort."""
        kind = self.kinds[self.at]
        if kind == STRING:
            start, end = self.starts[self.at], self.ends[self.at]
            self.at += 1
            return Literal(self.source, start, end, unescape(self.text[start + 1 : end - 1], start + 1))
        if kind == MULTILINE:
            return self.multiline()
        if kind == LEFT:
            return self.template()
        raise self.unexpected(wanted)

    def multiline(self) -> Expr:
        """A multi-line string without interpolations."""
        start, end = self.starts[self.at], self.ends[self.at]
        self.at += 1
        text = without_first_line_end(self.text[start:end].lstrip("$")[3:-3])
        return Literal(self.source, start, end, text)

    def template(self) -> Expr:
        """A string with interpolations."""
        first = self.at
        start = self.starts[first]
        text = self.text
        dollars = 0
        while text[start + dollars] == "$":
            dollars += 1
        # The quotes, and how many characters open an interpolation.
        quotes, opening = (3, dollars + 1) if dollars else (1, 2)
        parts: list[Expr] = []
        self.deeper()
        begin = start + dollars + quotes
        while True:
            at = self.at
            kind = self.kinds[at]
            last = kind == RIGHT
            end = self.ends[at] - (quotes if last else opening)
            self.piece(parts, begin, end, raw=dollars > 0, first=at == first)
            self.at += 1
            if last:
                break
            parts.append(self.expression())
            if self.kinds[self.at] not in (MIDDLE, RIGHT):
                message = self.tokens.errors.get(self.at, "")
                if message in UNCLOSED_STRINGS:
                    raise BicepError(start, self.ends[first], message)
                raise self.unexpected('"}" at the end of the "${"')
            begin = self.starts[self.at] + 1
        self.depth -= 1
        return Template(self.source, start, self.ends[self.at - 1], parts)

    def piece(self, parts: list[Expr], begin: int, end: int, *, raw: bool, first: bool) -> None:
        """Add the text between two interpolations, if there is any."""
        text = self.text[begin:end]
        if not raw:
            text = unescape(text, begin)
        elif first:
            text = without_first_line_end(text)
        if text:
            parts.append(Literal(self.source, begin, end, text))


_TERMS: dict[str, Callable[[ExpressionReader], Expr]] = {
    "(": ExpressionReader.parenthesised,
    "[": ExpressionReader.array,
    "{": ExpressionReader.object,
    NUMBER: ExpressionReader.number,
    LEFT: ExpressionReader.template,
    MULTILINE: ExpressionReader.multiline,
}


def without_first_line_end(text: str) -> str:
    """The text of a multi-line string, which may begin on the line behind its quotes."""
    if text[:2] == "\r\n":
        return text[2:]
    return text[1:] if text[:1] in ("\r", "\n") else text


def unescape(text: str, start: int) -> str:
    """The meaning of the raw text of a string on one line, which begins at offset ``start``.

    Raises :class:`BicepError` at a backslash that begins no escape.
    """
    if "\\" not in text:
        return text

    def resolve(match: re.Match[str]) -> str:
        code, simple = match.groups()
        place = start + match.start()
        if code is not None:
            number = int(code, 16)
            if number > _MAX_CODE_POINT:
                raise BicepError(place, start + match.end(), "there is no such character")
            return chr(number)
        if simple not in _SIMPLE_ESCAPES:
            message = "unknown escape after the backslash in a string"
            raise BicepError(place, start + match.end(), message)
        return _SIMPLE_ESCAPES[simple]

    meaning = _ESCAPE.sub(resolve, text)
    if _SURROGATE.search(meaning):
        # Two escapes may be the halves of one character; a half alone is none.
        meaning = meaning.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return meaning
