"""The Terragrunt units of a set: modules that are deployed with the inputs of a ``terragrunt.hcl``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from posixpath import basename, dirname
from typing import TYPE_CHECKING

from kvlint.evaluate.resources import Deployment, Language, MissingCall
from kvlint.evaluate.terraform.configuration import Module
from kvlint.evaluate.terraform.module import ModuleInstance
from kvlint.evaluate.terraform.run import Run
from kvlint.evaluate.terraform.terragrunt import Unit
from kvlint.evaluate.terraform.terragrunt_config import Config
from kvlint.evaluate.values import Unknown, Value, choice, text_of
from kvlint.source import Source
from kvlint.syntax.hcl import HclFile, read_hcl

if TYPE_CHECKING:
    from kvlint.deployments import TerraformLibrary


class TerragruntUnits:
    """The units by folder, and the roots that they deploy."""

    def __init__(self, files: Iterable[HclFile], library: TerraformLibrary) -> None:
        self._library = library
        self._files: dict[str, HclFile | None] = {file.source.path: file for file in files}
        self._configs: dict[str, Config] = {}
        found = [Unit(file, self) for file in list(self._files.values()) if file is not None]
        included = {path for unit in found for path in unit.included_paths()}
        # What others include is no unit by itself.
        units = [unit for unit in found if unit.path not in included]
        #: Those that deploy the module of their own folder.
        self.in_place = {unit.folder: unit for unit in units if unit.source is None}
        self._apart = [unit for unit in units if unit.source is not None or self._is_included(unit)]
        self._unread: list[tuple[Unit, Run]] = []
        self._roots: dict[str, list[ModuleInstance]] = {}

    def _is_included(self, unit: Unit) -> bool:
        """Whether another file tells the module of a unit."""
        return unit.includes and self._library.module(unit.folder) is None

    def folders(self) -> set[str]:
        """The folders that are no roots: those of such units and of the modules that they deploy."""
        sources = {unit.module_folder for unit in self._apart if unit.module_folder is not None}
        return sources | {unit.folder for unit in self._apart}

    def given(self, folder: str, name: str) -> Value | None:
        """What the unit in a folder gives a variable of the module there, ``None`` for its default."""
        unit = self.in_place.get(folder)
        if unit is not None:
            return unit.given(name)
        for one in self._apart:
            if one.module_folder is None and one.may_deploy(folder):
                key = (folder, "input", name)
                return Unknown("a unit whose module is not known may give it", span=one.place, key=key)
        return None

    def apart(self) -> Iterator[tuple[Unit, Module, Run]]:
        """The units that deploy a module of another folder, with what their roots are made of.

        Terragrunt puts the files of the unit's own folder beside those of the module. One that
        cannot be read makes an empty root.
        """
        for unit in self._apart:
            folder = unit.module_folder
            module = self._library.joined(folder, unit.folder) if folder is not None else None
            root = module.folder if module is not None else unit.folder
            run = Run(Deployment(Language.TERRAFORM, unit.folder), root, self._library)
            if module is None:
                self._unread.append((unit, run))
            yield unit, module or Module(unit.folder), run

    def complete(self, roots: Iterable[ModuleInstance]) -> None:
        """Take note of all roots, for the units that depend on them, and of what is missing."""
        units: dict[str, list[Unit]] = {}
        for one in (*self.in_place.values(), *self._apart):
            units.setdefault(one.folder, []).append(one)
        for root in roots:
            folder = root.run.deployment.root
            self._roots.setdefault(folder, []).append(root)
            root.run.additions = [block for unit in units.get(folder, ()) for block in unit.additions()]
        for unit, run in self._unread:
            run.missing.append(self._missing(unit))

    def _missing(self, unit: Unit) -> MissingCall:
        source = text_of(unit.source) or ""
        if unit.source is None:
            reason = "its source is in a file that it includes"
        elif not source:
            reason = "its source is not a plain text"
        elif unit.module_folder is None:
            reason = "its source is not on disk"
        else:
            reason = "there is no module in that folder"
        return MissingCall(unit.place, basename(unit.folder) or ".", source, reason, unit.told())

    # --- What units ask for ---------------------------------------------------------------

    def output(self, folder: str, name: str) -> Value | None:
        """An output of the unit in a folder, ``None`` where that is not known."""
        values = [root.output(name) for root in self._roots.get(folder, ()) if name in root.module.outputs]
        return choice(values) if values else None

    def parsed(self, path: str) -> HclFile | None:
        """A file of Terragrunt, ``None`` where there is none."""
        if path not in self._files:
            text = self._library.read("", path)
            self._files[path] = read_hcl(Source(path, text)) if text is not None else None
        return self._files[path]

    def config(self, path: str) -> Config | None:
        """The same, evaluated for its own folder."""
        file = self.parsed(path)
        if path not in self._configs and file is not None:
            self._configs[path] = Config(file, dirname(path), self)
        return self._configs.get(path)

    def read(self, folder: str, path: str) -> str | None:
        """The text of a file relative to a folder."""
        return self._library.read(folder, path)
