"""The ways in which the Terraform of a set gets deployed: roots, and var files for each."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from posixpath import join, normpath

from kvlint.checkouts import Checkouts
from kvlint.evaluate.resources import Deployment, Language, MissingCall
from kvlint.evaluate.terraform.configuration import (
    Module,
    build_module,
    is_configuration,
    is_local,
    source_of,
)
from kvlint.evaluate.terraform.module import ModuleInstance
from kvlint.evaluate.terraform.resource import TerraformResource
from kvlint.evaluate.terraform.run import Run
from kvlint.evaluate.terraform.variables import VariableFile, in_precedence, root_inputs
from kvlint.evaluate.values import Unknown, Value
from kvlint.parsing import Parsed, add_terraform
from kvlint.setfiles import SetFiles
from kvlint.source import Source, Span
from kvlint.states import RootStates
from kvlint.syntax.body import Block
from kvlint.syntax.hcl import HclFile
from kvlint.units import TerragruntUnits

#: A variable that a command line sets: ``-var name=value`` or ``TF_VAR_name``.
_COMMANDED = re.compile(r"""-var[ =]["']?(?P<argument>\w+)=|\bTF_VAR_(?P<variable>\w+)""")


class TerraformLibrary:
    """The modules and files of the set; folders outside the discovered ones are read on demand."""

    def __init__(self, parsed: Parsed, checkouts: Checkouts) -> None:
        self._parsed = parsed
        self._files = SetFiles(checkouts)
        self._modules: dict[str, Module | None] = {}
        self._manifests: dict[str, dict[str, str]] = {}

    def module(self, folder: str) -> Module | None:
        """The module in a folder, ``None`` where there is none within its checkout."""
        if folder not in self._modules:
            files = self._files_of(folder)
            self._modules[folder] = build_module(folder, files) if files else None
        return self._modules[folder]

    def joined(self, folder: str, beside: str) -> Module | None:
        """The module in a folder with the files of another folder put beside its own."""
        module = self.module(folder)
        added = self._parsed.modules.get(beside, [])
        if module is None or not added or beside == folder:
            return module
        return build_module(folder, [*self._files_of(folder), *added])

    def _files_of(self, folder: str) -> list[HclFile]:
        return self._parsed.modules.get(folder) or self._read_folder(folder)

    def _read_folder(self, folder: str) -> list[HclFile]:
        """The files of a module that discovery left out, or that a link leads to."""
        real = self._files.name_of(folder)
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

    def name_of(self, folder: str) -> str:
        """A folder as findings name it, where a path out of another checkout leads to it."""
        return (self._files.name_of(folder) or folder) if folder.startswith("..") else folder

    def above(self, folder: str) -> str | None:
        """The folder above another one, ``None`` at the top of its checkout."""
        return self._files.above(folder)


@dataclass(slots=True, eq=False)
class TerraformDeployment:
    """A root module with one choice of var files."""

    deployment: Deployment
    module: Module
    files: list[VariableFile]
    root: ModuleInstance

    def resources(self, wanted: Callable[[str], bool]) -> tuple[list[TerraformResource], list[MissingCall]]:
        """Its resources of the wanted types, and the module calls that could not be followed."""
        return list(self.root.resources(wanted)), self.root.run.missing

    def forgotten(self) -> Iterator[Block]:
        """The ``removed`` blocks of what stays in place although Terraform manages it no longer."""
        stack = [self.root]
        while stack:
            one = stack.pop()
            yield from one.module.forgotten
            stack.extend(called for called in map(one.called, one.module.calls) if called is not None)


def terraform_deployments(
    parsed: Parsed, library: TerraformLibrary, understood: Container[str] = ()
) -> list[TerraformDeployment]:
    """Every root module of the set with each of its var-file choices, in order of path.

    ``understood`` are the modules of the public registry that need not be there to be known.
    """
    found = _deployments(parsed, library)
    states = RootStates([one.root for one in found])
    for one in found:
        one.root.run.states = states
        one.root.run.understood = understood
    return found


def _deployments(parsed: Parsed, library: TerraformLibrary) -> list[TerraformDeployment]:
    units = TerragruntUnits(parsed.terragrunt, library)
    found = [*_with_var_files(parsed, library, units), *_of_units(parsed, units)]
    units.complete(one.root for one in found)
    return found


def _of_units(parsed: Parsed, units: TerragruntUnits) -> Iterator[TerraformDeployment]:
    """The units that deploy a module of another folder; var files beside them come before the inputs."""
    for unit, module, run in units.apart():
        beside = [file for file in parsed.variable_files if file.automatic and file.folder == unit.folder]
        files = in_precedence(beside)
        root = ModuleInstance(module, run, _inputs(files, run.deployment, unit.given))
        yield TerraformDeployment(run.deployment, module, files, root)


def _with_var_files(
    parsed: Parsed, library: TerraformLibrary, units: TerragruntUnits
) -> Iterator[TerraformDeployment]:
    modules = {folder: library.module(folder) for folder in list(parsed.modules)}
    roots = _roots(
        {folder: module for folder, module in modules.items() if module is not None}, parsed, library, units
    )
    commanded = _commanded(parsed)
    by_root: dict[str, list[VariableFile]] = {folder: [] for folder in roots}
    for file in parsed.variable_files:
        owner = _owner(file, roots, parsed.modules, library)
        if owner is not None:
            by_root[owner].append(file)
    for folder, files in by_root.items():
        automatic = in_precedence([file for file in files if file.automatic and file.folder == folder])
        others = [file for file in files if not (file.automatic and file.folder == folder)]
        for variant, chosen in _choices(roots[folder], others) or [("", [])]:
            used = [*automatic, *chosen]
            run = Run(Deployment(Language.TERRAFORM, folder, variant), folder, library)
            given = _inputs(used, run.deployment, partial(units.given, folder))
            root = ModuleInstance(roots[folder], run, _or_commanded(given, commanded, run.deployment))
            yield TerraformDeployment(run.deployment, roots[folder], used, root)


def _inputs(
    files: Sequence[VariableFile], deployment: Deployment, otherwise: Callable[[str], Value | None]
) -> Callable[[str], Value | None]:
    """What var files give a variable, and something else where they give it nothing."""
    written = root_inputs(files, deployment)
    return lambda name: written[name] if name in written else otherwise(name)


def _commanded(parsed: Parsed) -> dict[str, Span]:
    """The variables that a command of the set gives a value, by argument or by the environment."""
    sources = [*parsed.scripts, *(tree.source for _, tree in parsed.documents)]
    return {
        found["argument"] or found["variable"]: Span(source, *found.span())
        for source in sources
        for found in _COMMANDED.finditer(source.text)
    }


def _or_commanded(
    given: Callable[[str], Value | None], commanded: Mapping[str, Span], deployment: Deployment
) -> Callable[[str], Value | None]:
    """What a variable gets where not its default counts, but what a command may give it."""

    def value(name: str) -> Value | None:
        known = given(name)
        if known is None and name in commanded:
            # The same wherever it is read: one command gives it one value.
            key = (deployment, (), "var", name)
            return Unknown("a command may give it another value", span=commanded[name], key=key)
        return known

    return value


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


def _roots(
    modules: dict[str, Module], parsed: Parsed, library: TerraformLibrary, units: TerragruntUnits
) -> dict[str, Module]:
    """Folders that nobody calls as a module, or that say themselves that they are deployed."""
    called: set[str] = set()
    for folder, module in modules.items():
        for call in module.calls.values():
            source = source_of(call)
            if source is not None and is_local(source):
                target = normpath(join(folder, source))
                called.add("" if target == "." else library.name_of(target))
    deployed = {file.folder for file in parsed.variable_files if file.automatic} | units.in_place.keys()
    of_units = units.folders()
    roots = {
        folder: module
        for folder, module in sorted(modules.items())
        if folder in deployed
        or (folder not in of_units and (folder not in called or module.backend is not None))
    }
    if modules.keys() - of_units and not roots:
        # Modules that call each other in a circle: begin somewhere, so that somebody says so.
        first = min(modules)
        roots[first] = modules[first]
    return roots


def _owner(
    file: VariableFile, roots: Mapping[str, Module], modules: Container[str], library: TerraformLibrary
) -> str | None:
    """The root that a var file is for: the nearest one in whose folder it lies.

    One beside a module that others call is an example for that module.
    """
    folder = file.folder
    while folder not in roots:
        if folder in modules:
            return None
        above = library.above(folder)
        if above is None:
            return _owner_by_names(file, roots, library)
        folder = above
    return folder


def _owner_by_names(file: VariableFile, roots: Mapping[str, Module], library: TerraformLibrary) -> str | None:
    """The one root nearby that declares all that a var file sets, where it lies in a folder of its own."""
    folder = library.above(file.folder)
    while folder is not None:
        near = [root for root in roots if _lies_in(root, folder)]
        if near:
            fitting = [root for root in near if file.assignments.keys() <= roots[root].variables.keys()]
            return fitting[0] if len(fitting) == 1 and file.assignments else None
        folder = library.above(folder)
    return None


def _lies_in(root: str, folder: str) -> bool:
    """Whether a root lies below a folder of the same checkout."""
    return root.startswith(f"{folder}/") if folder else not f"{root}/".startswith("../")
