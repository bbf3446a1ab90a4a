"""Our HCL reader against python-hcl2: the same texts, the same attributes and blocks.

python-hcl2 is known to fail on a byte order mark, names outside ASCII, a heredoc whose
last line has trailing spaces, and functions with a two-part name. Nothing here uses those.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import hcl2
import pytest
from hcl2.utils import SerializationOptions
from hypothesis import given, settings
from hypothesis import strategies as st

from kvlint.source import Source
from kvlint.syntax.body import Body
from kvlint.syntax.hcl import read_hcl
from kvlint.syntax.second_hcl import accepts

ROOT = Path(__file__).parent.parent
FILES = sorted(ROOT.glob("testdata/**/*.tf"))

_OPTIONS = SerializationOptions(with_comments=False, strip_string_quotes=True, explicit_blocks=True)


def ours(body: Body, path: tuple[str, ...] = ()) -> Counter[tuple[str, ...]]:
    """Every attribute and block as a path of block types, labels and a name, counted."""
    found = Counter((*path, name, "=") for name in body.attributes)
    for block in body.blocks:
        inner = (*path, block.kind, *(label.text for label in block.labels))
        found[(*inner, "{}")] += 1
        found += ours(block.body, inner)
    return found


def theirs(body: dict[str, Any], path: tuple[str, ...] = ()) -> Counter[tuple[str, ...]]:
    """The same for what python-hcl2 makes of a body."""
    found: Counter[tuple[str, ...]] = Counter()
    for name, value in body.items():
        if name == "__is_block__":
            continue
        if isinstance(value, list) and any(_is_block(item) for item in value):
            for item in value:
                found += _block(item, (*path, name))
        else:
            found[(*path, name, "=")] += 1
    return found


def _is_block(value: object) -> bool:
    """Whether python-hcl2 marked this, or what its labels lead to, as a block."""
    while isinstance(value, dict):
        if "__is_block__" in value:
            return True
        if len(value) != 1:
            return False
        (value,) = value.values()
    return False


def _block(value: dict[str, Any], path: tuple[str, ...]) -> Counter[tuple[str, ...]]:
    while "__is_block__" not in value:
        ((label, value),) = value.items()
        path = (*path, label.strip('"'))
    found = theirs(value, path)
    found[(*path, "{}")] += 1
    return found


def compare(text: str) -> None:
    file = read_hcl(Source("main.tf", text))
    assert [problem.message for problem in file.problems] == []
    assert accepts(text)
    assert ours(file.body) == theirs(hcl2.loads(text, serialization_options=_OPTIONS))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_testdata_is_read_alike(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    if not accepts(text):
        # A scenario about broken syntax: both must refuse it.
        assert read_hcl(Source(path.name, text)).problems
        return
    compare(text)


names = st.sampled_from(["name", "a1", "x-y", "_z", "value", "content", "for_each", "tags"])
numbers = st.one_of(st.integers(0, 10**20).map(str), st.sampled_from(["1.5", "0.25", "1e3"]))
texts = st.text(alphabet="ab -_/.:é$%#", max_size=8).map(lambda text: f'"{text}"')
references = st.lists(names, min_size=1, max_size=3).map(".".join)


def _compound(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    pair = st.tuples(inner, inner)
    return st.one_of(
        st.lists(inner, max_size=3).map(lambda items: f"[{', '.join(items)}]"),
        st.lists(st.tuples(names, inner), max_size=3).map(
            lambda items: "{\n" + "".join(f"{key} = {value}\n" for key, value in items) + "}"
        ),
        pair.map(lambda two: f"({two[0]} == {two[1]})"),
        pair.map(lambda two: f"var.on ? {two[0]} : {two[1]}").map(lambda text: f"({text})"),
        st.tuples(names, inner).map(lambda two: f"upper({two[1]}, {two[0]})"),
        inner.map(lambda text: f"[for k, v in {text} : v if k != null]"),
        inner.map(lambda text: f"{{for v in {text} : v => v...}}"),
        references.map(lambda text: f'"a-${{{text}}}-b"'),
        references.map(lambda text: f"{text}[*].id"),
        references.map(lambda text: f"<<-EOT\n    one ${{{text}}}\n      two\n  EOT"),
    )


# A heredoc ends with a line of its own, so it stands alone and never inside another value.
values = st.recursive(st.one_of(numbers, texts, references, st.just("null")), _compound, max_leaves=6)


def _body(children: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    attributes = st.dictionaries(names, values.filter(lambda text: "EOT" not in text[3:-3]), max_size=3)
    return st.tuples(attributes, st.lists(children, max_size=2)).map(
        lambda parts: "".join(f"{name} = {value}\n" for name, value in parts[0].items()) + "".join(parts[1])
    )


def _nested(children: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    kinds = st.sampled_from(["resource", "dynamic", "settings", "identity"])
    labels = st.lists(st.sampled_from(['"one"', '"two"', "three"]), max_size=2).map(" ".join)
    return st.tuples(kinds, labels, _body(children)).map(
        lambda parts: f"{parts[0]} {parts[1]} {{ # note\n{parts[2]}}}\n"
    )


files = _body(st.recursive(_nested(st.just("")), _nested, max_leaves=3))


@settings(max_examples=60, deadline=None)
@given(files)
def test_generated_files_are_read_alike(text: str) -> None:
    compare(text)


@pytest.mark.parametrize("text", ["a = ", "a {", 'a = "x', "a = [1 2]", "}", "a = <<E\nx\n"])
def test_both_refuse(text: str) -> None:
    assert not accepts(text)
    assert read_hcl(Source("main.tf", text)).problems
