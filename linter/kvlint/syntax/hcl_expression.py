"""Expressions and templates of HCL, by recursive descent over tokens."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from kvlint.source import Source, Span
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
    Literal,
    Loop,
    Object,
    ObjectItem,
    Reference,
    ScalarData,
    Splat,
    SplatItem,
    Unary,
)
from kvlint.syntax.hcl_lexer import (
    BAD,
    EOF,
    HEREDOC,
    HEREDOC_TEMPLATE,
    IDENT,
    NEWLINE,
    NUMBER,
    STRING,
    TEMPLATE,
    TEMPLATE_END,
    TEXT,
    Tokens,
)
from kvlint.syntax.hcl_template import (
    Piece,
    TemplateError,
    assemble,
    dedent,
    remove_indentation,
    strip_whitespace,
    unescape,
    unescape_raw,
)
from kvlint.syntax.limits import MAX_DEPTH, height
from kvlint.syntax.numbers import exact_number

_MAX_INDEX_DIGITS = 18

_KEYWORDS: dict[str, ScalarData] = {"true": True, "false": False, "null": None}
_PRECEDENCE = {
    "||": 1,
    "&&": 2,
    "==": 3,
    "!=": 3,
    "<": 4,
    ">": 4,
    "<=": 4,
    ">=": 4,
    "+": 5,
    "-": 5,
    "*": 6,
    "/": 6,
    "%": 6,
}
_CONTINUES = frozenset((*_PRECEDENCE, "?"))
_POSTFIX = frozenset((".", "["))
_LINE_ENDS = frozenset((NEWLINE, EOF))


class HclError(Exception):
    """The first token that does not fit, and what is wrong with it."""

    def __init__(self, start: int, end: int, message: str) -> None:
        super().__init__(message)
        self.start = start
        self.end = end
        self.message = message


class ExpressionReader:
    """Recursive descent over tokens; ``at`` is the index of the next one.

    Its methods raise :class:`HclError` or :class:`TemplateError`; :meth:`alone` does not.
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

    def error(self, message: str, at: int | None = None) -> HclError:
        """An error at a token; a token that is bad in itself knows better what is wrong."""
        at = self.at if at is None else at
        kinds = self.kinds
        if kinds[at] == BAD:
            message = self.tokens.errors[at]
        elif kinds[at] == TEMPLATE and BAD in (kinds[at + 1], kinds[at + 2]) and kinds[at + 1] in (TEXT, BAD):
            message = "unclosed string"
        start, end = self.starts[at], self.ends[at]
        if self.kinds[at] in _LINE_ENDS:
            end = start
        return HclError(start, end, message)

    def unexpected(self, wanted: str) -> HclError:
        """An error that says what should stand at the next token, and what does."""
        return self.error(f"expected {wanted}, not {self.shown()}")

    def shown(self) -> str:
        """The next token in words."""
        kind = self.kinds[self.at]
        if kind in (STRING, TEMPLATE, TEMPLATE_END):
            return "a string"
        if kind in (HEREDOC, HEREDOC_TEMPLATE):
            return "a heredoc"
        if kind in (NEWLINE, EOF):
            return f"the {kind.replace('new line', 'end of the line').replace('end of file', 'end')}"
        if kind == TEXT:
            return "text"
        token = self.text[self.starts[self.at] : self.ends[self.at]]
        return f'"{token}"' if len(token) <= 40 else f"a {kind}"

    def note(self, error: HclError | TemplateError, lost_from: int, lost_to: int) -> None:
        """Keep a problem and what is lost by it."""
        span = Span(self.source, error.start, error.end)
        self.problems.append(SyntaxProblem(span, str(error), Span(self.source, lost_from, lost_to)))

    def deeper(self) -> None:
        """Enter a bracket, block or template."""
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise self.error("nested too deeply")

    # Expressions

    def alone(self, start: int, end: int, read: Callable[[], Expr]) -> tuple[Expr, list[SyntaxProblem]]:
        """Read a range that holds one thing only."""
        try:
            value = read()
            if len(self.kinds) > MAX_DEPTH and height(value) > MAX_DEPTH:
                raise HclError(start, end, "nested too deeply")
        except (HclError, TemplateError) as error:
            self.note(error, start, end)
            return Hole(self.source, start, end, "it has a syntax error"), self.problems
        return value, self.problems

    def whole_expression(self) -> Expr:
        """One expression and nothing behind it."""
        value = self.expression()
        if self.kinds[self.at] != EOF:
            raise self.unexpected("the end of the expression")
        return value

    def expression(self) -> Expr:
        """Any expression."""
        first = self.at
        value = self.term()
        if self.kinds[self.at] not in _CONTINUES:
            return value
        value = self.operators(value, first)
        if self.kinds[self.at] != "?":
            return value
        self.at += 1
        self.deeper()
        then = self.expression()
        self.expect(":", 'the ":" of the condition')
        otherwise = self.expression()
        self.depth -= 1
        return Conditional(self.source, self.starts[first], self.ends[self.at - 1], value, then, otherwise)

    def operators(self, left: Expr, first: int) -> Expr:
        """Binary operators behind a first operand, by precedence, without recursion."""
        kinds, source, starts, ends = self.kinds, self.source, self.starts, self.ends
        operands = [(left, starts[first], ends[self.at - 1])]
        operators: list[str] = []
        while True:
            operator = kinds[self.at]
            precedence = _PRECEDENCE.get(operator, 0)
            while operators and _PRECEDENCE[operators[-1]] >= precedence:
                right, _, end = operands.pop()
                left, start, _ = operands.pop()
                operands.append((Binary(source, start, end, operators.pop(), left, right), start, end))
            if not precedence:
                return operands[0][0]
            operators.append(operator)
            self.at += 1
            begin = self.at
            operand = self.term()
            operands.append((operand, starts[begin], ends[self.at - 1]))

    def term(self) -> Expr:
        """An operand with everything that binds tighter than the operators."""
        at = self.at
        kind = self.kinds[at]
        start, end = self.starts[at], self.ends[at]
        value: Expr
        if kind == IDENT:
            following = self.kinds[at + 1]
            name = self.text[start:end]
            if following == "(" or following == "::":
                value = self.call()
            else:
                self.at = at + 1
                if name in _KEYWORDS:
                    value = Literal(self.source, start, end, _KEYWORDS[name])
                else:
                    value = Reference(self.source, start, end, name)
        elif kind == STRING:
            self.at = at + 1
            text = self.text[start + 1 : end - 1]
            value = Literal(self.source, start, end, unescape(text, start + 1) if "\\" in text else text)
        elif kind == NUMBER:
            self.at = at + 1
            value = Literal(self.source, start, end, self.number(start, end))
        else:
            read = _TERMS.get(kind)
            if read is None:
                raise self.unexpected("an expression")
            value = read(self)
        if self.kinds[self.at] in _POSTFIX:
            return self.postfix(value, start)
        return value

    def parenthesised(self) -> Expr:
        """``(expression)``: the expression itself, whose span has no parentheses."""
        self.at += 1
        self.deeper()
        value = self.expression()
        self.depth -= 1
        self.expect(")", '")"')
        return value

    def expect(self, kind: str, wanted: str) -> None:
        """Step over a token that must stand here."""
        if self.kinds[self.at] != kind:
            raise self.unexpected(wanted)
        self.at += 1

    def name(self, wanted: str) -> str:
        """Step over a name that must stand here."""
        at = self.at
        self.expect(IDENT, wanted)
        return self.text[self.starts[at] : self.ends[at]]

    def number(self, start: int, end: int) -> int | Decimal:
        """The exact value of a number token."""
        number = exact_number(self.text[start:end])
        if number is None:
            raise HclError(start, end, "this number is out of range")
        return number

    def unary(self) -> Expr:
        """``-x`` and ``!x``, any number of them."""
        first = self.at
        while self.kinds[self.at] in ("-", "!"):
            self.at += 1
        behind = self.at
        value = self.term()
        end = self.ends[self.at - 1]
        for at in range(behind - 1, first - 1, -1):
            value = Unary(self.source, self.starts[at], end, self.kinds[at], value)
        return value

    def call(self) -> Expr:
        """``name(arguments)``, also ``provider::name::function(arguments)``."""
        first = self.at
        name = self.name("the name of a function")
        while self.kinds[self.at] == "::":
            self.at += 1
            name += "::" + self.name("the name of a function")
        self.expect("(", '"(" behind the name of the function')
        self.deeper()
        arguments: list[Expr] = []
        spread = False
        while self.kinds[self.at] != ")":
            arguments.append(self.expression())
            kind = self.kinds[self.at]
            if kind == ",":
                self.at += 1
            elif kind == "...":
                spread = True
                self.at += 1
                break
            elif kind != ")":
                raise self.unexpected('"," or ")" in the call')
        self.expect(")", '")" behind the last argument')
        self.depth -= 1
        return Call(self.source, self.starts[first], self.ends[self.at - 1], name, arguments, spread)

    def array(self) -> Expr:
        """``[a, b]`` and ``[for …]``."""
        first = self.at
        self.at += 1
        self.deeper()
        if self.next_is_for():
            return self.loop(first, "]")
        items: list[Expr] = []
        while self.kinds[self.at] != "]":
            items.append(self.expression())
            if self.kinds[self.at] == ",":
                self.at += 1
            elif self.kinds[self.at] != "]":
                raise self.unexpected('"," or "]" in the list')
        self.at += 1
        self.depth -= 1
        return Array(self.source, self.starts[first], self.ends[self.at - 1], items)

    def object(self) -> Expr:
        """``{ key = value }`` and ``{for …}``."""
        kinds = self.kinds
        first = self.at
        self.at += 1
        self.deeper()
        if self.next_is_for():
            return self.loop(first, "}")
        items: list[ObjectItem] = []
        while True:
            while kinds[self.at] == NEWLINE:
                self.at += 1
            if kinds[self.at] == "}":
                break
            key = self.object_key()
            if kinds[self.at] != "=" and kinds[self.at] != ":":
                raise self.unexpected('"=" or ":" behind the key')
            self.at += 1
            items.append(ObjectItem(key, self.expression()))
            kind = kinds[self.at]
            if kind == "," or kind == NEWLINE:
                self.at += 1
            elif kind != "}":
                raise self.unexpected('",", a new line or "}" in the object')
        self.at += 1
        self.depth -= 1
        return Object(self.source, self.starts[first], self.ends[self.at - 1], items)

    def object_key(self) -> Expr:
        """A key; a bare name or number is text."""
        at = self.at
        if self.kinds[at + 1] in ("=", ":") and self.kinds[at] in (IDENT, NUMBER):
            self.at = at + 1
            start, end = self.starts[at], self.ends[at]
            text = self.text[start:end]
            if self.kinds[at] == NUMBER:
                number = self.number(start, end)
                text = str(number) if isinstance(number, int) else format(number.normalize(), "f")
            return Literal(self.source, start, end, text)
        return self.expression()

    def next_is_for(self) -> bool:
        """Whether a for-expression begins."""
        at = self.at
        return self.kinds[at] == IDENT and self.text[self.starts[at] : self.ends[at]] == "for"

    def next_is(self, word: str) -> bool:
        """Whether the next token is this word."""
        at = self.at
        return self.kinds[at] == IDENT and self.text[self.starts[at] : self.ends[at]] == word

    def loop(self, first: int, closer: str) -> Expr:
        """The rest of a for-expression, from ``for`` on."""
        self.at += 1
        names, collection = self.loop_head()
        self.expect(":", '":" behind the collection')
        key: Expr | None = None
        value = self.expression()
        if closer == "}":
            self.expect("=>", '"=>" behind the key')
            key, value = value, self.expression()
        grouped = False
        if key is not None and self.kinds[self.at] == "...":
            grouped = True
            self.at += 1
        condition: Expr | None = None
        if self.next_is("if"):
            self.at += 1
            condition = self.expression()
        self.expect(closer, f'"{closer}" at the end of the for-expression')
        self.depth -= 1
        end = self.ends[self.at - 1]
        return Loop(
            self.source,
            self.starts[first],
            end,
            names[0],
            names[1],
            collection,
            key,
            value,
            condition,
            grouped,
        )

    def loop_head(self) -> tuple[tuple[str | None, str], Expr]:
        """``k, v in collection``."""
        key_name: str | None = None
        value_name = self.name('a name behind "for"')
        if self.kinds[self.at] == ",":
            self.at += 1
            key_name, value_name = value_name, self.name('a name behind ","')
        if not self.next_is("in"):
            raise self.unexpected('"in"')
        self.at += 1
        return (key_name, value_name), self.expression()

    # What may follow an operand

    def postfix(self, target: Expr, start: int) -> Expr:
        """``.name``, ``[key]`` and splats behind an operand that begins at ``start``."""
        kinds, starts, ends, text, source = self.kinds, self.starts, self.ends, self.text, self.source
        while True:
            kind = kinds[self.at]
            if kind == ".":
                at = self.at + 1
                if kinds[at] == IDENT:
                    self.at = at + 1
                    name_start, end = starts[at], ends[at]
                    target = GetAttribute(source, start, end, target, text[name_start:end], name_start)
                elif kinds[at] == NUMBER:
                    self.at = at
                    if "." in text[starts[at] : ends[at]] or isinstance(target, Literal):
                        raise self.error('"." and a number is an index only behind a name, one at a time')
                    target = self.legacy_index(target, start)
                elif kinds[at] == "*":
                    self.at = at
                    target = self.attribute_splat(target, start)
                else:
                    self.at = at
                    raise self.unexpected('a name behind "."')
            elif kind == "[":
                if kinds[self.at + 1] == "*" and kinds[self.at + 2] == "]":
                    return self.full_splat(target, start)
                self.at += 1
                self.deeper()
                key = self.expression()
                self.depth -= 1
                self.expect("]", '"]" behind the index')
                target = Index(source, start, ends[self.at - 1], target, key)
            else:
                return target

    def legacy_index(self, target: Expr, start: int) -> Expr:
        """``.0``, or ``.0.1``, which the lexer takes for one number."""
        at = self.at
        position, end = self.starts[at], self.ends[at]
        number = self.text[position:end]
        if not number.replace(".", "").isdecimal() or len(number) > _MAX_INDEX_DIGITS:
            raise self.error("an index behind a dot is a whole number")
        self.at += 1
        for digits in number.split("."):
            end = position + len(digits)
            target = Index(self.source, start, end, target, Literal(self.source, position, end, int(digits)))
            position = end + 1
        return target

    def attribute_splat(self, target: Expr, start: int) -> Expr:
        """``.*`` and the attributes behind it."""
        kinds, starts, ends = self.kinds, self.starts, self.ends
        item_start, end = starts[self.at], ends[self.at]
        each: Expr = SplatItem(self.source, item_start, end)
        self.at += 1
        while kinds[self.at] == ".":
            self.at += 1
            if kinds[self.at] == "*":
                raise self.error("a splat inside a splat")
            if kinds[self.at] == NUMBER:
                each = self.legacy_index(each, item_start)
            else:
                at = self.at
                name = self.name('a name behind "."')
                each = GetAttribute(self.source, item_start, ends[at], each, name, starts[at])
        return Splat(self.source, start, ends[self.at - 1], target, each, False)

    def full_splat(self, target: Expr, start: int) -> Expr:
        """``[*]`` and everything behind it."""
        item_start = self.starts[self.at]
        self.at += 3
        each: Expr = SplatItem(self.source, item_start, self.ends[self.at - 1])
        self.deeper()
        each = self.postfix(each, item_start)
        self.depth -= 1
        return Splat(self.source, start, self.ends[self.at - 1], target, each, True)

    # Templates

    def heredoc(self) -> Expr:
        """A heredoc without sequences."""
        at = self.at
        self.at += 1
        start, end = self.starts[at], self.ends[at]
        text = self.text[start:end]
        body = text.index("\n") + 1
        value = text[body : text.rindex("\n") + 1]
        return Literal(self.source, start, end, dedent(value) if text[2] == "-" else value)

    def template(self) -> Expr:
        """A quoted template or heredoc with sequences."""
        first = self.at
        kind = self.kinds[first]
        start, inner = self.starts[first], self.ends[first]
        self.at += 1
        # Twice: reading an expression inside a template takes twice the stack.
        self.deeper()
        self.deeper()
        pieces = self.pieces(quoted=kind == TEMPLATE)
        if self.kinds[self.at] != TEMPLATE_END:
            message = self.tokens.errors.get(self.at, "unclosed string")
            raise HclError(start, inner, message)
        self.at += 1
        self.depth -= 2
        if kind == HEREDOC_TEMPLATE and self.text[start + 2] == "-":
            strip_whitespace(pieces)
            remove_indentation(pieces)
        else:
            strip_whitespace(pieces)
        last = self.at - 1
        return assemble(self.source, pieces, start, self.ends[last], (inner, self.starts[last]))

    def raw_template(self, start: int, end: int) -> Expr:
        """A range of raw template text."""
        pieces = self.pieces(quoted=False)
        if self.kinds[self.at] != EOF:
            raise self.unexpected("text")
        strip_whitespace(pieces)
        return assemble(self.source, pieces, start, end, (start, end))

    def pieces(self, *, quoted: bool) -> list[Piece]:
        """The text and sequences up to the end of the template."""
        pieces: list[Piece] = []
        while True:
            at = self.at
            kind = self.kinds[at]
            if kind == TEXT:
                start, end = self.starts[at], self.ends[at]
                raw = self.text[start:end]
                meaning = unescape(raw, start) if quoted else unescape_raw(raw)
                pieces.append(Piece("text", start, end, meaning))
                self.at += 1
            elif kind[:2] == "${":
                self.at += 1
                value = self.expression()
                pieces.append(self.sequence(Piece("value", self.starts[at], 0, value=value), kind))
            elif kind[:2] == "%{":
                self.at += 1
                pieces.append(self.sequence(self.directive(), kind))
            else:
                return pieces

    def sequence(self, piece: Piece, opener: str) -> Piece:
        """Step over the end of a sequence and complete its piece."""
        kind = self.kinds[self.at]
        if kind != "}" and kind != "~}":
            raise self.unexpected(f'"}}" at the end of the "{opener[:2]}"')
        piece.end = self.ends[self.at]
        piece.strip_before = opener.endswith("~")
        piece.strip_after = kind == "~}"
        self.at += 1
        return piece

    def directive(self) -> Piece:
        """The inside of a ``%{ … }``."""
        at = self.at
        word = self.name('"if", "else", "endif", "for" or "endfor"')
        piece = Piece(word, self.starts[at - 1], 0)
        if word == "if":
            piece.value = self.expression()
        elif word == "for":
            piece.names, piece.value = self.loop_head()
        elif word not in ("else", "endif", "endfor"):
            raise self.error(f'"{word}" is no template directive', at)
        return piece


_TERMS: dict[str, Callable[[ExpressionReader], Expr]] = {
    "(": ExpressionReader.parenthesised,
    "[": ExpressionReader.array,
    "{": ExpressionReader.object,
    "-": ExpressionReader.unary,
    "!": ExpressionReader.unary,
    TEMPLATE: ExpressionReader.template,
    HEREDOC: ExpressionReader.heredoc,
    HEREDOC_TEMPLATE: ExpressionReader.template,
}
