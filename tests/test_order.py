"""What is created after what: graphs of dependencies, and what takes a dependency away."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kvlint.evaluate.reach import Edges, Reach
from kvlint.evaluate.terraform.configuration import build_module
from kvlint.evaluate.terraform.references import Name, Names, references
from kvlint.source import Source
from kvlint.syntax.hcl import read_hcl
from scenarios import TESTDATA, reported, run

_NODES = range(6)
_GRAPHS = st.fixed_dictionaries(
    {
        node: st.builds(
            Edges,
            st.lists(st.sampled_from(_NODES), max_size=2),
            st.lists(st.sampled_from(_NODES), max_size=1),
            st.sampled_from([False, False, False, False, True]),
        )
        for node in _NODES
    }
)


def _closure(graph: dict[int, Edges[int]], *, perhaps: bool) -> set[tuple[int, int]]:
    """Every pair with a way from the first to the second, by squaring the relation until it stays."""
    pairs = {
        (one, two)
        for one, edges in graph.items()
        for two in [*edges.sure, *(edges.perhaps if perhaps else [])]
    }
    while True:
        more = pairs | {(one, three) for one, two in pairs for also, three in pairs if two == also}
        if more == pairs:
            return pairs
        pairs = more


@given(_GRAPHS)
@settings(max_examples=150, deadline=None)
def test_reach(graph: dict[int, Edges[int]]) -> None:
    """Sure ways are found, and nothing is denied that a doubtful way or an open node may lead to."""
    reach = Reach(lambda node: graph[node])
    sure, both = _closure(graph, perhaps=False), _closure(graph, perhaps=True)
    for one in _NODES:
        is_open = graph[one].open or any(graph[two].open for two in _NODES if (one, two) in both)
        assert set(reach.all_from(one)) == {two for two in _NODES if (one, two) in sure}
        for two in _NODES:
            expected = True if (one, two) in sure else None if (one, two) in both or is_open else False
            assert reach.reaches(one, two) is expected


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("azurerm_x.a.id", [Name(Names.RESOURCE, "azurerm_x", "a")]),
        ("azurerm_x.a[0].id", [Name(Names.RESOURCE, "azurerm_x", "a")]),
        ("azurerm_x.a[*].id", [Name(Names.RESOURCE, "azurerm_x", "a")]),
        ("azurerm_x.absent.id", []),
        ("each.value.id", []),
        ("data.azurerm_x.d.id", [Name(Names.DATA, "azurerm_x", "d")]),
        ("local.l", [Name(Names.LOCAL, "", "l")]),
        ("var.v.deep", [Name(Names.VARIABLE, "", "v")]),
        ("module.m.out", [Name(Names.OUTPUT, "m", "out")]),
        ("module.m.out.deep[0]", [Name(Names.OUTPUT, "m", "out")]),
        ('module.m["k"].out', [Name(Names.OUTPUT, "m", "out")]),
        ("module.m", [Name(Names.MODULE, "", "m")]),
        ("module.m[*].out", [Name(Names.MODULE, "", "m")]),
        ("module.m[local.l].out", [Name(Names.MODULE, "", "m"), Name(Names.LOCAL, "", "l")]),
        ('"${azurerm_x.a.id}-${var.v}"', [Name(Names.RESOURCE, "azurerm_x", "a"), Name(Names.VARIABLE, "", "v")]),
        ("[for x in local.l : azurerm_x.a.id]", [Name(Names.LOCAL, "", "l"), Name(Names.RESOURCE, "azurerm_x", "a")]),
        ('["azurerm_x.a", "module.m", "module.absent", "text"]', [Name(Names.RESOURCE, "azurerm_x", "a"), Name(Names.MODULE, "", "m")]),
    ],
)  # fmt: skip
def test_references(written: str, expected: list[Name]) -> None:
    """The names in an expression, as Terraform's graph takes them."""
    text = f'resource "azurerm_x" "a" {{\n  value = {written}\n}}\nmodule "m" {{\n  source = "./m"\n}}\n'
    module = build_module("", [read_hcl(Source("main.tf", text))])
    value = module.resources["azurerm_x", "a"].body.expression("value")
    assert value is not None
    assert sorted(references(value, module), key=str) == sorted(expected, key=str)


_DEPENDENCY = re.compile(r"^ *depends_on += \[[^\]]*\]$|^ *dependsOn: \[[^\]]*\]$", re.MULTILINE)
#: A tree whose app only has code that reads the vault: it may wait for the grant or not.
_NOT_NEEDED = "bicep-vault-url-in-the-environment"


def _dependencies() -> list[tuple[Path, Path, re.Match[str]]]:
    """Each ``depends_on`` of the trees in which apps wait for their grants."""
    found = []
    for parent in ("KV201/good", "KV208/good"):
        for path in sorted((TESTDATA / parent).rglob("*")):
            if path.suffix in (".tf", ".bicep"):
                tree = TESTDATA / parent / path.relative_to(TESTDATA / parent).parts[0]
                if tree.name == _NOT_NEEDED:
                    continue
                matches = _DEPENDENCY.finditer(path.read_text(encoding="utf-8"))
                found += [(tree, path, match) for match in matches]
    return found


def test_dependency_gone(tmp_path: Path) -> None:
    """An app whose dependency is gone is reported, and nothing else is."""
    failures, dependencies = [], _dependencies()
    for number, (tree, path, match) in enumerate(dependencies):
        whole = run(tree)
        if any(entry.subject.startswith("Key Vault access") for entry in whole.unresolved):
            continue  # where nobody knows the grant, nobody knows what to wait for
        copy = tmp_path / str(number)
        shutil.copytree(tree, copy)
        text = path.read_text(encoding="utf-8")
        mutated = text[: match.start()] + text[match.end() :]
        (copy / path.relative_to(tree)).write_text(mutated, encoding="utf-8")
        before, after = reported(whole), reported(run(copy))
        new = {check for check, _, _ in after - before}
        if before - after or new != {"KV208"}:
            failures.append(f"{path.relative_to(TESTDATA)}: gone {before - after}, new {after - before}")
    assert not failures, "\n".join(failures)
    assert len(dependencies) >= 70


@pytest.mark.parametrize(
    ("scenario", "remedy"),
    [
        ("role", "Add `depends_on = [azurerm_role_assignment.api]` to the app."),
        ("grant-in-a-module", "Add `depends_on = [module.access]` to the app."),
        ("app-in-a-module", 'Add `depends_on = [azurerm_role_assignment.api]` to module "service".'),
        ("both-in-modules", 'Add `depends_on = [module.access]` to module "service".'),
        ("inline-policy-by-built-url", "Add `depends_on = [azurerm_key_vault.shop]` to the app."),
        ("identity-in-the-apps-module", "make the identity outside of it"),
        ("bicep-role", "Add `dependsOn: [grant]` to the app."),
        ("bicep-both-in-modules", 'Add `dependsOn: [access]` to module "service".'),
        ("bicep-nested-policy", "Add `dependsOn: [vault::policies]` to the app."),
        ("bicep-identity-in-the-apps-module", "make the identity outside of it"),
        ("arm-role", '"dependsOn" of the app'),
    ],
)
def test_remedy(scenario: str, remedy: str) -> None:
    """The finding tells what to write, and where."""
    found = run(TESTDATA / "KV208" / "bad" / scenario).findings
    (finding,) = (one for one in found if one.check.id == "KV208")
    assert remedy in finding.help
