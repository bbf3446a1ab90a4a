"""Python code, as far as it signs in to Azure: parsed, never run."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field

from kvlint.source import Source, Span

_MODULES = ("azure.identity", "azure.identity.aio")
_DEFAULT = "DefaultAzureCredential"
_MANAGED = "ManagedIdentityCredential"
#: Tried in turn, so that a member that fails may not matter.
_CHAIN = "ChainedTokenCredential"
_CLASSES = (_DEFAULT, _MANAGED, _CHAIN)
#: What tells a credential which identity to use, in whatever way it gets there.
_TOLD = re.compile(r"managed_identity_client_id|azure_client_id|identity_config", re.IGNORECASE)
#: What leaves managed identities out of the default chain.
_EXCLUDED = "exclude_managed_identity_credential"
_IMPORT = re.compile(r"^[ \t]*(?:from|import)[ \t]+(?P<names>[^\n#]+)", re.MULTILINE)
_WORD = re.compile(r"\w+")
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
_ASSIGNMENTS = (ast.Assign, ast.AnnAssign)


@dataclass(slots=True, eq=False)
class PythonCode:
    """What a file says of managed identities.

    ``calls`` make a credential without saying for which identity: where the class stands, and its
    name. Those that a condition decides on are left out. ``told`` is set where the file names an
    identity, or may do so.
    """

    calls: list[tuple[Span, str]] = field(default_factory=list)
    told: bool = False


def read_python(source: Source) -> PythonCode | None:
    """The credentials that a file makes, ``None`` where it cannot be parsed."""
    if _TOLD.search(source.text):
        return PythonCode(told=True)
    if not any(name in source.text for name in (_DEFAULT, _MANAGED, "azure.identity")):
        return PythonCode()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(source.text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    reader = _Reader(source, _imports(tree))
    try:
        reader.visit(tree)
    except RecursionError:
        return None
    return reader.found


def imported_names(text: str) -> set[str]:
    """The names that the import lines of a file mention."""
    return {name for line in _IMPORT.finditer(text) for name in _WORD.findall(line["names"])}


# --- Names --------------------------------------------------------------------------------------


def _imports(tree: ast.Module) -> dict[str, str]:
    """What each name stands for that comes out of the package and is nothing else besides."""
    found: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                if alias.name in _MODULES:
                    found[alias.asname or "azure"] = alias.name if alias.asname else "azure"
        elif isinstance(node, ast.ImportFrom) and not node.level and node.module in ("azure", *_MODULES):
            for alias in node.names:
                names = _CLASSES if alias.name == "*" else (alias.name,)
                for name in names:
                    found[alias.asname or name] = f"{node.module}.{name}"
    for name in _bound(tree):
        found.pop(name, None)
    return found


def _bound(tree: ast.Module) -> Iterator[str]:
    """The names that mean something of the file's own; ``None`` stands in for a missing package."""
    stand_ins = {
        id(target)
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant) and node.value.value is None
        for target in node.targets
    }
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name, ctx=ast.Store()) if id(node) not in stand_ins:
                yield name
            case ast.ClassDef(name=name) | ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                yield name
            case ast.arg(arg=name):
                yield name


def _dotted(node: ast.expr, imports: dict[str, str]) -> str:
    """The class of the package that an expression names, empty for anything else."""
    names: list[str] = []
    while isinstance(node, ast.Attribute):
        names.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name) or node.id not in imports:
        return ""
    module, _, name = ".".join((imports[node.id], *reversed(names))).rpartition(".")
    return name if module in _MODULES else ""


# --- Calls --------------------------------------------------------------------------------------


class _Reader(ast.NodeVisitor):
    """Finds the calls; what stands on a condition is passed over.

    The environment usually decides such conditions: a connection string where there is one,
    an identity where there is none.
    """

    def __init__(self, source: Source, imports: dict[str, str]) -> None:
        self.found = PythonCode()
        self._source = source
        self._imports = imports
        self._doubts = 0
        self._parameters: list[set[str]] = []

    @contextmanager
    def _doubting(self) -> Iterator[None]:
        self._doubts += 1
        try:
            yield
        finally:
            self._doubts -= 1

    def _visit_all(self, nodes: Iterable[ast.AST], doubtful: bool = True) -> None:
        if not doubtful:
            for node in nodes:
                self.visit(node)
            return
        with self._doubting():
            for node in nodes:
                self.visit(node)

    def _visit_block(self, statements: Sequence[ast.stmt]) -> None:
        """Visit statements in order: those behind one that may leave the function are doubtful."""
        for number, statement in enumerate(statements):
            self.visit(statement)
            if self._may_leave(statement):
                self._visit_all(statements[number + 1 :])
                return

    def visit_Call(self, node: ast.Call) -> None:
        name = _dotted(node.func, self._imports)
        if name in (_DEFAULT, _MANAGED):
            self._add(node, name)
        self.visit(node.func)
        self._visit_all([*node.args, *node.keywords], doubtful=name == _CHAIN)

    def _add(self, node: ast.Call, name: str) -> None:
        given = {keyword.arg: keyword.value for keyword in node.keywords}
        if node.args or None in given or (name == _MANAGED and "client_id" in given):
            self.found.told = True
            return
        excluded = given.get(_EXCLUDED)
        if self._doubts or (excluded is not None and not _is_false(excluded)):
            return
        self.found.calls.append((_span(self._source, node.func), name))

    def visit_If(self, node: ast.If) -> None:
        self.visit(node.test)
        lazy = self._made_once(node)
        with self._doubting() if not lazy else nullcontext():
            self._visit_block(node.body)
        with self._doubting():
            self._visit_block(node.orelse)

    def visit_IfExp(self, node: ast.IfExp) -> None:
        self.visit(node.test)
        self._visit_all((node.body, node.orelse))

    def visit_BoolOp(self, node: ast.BoolOp) -> None:
        self.visit(node.values[0])
        self._visit_all(node.values[1:])

    def visit_Match(self, node: ast.Match) -> None:
        self.visit(node.subject)
        self._visit_all(node.cases)

    def visit_Try(self, node: ast.Try) -> None:
        # A handler with a credential of its own is there because the first one may fail.
        another = any(
            isinstance(part, ast.Name | ast.Attribute) and _dotted(part, self._imports).endswith("Credential")
            for handler in node.handlers
            for part in ast.walk(handler)
        )
        with self._doubting() if another else nullcontext():
            self._visit_block([*node.body, *node.orelse])
        self._visit_all(node.handlers)
        self._visit_block(node.finalbody)

    def _visit_function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        arguments = node.args
        self._visit_all([*node.decorator_list, arguments])
        self._parameters.append({one.arg for one in ast.walk(arguments) if isinstance(one, ast.arg)})
        self._visit_block(node.body)
        self._parameters.pop()

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        self._visit_function(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> None:
        self._visit_function(node)

    def generic_visit(self, node: ast.AST) -> None:
        for _, value in ast.iter_fields(node):
            if isinstance(value, ast.AST):
                self.visit(value)
            elif isinstance(value, list) and value and isinstance(value[0], ast.stmt):
                self._visit_block(value)
            elif isinstance(value, list):
                self._visit_all((one for one in value if isinstance(one, ast.AST)), doubtful=False)

    # --- Conditions that are none -----------------------------------------------------------

    def _may_leave(self, statement: ast.stmt) -> bool:
        """Whether a statement returns in some cases, and in others does not."""
        if isinstance(statement, ast.If) and self._gives_back(statement):
            return False
        compound = isinstance(statement, ast.If | ast.For | ast.AsyncFor | ast.While | ast.Try | ast.Match)
        with_block = isinstance(statement, ast.With | ast.AsyncWith)
        return (compound or with_block) and any(isinstance(node, ast.Return) for node in _own(statement))

    def _made_once(self, node: ast.If) -> bool:
        """``if x is None: x = …``: what is made when it is first needed."""
        missing = self._tested(node.test, missing=True)
        targets = {
            ast.unparse(target)
            for statement in node.body
            if isinstance(statement, _ASSIGNMENTS)
            for target in (statement.targets if isinstance(statement, ast.Assign) else [statement.target])
        }
        return missing in targets

    def _gives_back(self, node: ast.If) -> bool:
        """``if x is not None: return x``: the other half of that."""
        match node.body:
            case [ast.Return(value=ast.expr() as value)] if not node.orelse:
                return ast.unparse(value) == self._tested(node.test, missing=False)
        return False

    def _tested(self, test: ast.expr, *, missing: bool) -> str | None:
        """What a test finds to be missing, or to be there; a parameter is the caller's business."""
        match test:
            case ast.UnaryOp(op=ast.Not(), operand=operand) if missing:
                tested = operand
            case ast.Compare(left=left, ops=[ast.Is()], comparators=[ast.Constant(value=None)]) if missing:
                tested = left
            case ast.Compare(left=left, ops=[ast.IsNot()], comparators=[ast.Constant(value=None)]) if (
                not missing
            ):
                tested = left
            case ast.Name() | ast.Attribute() if not missing:
                tested = test
            case _:
                return None
        if isinstance(tested, ast.Name) and any(tested.id in names for names in self._parameters):
            return None
        return ast.unparse(tested)


def _is_false(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and not node.value


def _own(statement: ast.stmt) -> Iterator[ast.AST]:
    """The nodes of a statement but those of functions within it."""
    stack: list[ast.AST] = [statement]
    while stack:
        node = stack.pop()
        yield node
        stack.extend(below for below in ast.iter_child_nodes(node) if not isinstance(below, _FUNCTIONS))


def _span(source: Source, node: ast.expr) -> Span:
    """Where an expression stands; columns of trees count bytes of UTF-8."""
    last_line, last_column = node.end_lineno or node.lineno, node.end_col_offset or node.col_offset
    start = _offset(source, node.lineno, node.col_offset)
    return Span(source, start, _offset(source, last_line, last_column))


def _offset(source: Source, line: int, column: int) -> int:
    before = source.line(line).encode()[:column]
    return source.line_starts[line - 1] + len(before.decode(errors="ignore"))
