"""The ways in which the Terraform of a set gets deployed: roots, and var files for each."""

from __future__ import annotations

import json
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from posixpath import dirname, join, normpath

from kvlint.evaluate.resources import Deployment, Language, MissingCall
from kvlint.evaluate.terraform.configuration import (
    Module,
    build_module,
    is_configuration,
    is_local,
    source_of,
)
from kvlint.evaluate.terraform.module import ModuleInstance, Run
from kvlint.evaluate.terraform.resource import TerraformResource
from kvlint.evaluate.terraform.variables import VariableFile, in_precedence, root_inputs
from kvlint.parsing import Parsed, add_terraform
from kvlint.setfiles import SetFiles
from kvlint.source import Source
from kvlint.syntax.hcl import HclFile


class TerraformLibrary:
    """The modules and files of the set; folders outside the discovered ones are read on demand."""

    def __init__(self, parsed: Parsed, root: Path) -> None:
        self._parsed = parsed
        self._files = SetFiles(root)
        self._modules: dict[str, Module | None] = {}
        self._manifests: dict[str, dict[str, str]] = {}

    def module(self, folder: str) -> Module | None:
        """The module in a folder, ``None`` where there is none within the root."""
        if folder not in self._modules:
            files = self._parsed.modules.get(folder) or self._read_folder(folder)
            self._modules[folder] = build_module(folder, files) if files else None
        return self._modules[folder]

    def _read_folder(self, folder: str) -> list[HclFile]:
        """The files of a module that discovery left out, or that a link leads to."""
        real = self._files.folder(folder)
        if real is None:
            return []
        if real not in self._parsed.modules:
            for name in filter(is_configuration, self._files.names_in(folder)):
                source = self._files.source(join(real, name))
                if isinstance(source, Source):
                    add_terraform(self._parsed, source)
        return self._parsed.modules.get(real, [])

    def installed(self, root: str, call_path: str) -> str | None:
        """The folder that ``.terraform/modules/modules.json`` names for a module call."""
        if root not in self._manifests:
            self._manifests[root] = self._manifest(root)
        return self._manifests[root].get(call_path)

    def _manifest(self, root: str) -> dict[str, str]:
        text = self.read(root, ".terraform/modules/modules.json")
        if text is None:
            return {}
        try:
            listed = json.loads(text)["Modules"]
            return {entry["Key"]: normpath(join(root, entry["Dir"])) for entry in listed if entry["Key"]}
        except (ValueError, KeyError, TypeError, RecursionError):
            return {}

    def read(self, folder: str, path: str) -> str | None:
        """The text of a file relative to a folder of the set."""
        return self._files.read(folder, path)


@dataclass(slots=True, eq=False)
class TerraformDeployment:
    """A root module with one choice of var files."""

    deployment: Deployment
    module: Module
    files: list[VariableFile]

    def resources(
        self, library: TerraformLibrary, wanted: Callable[[str], bool]
    ) -> tuple[list[TerraformResource], list[MissingCall]]:
        """Its resources of the wanted types, and the module calls that could not be followed."""
        run = Run(self.deployment, self.module.folder, library)
        inputs = root_inputs(self.files)
        root = ModuleInstance(self.module, run, inputs.get)
        return list(root.resources(wanted)), run.missing


def terraform_deployments(parsed: Parsed, library: TerraformLibrary) -> Iterator[TerraformDeployment]:
    """Every root module of the set with each of its var-file choices, in order of path."""
    modules = {folder: library.module(folder) for folder in list(parsed.modules)}
    roots = _roots({folder: module for folder, module in modules.items() if module is not None}, parsed)
    by_root: dict[str, list[VariableFile]] = {folder: [] for folder in roots}
    for file in parsed.variable_files:
        owner = _owner(file, roots, parsed.modules)
        if owner is not None:
            by_root[owner].append(file)
    for folder, files in by_root.items():
        automatic = in_precedence([file for file in files if file.automatic and file.folder == folder])
        others = [file for file in files if not (file.automatic and file.folder == folder)]
        for variant, chosen in _choices(roots[folder], others) or [("", [])]:
            deployment = Deployment(Language.TERRAFORM, folder, variant)
            yield TerraformDeployment(deployment, roots[folder], [*automatic, *chosen])


def _choices(module: Module, files: Iterable[VariableFile]) -> list[tuple[str, list[VariableFile]]]:
    """The var files of which one is given on the command line, by name.

    Those with automatic names in one folder go together. A file that sets no variable of the
    module is none of its var files: settings of a backend are written in the same way.
    """
    groups: dict[str, list[VariableFile]] = {}
    for file in files:
        if file.assignments.keys() & module.variables.keys():
            groups.setdefault(file.folder if file.automatic else file.source.path, []).append(file)
    named = {group[0].source.path if len(group) == 1 else name: group for name, group in groups.items()}
    return [(name, in_precedence(group)) for name, group in sorted(named.items())]


def _roots(modules: dict[str, Module], parsed: Parsed) -> dict[str, Module]:
    """Folders that nobody calls as a module, or that say themselves that they are deployed."""
    called: set[str] = set()
    for folder, module in modules.items():
        for call in module.calls.values():
            source = source_of(call)
            if source is not None and is_local(source):
                target = normpath(join(folder, source))
                called.add("" if target == "." else target)
    with_values = {file.folder for file in parsed.variable_files if file.automatic}
    roots = {
        folder: module
        for folder, module in sorted(modules.items())
        if folder not in called or module.has_backend or folder in with_values
    }
    if not roots and modules:
        # Modules that call each other in a circle: begin somewhere, so that somebody says so.
        first = min(modules)
        roots[first] = modules[first]
    return roots


def _owner(file: VariableFile, roots: Mapping[str, Module], modules: Container[str]) -> str | None:
    """The root that a var file is for: the nearest one in whose folder it lies.

    One beside a module that others call is an example for that module.
    """
    folder = file.folder
    while folder not in roots:
        if folder in modules:
            return None
        if not folder:
            return _owner_by_names(file, roots)
        folder = dirname(folder)
    return folder


def _owner_by_names(file: VariableFile, roots: Mapping[str, Module]) -> str | None:
    """The one root nearby that declares all that a var file sets, where it lies in a folder of its own."""
    folder = file.folder
    while folder:
        folder = dirname(folder)
        near = [root for root in roots if not folder or root.startswith(folder + "/")]
        if near:
            fitting = [root for root in near if file.assignments.keys() <= roots[root].variables.keys()]
            return fitting[0] if len(fitting) == 1 and file.assignments else None
    return None
