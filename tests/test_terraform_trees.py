"""Module trees against the real ``terraform plan``.

``data/trees/*.txt`` hold trees of the built-in resource ``terraform_data``, the JSON files beside
them what Terraform plans for each: the ``input`` of every instance and the outputs of the root.
The record is of Terraform 1.11; where terraform is on the path it is checked. To write it anew run
this file as a program.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from kvlint.evaluate.access import contents
from kvlint.evaluate.values import ListValue, MapValue, Scalar, Symbol, Value
from terraform_trees import Tree, deployments, read_tree, root_module, write_files

DATA = Path(__file__).parent / "data" / "trees"
TREES = {path.stem: read_tree(path.read_text("utf-8")) for path in sorted(DATA.glob("*.txt"))}
#: How the record writes a value that Terraform knows only after apply.
UNKNOWN = "(known after apply)"
#: Values that Terraform knows before apply and the evaluation does not, with the reason.
GAPS = {
    "json_mixed: terraform_data.native": "a resource may add keys to a map",
    "sensitive: terraform_data.a.from_m.t": "sensitivity is not tracked",
    "terraform_names: output.o": "the workspace is chosen at deployment",
    "terraform_names: terraform_data.a": "the workspace is chosen at deployment",
    'types_of_defaults: terraform_data.a["a"][4]': "the type of a null is not tracked",
    'types_of_defaults: terraform_data.a["b"][4]': "the type of a null is not tracked",
}

Planned = dict[str, Any]


def plan(tree: Tree) -> Planned:
    """What Terraform plans for a tree: instances and outputs by address."""
    with tempfile.TemporaryDirectory() as place:
        write_files(tree.files, Path(place))
        folder = Path(place) / tree.root
        _terraform(folder, "init", "-input=false", "-no-color")
        chosen = [f"-var-file={path}" for path in tree.var_files]
        _terraform(folder, "plan", "-out=p", "-input=false", "-lock=false", "-no-color", *chosen)
        shown = json.loads(_terraform(folder, "show", "-json", "p"), parse_float=Decimal)
    planned: Planned = {}
    for resource in shown.get("resource_changes", ()):
        change = resource["change"]
        made = _whole(change["after"], change["after_unknown"])
        planned[resource["address"]] = made.get("input")
    for name, change in shown.get("output_changes", {}).items():
        planned[f"output.{name}"] = _whole(change.get("after"), change.get("after_unknown"))
    return planned


def _terraform(folder: Path, *arguments: str) -> str:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TF_")}
    answer = subprocess.run(
        ["terraform", *arguments],
        cwd=folder,
        env=kept | {"TF_CLI_CONFIG_FILE": os.devnull, "CHECKPOINT_DISABLE": "1"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    if answer.returncode:
        raise RuntimeError(f"{folder}: {answer.stderr}")
    return answer.stdout


def _whole(known: Any, unknown: Any) -> Any:
    """A planned value with its unknown parts filled in."""
    if unknown is True:
        return UNKNOWN
    if isinstance(unknown, dict):
        known = dict(known or {})
        return known | {name: _whole(known.get(name), part) for name, part in unknown.items()}
    if isinstance(unknown, list):
        rest = len(unknown) - len(known)
        return [_whole(item, part) for item, part in zip([*known, *[None] * rest], unknown, strict=True)]
    return known


def evaluated(tree: Tree, folder: Path) -> dict[str, Value | None]:
    """What the evaluation makes of a tree, by the same addresses."""
    write_files(tree.files, folder)
    found, library, _ = deployments(folder)
    wanted = tree.var_files[0] if tree.var_files else ""
    (deployment,) = [
        one for one in found if one.deployment.root == tree.root and one.deployment.variant.endswith(wanted)
    ]
    root = root_module(deployment, library)
    values: dict[str, Value | None] = {}
    for resource in root.resources(lambda kind: True):
        done = resource.evaluated()
        values[done.display] = done.config.entries.get("input")
    values |= {f"output.{name}": root.output(name) for name in root.module.outputs}
    return values


def compare(ours: Value | None, theirs: object, place: str) -> Iterator[tuple[str, str]]:
    """How two values differ: pairs of ``wrong`` or ``gap`` or ``equal`` and the place."""
    if isinstance(ours, Symbol):
        ours = contents(ours)
    match ours, theirs:
        case (None | Scalar(data=None), None):
            yield "equal", place
        case _, str() if theirs == UNKNOWN:
            settled = isinstance(ours, Scalar) or (
                isinstance(ours, ListValue | MapValue) and ours.rest is None
            )
            yield "wrong" if settled else "equal", place
        case Scalar(data=bool() | str() as data), _:
            yield "equal" if type(data) is type(theirs) and data == theirs else "wrong", place
        case Scalar(data=int() | Decimal() as data), int() | Decimal() if not isinstance(theirs, bool):
            yield "equal" if data == theirs else "wrong", place
        case ListValue(items=items, rest=rest), list():
            if rest is not None:
                yield "gap", place
            elif len(items) != len(theirs):
                yield "wrong", place
            else:
                for number, (item, wanted) in enumerate(zip(items, theirs, strict=True)):
                    yield from compare(item, wanted, f"{place}[{number}]")
        case MapValue(entries=entries, rest=rest), dict():
            if rest is not None:
                yield "gap", place
            elif entries.keys() != theirs.keys():
                yield "wrong", place
            else:
                for name, wanted in theirs.items():
                    yield from compare(entries[name], wanted, f"{place}.{name}")
        case (Scalar() | ListValue() | MapValue(), _):
            yield "wrong", place
        case _:
            yield "gap", place


def verdicts(name: str, folder: Path) -> list[tuple[str, str]]:
    """Every planned value of a tree, with how the evaluation compares."""
    theirs = recorded(name)
    ours = evaluated(TREES[name], folder)
    found = [("wrong", address) for address in sorted(ours.keys() - theirs.keys())]
    for address, wanted in theirs.items():
        if address in ours:
            found.extend(compare(ours[address], wanted, address))
        else:
            found.append(("gap" if any("[*]" in one for one in ours) else "wrong", address))
    return [(verdict, f"{name}: {place}") for verdict, place in found]


@pytest.mark.parametrize("name", TREES)
def test_values_are_those_that_terraform_plans(name: str, tmp_path: Path) -> None:
    found = verdicts(name, tmp_path)
    assert [place for verdict, place in found if verdict == "wrong"] == []
    assert [place for verdict, place in found if verdict == "gap" and place not in GAPS] == []
    assert any(verdict == "equal" for verdict, _ in found)


def test_gaps_are_still_there(tmp_path: Path) -> None:
    gaps = {
        place
        for name in {place.partition(":")[0] for place in GAPS}
        for verdict, place in verdicts(name, tmp_path / name)
        if verdict == "gap"
    }
    assert gaps == GAPS.keys()


@pytest.mark.skipif(shutil.which("terraform") is None, reason="terraform is not on the path")
def test_the_record_is_up_to_date() -> None:
    planned = plan_all()
    assert [name for name in TREES if planned[name] != recorded(name)] == []


def recorded(name: str) -> Planned:
    """What Terraform planned for a tree when the record was written."""
    planned: Planned = json.loads((DATA / f"{name}.json").read_text("utf-8"), parse_float=Decimal)
    return planned


def plan_all() -> dict[str, Planned]:
    """What Terraform plans for all trees."""
    with ThreadPoolExecutor(2) as pool:
        return dict(zip(TREES, pool.map(plan, TREES.values()), strict=True))


def _main() -> None:
    for name, planned in plan_all().items():
        text = json.dumps(planned, indent=1, ensure_ascii=False, sort_keys=True, default=float)
        (DATA / f"{name}.json").write_text(text + "\n", "utf-8")
    with tempfile.TemporaryDirectory() as place:
        found = [verdict for name in TREES for verdict in verdicts(name, Path(place) / name)]
    for verdict, where in found:
        if verdict != "equal":
            print(verdict, where)
    print(len(TREES), "trees", dict(Counter(verdict for verdict, _ in found)))


if __name__ == "__main__":
    _main()
