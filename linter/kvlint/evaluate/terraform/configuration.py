"""A Terraform module as it is written: the blocks of one folder, sorted by what they declare."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from posixpath import basename

from kvlint.syntax.body import Attribute, Block, Body
from kvlint.syntax.expr import GetAttribute, Literal, Reference, walk
from kvlint.syntax.hcl import HclFile

#: Arguments that Terraform itself reads; everything else belongs to the provider.
META_ARGUMENTS = frozenset({"count", "for_each", "provider", "depends_on", "lifecycle", "dynamic"})
META_BLOCKS = frozenset({"lifecycle", "connection"})


@dataclass(slots=True, eq=False)
class Module:
    """The declarations of one folder.

    ``resources`` and ``data`` are keyed by type and name. A name that is declared twice
    (which Terraform rejects) keeps the first declaration.
    """

    folder: str
    variables: dict[str, Block] = field(default_factory=dict)
    locals: dict[str, Attribute] = field(default_factory=dict)
    outputs: dict[str, Block] = field(default_factory=dict)
    resources: dict[tuple[str, str], Block] = field(default_factory=dict)
    data: dict[tuple[str, str], Block] = field(default_factory=dict)
    calls: dict[str, Block] = field(default_factory=dict)
    #: The ``removed`` blocks of what stays in place although Terraform manages it no longer.
    forgotten: list[Block] = field(default_factory=list)
    #: The ``backend`` or ``cloud`` block: where a root keeps its state.
    backend: Block | None = None
    _needed: dict[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """How many blocks an instance of it has, itself included."""
        return 1 + len(self.resources) + len(self.data) + len(self.calls)

    def needed_locals(self, name: str) -> tuple[str, ...]:
        """The locals that the expression of a local names."""
        if name not in self._needed:
            attribute = self.locals.get(name)
            nodes = walk(attribute.value) if attribute is not None else iter(())
            names = (
                node.name
                for node in nodes
                if isinstance(node, GetAttribute)
                and isinstance(node.target, Reference)
                and node.target.name == "local"
            )
            self._needed[name] = tuple(dict.fromkeys(names))
        return self._needed[name]


def build_module(folder: str, files: Iterable[HclFile]) -> Module:
    """One module of the files of a folder; override files are merged in last, as Terraform does."""
    module = Module(folder)
    ordered = sorted(files, key=lambda file: file.source.path)
    for file in ordered:
        if not _is_override(file.source.path):
            for block in file.body.blocks:
                _declare(module, block)
    for file in ordered:
        if _is_override(file.source.path):
            for block in file.body.blocks:
                _override(module, block)
    return module


def source_of(call: Block) -> str | None:
    """The literal ``source`` of a module call, ``None`` where it is not plainly written."""
    expression = call.body.expression("source")
    if isinstance(expression, Literal) and isinstance(expression.value, str):
        return expression.value
    return None


def is_local(source: str) -> bool:
    """Whether a module source is a path in the same tree."""
    return source.startswith(("./", "../"))


def is_configuration(name: str) -> bool:
    """Whether Terraform reads a file of this name as a part of the module in its folder."""
    return name.endswith((".tf", ".tf.json")) and not name.startswith(".")


def made_kind(block: Block) -> str:
    """The type name of the nested blocks that a block is or, as a ``dynamic`` block, makes."""
    return block.labels[0].text if block.kind == "dynamic" and block.labels else block.kind


def _is_override(path: str) -> bool:
    name = basename(path)
    for suffix in (".tf.json", ".tf"):
        if name.endswith(suffix):
            stem = name.removesuffix(suffix)
            return stem == "override" or stem.endswith("_override")
    return False


def _tables(module: Module, block: Block) -> tuple[dict[str, Block] | None, str]:
    """The table of one-label blocks that this block goes into, and its key there."""
    table = {"variable": module.variables, "output": module.outputs, "module": module.calls}.get(block.kind)
    return table, block.labels[0].text if block.labels else ""


def _declare(module: Module, block: Block) -> None:
    if block.kind == "locals":
        for name, attribute in block.body.attributes.items():
            module.locals.setdefault(name, attribute)
    elif block.kind in ("resource", "data") and len(block.labels) == 2:
        resources = module.resources if block.kind == "resource" else module.data
        resources.setdefault((block.labels[0].text, block.labels[1].text), block)
    elif block.kind == "terraform":
        _settings(module, block)
    elif block.kind == "removed":
        if not _destroys(block):
            module.forgotten.append(block)
    elif block.labels:
        table, name = _tables(module, block)
        if table is not None:
            table.setdefault(name, block)


def _destroys(removed: Block) -> bool:
    """Whether a ``removed`` block surely says so; where it says nothing, tools differ."""
    lifecycle = removed.body.expression("lifecycle")
    written = [block.body.expression("destroy") for block in removed.body.blocks_of("lifecycle")]
    written += (
        [node for node in walk(lifecycle) if isinstance(node, Literal)] if lifecycle is not None else []
    )
    return any(isinstance(value, Literal) and value.value is True for value in written)


def _settings(module: Module, block: Block) -> None:
    for inner in block.body.blocks:
        if inner.kind in ("backend", "cloud"):
            module.backend = inner


def _override(module: Module, block: Block) -> None:
    """Merge an override file's block: its arguments and nested blocks replace those of the original."""
    if block.kind == "locals":
        module.locals.update(block.body.attributes)
        return
    if block.kind == "terraform":
        _settings(module, block)
        return
    if block.kind in ("resource", "data") and len(block.labels) == 2:
        resources = module.resources if block.kind == "resource" else module.data
        key = (block.labels[0].text, block.labels[1].text)
        resources[key] = _merged(resources[key], block) if key in resources else block
        return
    table, name = _tables(module, block)
    if table is not None and name:
        table[name] = _merged(table[name], block) if name in table else block


def _merged(original: Block, override: Block) -> Block:
    replaced = {made_kind(block) for block in override.body.blocks} - {"lifecycle"}
    attributes = {**original.body.attributes, **override.body.attributes}
    kept = [block for block in original.body.blocks if made_kind(block) not in replaced]
    for lifecycle in override.body.blocks_of("lifecycle"):
        # Of this block, each argument is replaced by itself.
        kept = [_without(block, lifecycle) if block.kind == "lifecycle" else block for block in kept]
    return _with_body(original, Body(attributes, kept + override.body.blocks))


def _without(block: Block, other: Block) -> Block:
    """A block without the arguments that another one has."""
    kept = {name: one for name, one in block.body.attributes.items() if name not in other.body.attributes}
    return _with_body(block, Body(kept, block.body.blocks))


def _with_body(block: Block, body: Body) -> Block:
    return Block(block.source, block.start, block.header_end, block.end, block.kind, block.labels, body)
