"""The types that Bicep files declare, followed through other types and imports."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from kvlint.syntax.bicep_tree import BicepFile, Import, TypeAlias, TypeExpr
from kvlint.syntax.expr import Expr, Literal

#: The Bicep file that a path written in another leads to, ``None`` where it leads to none.
Imports = Callable[[BicepFile, str], BicepFile | None]

#: A declared type, and the file that the names in it are those of.
Declared = tuple[BicepFile, TypeAlias]


@dataclass(slots=True, eq=False)
class _Types:
    """The names of types in a file: those that it declares, and those that it imports."""

    declared: dict[str, TypeAlias] = field(default_factory=dict)
    #: The name there and the path, by the name here.
    imported: dict[str, tuple[str, str]] = field(default_factory=dict)
    #: The paths by namespace.
    namespaces: dict[str, str] = field(default_factory=dict)


class UserTypes:
    """Answers about the types that parameters and outputs have."""

    def __init__(self, imports: Imports) -> None:
        self._imports = imports
        self._types: dict[str, _Types] = {}

    def find(self, file: BicepFile, name: str) -> Declared | None:
        """What a name of a type stands for in a file, ``None`` where it is none that is declared."""
        seen: set[tuple[str, str]] = set()
        while (file.source.path, name) not in seen:
            seen.add((file.source.path, name))
            types = self._of(file)
            namespace, point, member = name.partition(".")
            if point:
                path, name = types.namespaces.get(namespace), member
            else:
                if name in types.declared:
                    return file, types.declared[name]
                name, path = types.imported.get(name, (name, None))
            found = self._imports(file, path) if path is not None else None
            if found is None:
                return None
            file = found
        return None

    def is_secure(self, file: BicepFile, written: TypeExpr) -> bool:
        """Whether a type that is written in a file is secure or has a part that is."""
        return written.secure or any(
            alias.type.secure or alias.decorator("secure") is not None
            for _, alias in self._below(file, written)
        )

    def _below(self, file: BicepFile, written: TypeExpr) -> Iterator[Declared]:
        """The declared types that a type is made of."""
        stack = [(file, written)]
        seen: set[int] = set()
        while stack:
            around, current = stack.pop()
            for name in current.names:
                found = self.find(around, name)
                if found is not None and id(found[1]) not in seen:
                    seen.add(id(found[1]))
                    yield found
                    stack.append((found[0], found[1].type))

    def _of(self, file: BicepFile) -> _Types:
        known = self._types.get(file.source.path)
        if known is None:
            known = self._types[file.source.path] = _types_of(file)
        return known


def _types_of(file: BicepFile) -> _Types:
    found = _Types()
    for alias in file.of(TypeAlias):
        found.declared.setdefault(alias.name.text, alias)
    for declaration in file.of(Import):
        path = _plain(declaration.path)
        if path is None:
            continue
        if declaration.namespace is not None:
            found.namespaces.setdefault(declaration.namespace.text, path)
        for symbol in declaration.symbols:
            here = symbol.alias.text if symbol.alias is not None else symbol.name
            found.imported.setdefault(here, (symbol.name, path))
    return found


def _plain(path: Expr) -> str | None:
    return path.value if isinstance(path, Literal) and isinstance(path.value, str) else None
