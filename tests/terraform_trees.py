"""Terraform trees in one file each, and what kvlint makes of a folder.

A tree file begins with lines that say what it shows; a line ``var-file: PATH`` there names a
var file that is given on the command line, ``root: PATH`` the folder to plan. Each file of the
tree follows below a line ``-- path --``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from kvlint.checkouts import Checkouts
from kvlint.deployments import TerraformDeployment, TerraformLibrary, terraform_deployments
from kvlint.discover import discover
from kvlint.evaluate.terraform.module import ModuleInstance
from kvlint.evaluate.terraform.run import Run
from kvlint.evaluate.terraform.variables import root_inputs
from kvlint.parsing import Parsed, parse

_FILE = re.compile(r"^-- (\S+) --\n", re.MULTILINE)


@dataclass(slots=True)
class Tree:
    """The files of a tree by path, and how it is planned."""

    files: dict[str, str] = field(default_factory=dict)
    root: str = ""
    var_files: list[str] = field(default_factory=list)


def read_tree(text: str) -> Tree:
    """A tree from the text of its file."""
    header, *pieces = _FILE.split(text)
    tree = Tree(dict(zip(pieces[::2], pieces[1::2], strict=True)))
    for line in header.splitlines():
        key, _, value = line.partition(": ")
        if key == "var-file":
            tree.var_files.append(value)
        elif key == "root":
            tree.root = value
    return tree


def write_files(files: dict[str, str], folder: Path) -> None:
    """Put files into a folder."""
    for path, text in files.items():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, "utf-8")


def deployments(folder: Path) -> tuple[list[TerraformDeployment], TerraformLibrary, Parsed]:
    """The deployments of a folder, as a run finds them."""
    parsed = parse(discover([folder], folder))
    library = TerraformLibrary(parsed, Checkouts(folder))
    return list(terraform_deployments(parsed, library)), library, parsed


def root_module(deployment: TerraformDeployment, library: TerraformLibrary) -> ModuleInstance:
    """The root module of a deployment with the values of its var files."""
    run = Run(deployment.deployment, deployment.module.folder, library)
    return ModuleInstance(deployment.module, run, root_inputs(deployment.files, deployment.deployment).get)
