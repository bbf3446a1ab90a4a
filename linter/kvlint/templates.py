"""The ways in which the Bicep and ARM templates of a set get deployed: entries, and parameters for each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from posixpath import basename, dirname, join, normpath

from kvlint.checkouts import Checkouts
from kvlint.evaluate.arm.from_bicep import parameter_file_of as bicep_parameters
from kvlint.evaluate.arm.from_bicep import template_of as bicep_template
from kvlint.evaluate.arm.from_json import template_of as json_template
from kvlint.evaluate.arm.instance import Run, TemplateInstance
from kvlint.evaluate.arm.place import first_place
from kvlint.evaluate.arm.template import ModuleCall, ParameterFile, Template, Variable
from kvlint.evaluate.arm.usertypes import UserTypes
from kvlint.evaluate.deployer import is_azd_principal, principal_of, with_deployer
from kvlint.evaluate.interpret import evaluate
from kvlint.evaluate.placeholders import with_placeholders
from kvlint.evaluate.resources import Deployment, Language
from kvlint.evaluate.values import Step, Value, moved
from kvlint.parsing import Parsed, add_bicep, add_template
from kvlint.registry import ModuleRegistry
from kvlint.setfiles import SetFiles
from kvlint.source import Source, Span
from kvlint.syntax.arm_json import is_template
from kvlint.syntax.bicep_tree import BicepFile
from kvlint.syntax.expr import Expr, Literal
from kvlint.syntax.json import read_json

#: What stands before a reference to a registry or a template spec.
_REMOTE = ("br:", "br/", "ts:", "ts/")
#: A parameters file builds on so many others at most.
_MAX_BASES = 20


def is_remote(reference: str) -> bool:
    """Whether a reference is to a module of a registry or to a template spec."""
    return reference.startswith(_REMOTE)


class TemplateLibrary:
    """The templates and files of the set; what discovery left out is read on demand."""

    def __init__(self, parsed: Parsed, checkouts: Checkouts, cache: Path | None) -> None:
        self._parsed = parsed
        self._files = SetFiles(checkouts)
        self._registry = ModuleRegistry(self._files, cache)
        self._templates: dict[str, Template | None] = {}
        self._restored: dict[Span, Template | str] = {}
        self._types: dict[Template, frozenset[str]] = {}
        self._user_types = UserTypes(self._imported)
        self._bicep = {file.source.path: file for file in parsed.bicep}
        self._json = {file.source.path: file for file in parsed.templates}

    def at(self, path: str) -> Template | None:
        """The template at a path of the set, ``None`` where there is none."""
        if path not in self._templates:
            self._templates[path] = self._read(path)
        return self._templates[path]

    def _read(self, path: str) -> Template | None:
        if path.endswith(".bicep"):
            tree = self._tree(path)
            return None if tree is None else bicep_template(tree, self._user_types)
        if path not in self._json:
            source = self._files.source(path)
            found = add_template(self._parsed, source) if isinstance(source, Source) else None
            if found is None:
                return None
            self._json[path] = found
        return self._json[path].template

    def _tree(self, path: str) -> BicepFile | None:
        if path not in self._bicep:
            source = self._files.source(path)
            if not isinstance(source, Source):
                return None
            self._bicep[path] = add_bicep(self._parsed, source)
        return self._bicep[path]

    def _imported(self, base: BicepFile, written: str) -> BicepFile | None:
        """The Bicep file of the set that an import in another names."""
        if is_remote(written) or not written.endswith(".bicep"):
            return None
        path = self._inside(normpath(join(dirname(base.source.path), written)))
        return None if path is None else self._tree(path)

    def _inside(self, path: str) -> str | None:
        """A path as the set knows it, ``None`` where it lies outside of that."""
        return self._files.name_of(path) if path.partition("/")[0] == ".." else path

    def template(self, base: Template, written: Literal) -> Template | str:
        """The template that a module path or registry reference in another leads to, or why it does not."""
        reference = str(written.value)
        folder = dirname(base.source.path)
        if is_remote(reference):
            if written.span not in self._restored:
                self._restored[written.span] = self._cached(folder, reference, written.span)
            return self._restored[written.span]
        path = self._inside(normpath(join(folder, reference)))
        if path is None:
            return "its file lies outside of what is analysed"
        return self.at(path) or f"there is no template at {path}"

    def _cached(self, folder: str, reference: str, place: Span) -> Template | str:
        """A module out of the cache: compiled, and no file of the set."""
        text = self._registry.text(folder, reference)
        if text is None:
            return "its source is not on disk"
        source = Source(reference, text, stands_for=place)
        root = read_json(source, multiline=True).root
        if root is None or not is_template(root):
            return "what the module cache holds of it is no template"
        return json_template(source, root)[0]

    def above(self, folder: str) -> str | None:
        """The folder above another one, ``None`` at the top of its checkout."""
        return self._files.above(folder)

    def read(self, base: Template, path: str) -> str | None:
        """The text of a file relative to a template."""
        return self._files.read(dirname(base.source.path), path)

    def source(self, base: Template, path: str) -> Source | None:
        """The same as a source."""
        found = self._files.source(normpath(join(dirname(base.source.path), path)))
        return found if isinstance(found, Source) else None

    def types_below(self, template: Template) -> frozenset[str]:
        """The types, in lower case, that a template and its modules deploy; ``*`` for what is not known."""
        known = self._types.get(template)
        if known is None:
            known = self._types[template] = frozenset(self._walk(template))
        return known

    def _walk(self, template: Template) -> Iterator[str]:
        """The types below a template. What calls itself in a circle is not known either."""
        around: dict[Template, Iterator[ModuleCall]] = {template: iter(template.modules.values())}
        seen = {template}
        yield from _own_types(template)
        while around:
            caller, calls = next(reversed(around.items()))
            call = next(calls, None)
            if call is None:
                del around[caller]
                continue
            found = called(self, caller, call)
            if found is None or found in around:
                yield "*"
            elif found not in seen:
                seen.add(found)
                around[found] = iter(found.modules.values())
                yield from _own_types(found)


def _own_types(template: Template) -> Iterator[str]:
    return (one.type.casefold() for one in template.all_resources())


def called(library: TemplateLibrary, template: Template, call: ModuleCall) -> Template | None:
    """The template of a module call, ``None`` where it cannot be read."""
    if call.template is not None:
        return call.template
    found = library.template(template, call.path) if isinstance(call.path, Literal) else ""
    return found if isinstance(found, Template) else None


@dataclass(slots=True, eq=False)
class TemplateDeployment:
    """An entry template with one choice of parameters."""

    deployment: Deployment
    template: Template
    parameters: list[ParameterFile]

    def instance(self, library: TemplateLibrary, understood: Iterable[str]) -> TemplateInstance:
        """The deployed template."""
        run = Run(self.deployment, library, frozenset(understood))
        place = first_place(self.template.scope, self.deployment)
        given = _Given(self.parameters, run, self.template)
        return TemplateInstance(self.template, run, place, given)


class _Given:
    """What parameter files give the parameters of an entry template: later files win."""

    def __init__(self, files: Iterable[ParameterFile], run: Run, template: Template) -> None:
        self._files = [(file, self._scope(file, run, template)) for file in files]

    def _scope(self, file: ParameterFile, run: Run, template: Template) -> TemplateInstance:
        """What expressions of the file see: its variables, and what it gives the parameters."""
        given = {one.name: Variable(one.name, one.span, one.value) for one in file.values.values()}
        around = Template(file.source, template.scope, variables={**given, **file.variables})
        around.imports = file.imports
        around.is_json = file.is_json
        place = first_place(template.scope, run.deployment)
        return TemplateInstance(around, run, place, lambda _: None, path="parameters")

    def __call__(self, name: str) -> Value | None:
        """The value for a parameter, ``None`` where no file gives one."""
        for file, scope in reversed(self._files):
            found = file.values.get(name) or (file.values.get(name.lower()) if file.is_json else None)
            if found is not None:
                if is_azd_principal(found.value):
                    value: Value = principal_of(scope.deployment, found.value.span)
                else:
                    value = with_deployer(with_placeholders(evaluate(found.value, scope)), scope.deployment)
                return moved(value, Step(found.span, f"{basename(file.source.path)}, {found.name}"))
        return None


@dataclass(slots=True, eq=False)
class TemplateSet:
    """The deployments of a set, in order of path, and parameter files that are for no template of it."""

    deployments: list[TemplateDeployment]
    orphans: list[ParameterFile]


def template_set(parsed: Parsed, library: TemplateLibrary) -> TemplateSet:
    """Every entry template of the set with each of its parameter files."""
    templates = _templates(parsed, library)
    chosen, orphans = _parameter_files(parsed, templates, library)
    deployments = []
    for path, template in sorted(_entries(templates, library, chosen).items()):
        language = Language.ARM if template.is_json else Language.BICEP
        for variant, files in sorted(chosen.get(path, {"": []}).items()):
            deployment = Deployment(language, path, variant)
            deployments.append(TemplateDeployment(deployment, template, files))
    return TemplateSet(deployments, orphans)


def _templates(parsed: Parsed, library: TemplateLibrary) -> dict[str, Template]:
    """The templates of the set, without those that the compiler wrote beside their source."""
    paths = [file.source.path for file in parsed.bicep if file.source.path.endswith(".bicep")]
    paths += [file.source.path for file in parsed.templates]
    found = {path: template for path in paths if (template := library.at(path)) is not None}
    return {
        path: template
        for path, template in found.items()
        if not (template.is_compiled and f"{path.removesuffix('.json')}.bicep" in found)
    }


def _entries(
    templates: Mapping[str, Template], library: TemplateLibrary, chosen: Mapping[str, object]
) -> dict[str, Template]:
    """Templates that no other one calls, or that have parameters of their own."""
    modules = {target for template in templates.values() for target in _called_by(template, library)}
    entries = {
        path: template for path, template in templates.items() if path in chosen or template not in modules
    }
    reached: set[Template] = set()
    for template in entries.values():
        _reach(template, library, reached)
    for path, template in sorted(templates.items()):
        if template not in reached:
            # Modules that call each other in a circle: begin somewhere, so that somebody says so.
            entries[path] = template
            _reach(template, library, reached)
    return entries


def _called_by(template: Template, library: TemplateLibrary) -> list[Template]:
    found = (called(library, template, call) for call in template.modules.values())
    return [one for one in found if one is not None]


def _reach(start: Template, library: TemplateLibrary, reached: set[Template]) -> None:
    """Add a template and all that it calls, over any number of others."""
    stack = [start]
    while stack:
        template = stack.pop()
        if template not in reached:
            reached.add(template)
            stack += _called_by(template, library)


#: Parameter files by their name, for each entry template by path.
_Chosen = dict[str, dict[str, list[ParameterFile]]]


def _parameter_files(
    parsed: Parsed, templates: Mapping[str, Template], library: TemplateLibrary
) -> tuple[_Chosen, list[ParameterFile]]:
    """The parameter files of each entry, and those that are for no template of the set."""
    chosen: _Chosen = {}
    orphans: list[ParameterFile] = []
    by_path = {
        file.source.path: bicep_parameters(file)
        for file in parsed.bicep
        if file.source.path.endswith(".bicepparam")
    }
    extended = {id(base) for file in by_path.values() for base in _bases(file, by_path)}
    for path, file in by_path.items():
        target = _used_template(file, by_path)
        if target is None and (id(file) in extended or file.using is None):
            continue  # others build on it
        if target is not None and target in templates:
            chosen.setdefault(target, {})[path] = [*_bases(file, by_path), file]
        else:
            orphans.append(file)
    for file in parsed.parameter_files:
        target = _template_for(file, templates, library)
        if target is not None:
            chosen.setdefault(target, {})[file.source.path] = [file]
        else:
            orphans.append(file)
    return chosen, orphans


def _text(expression: Expr | None) -> str | None:
    value = expression.value if isinstance(expression, Literal) else None
    return value if isinstance(value, str) else None


def _used_template(file: ParameterFile, others: Mapping[str, ParameterFile]) -> str | None:
    """The path of the template that a file, or the one that it extends, is for."""
    for one in (file, *reversed(_bases(file, others))):
        path = _text(one.using)
        if path is not None:
            return normpath(join(dirname(one.source.path), path))
    return None


def _bases(file: ParameterFile, others: Mapping[str, ParameterFile]) -> list[ParameterFile]:
    """The files that a file extends, the first of them first."""
    found: list[ParameterFile] = []
    path = _text(file.extends)
    while path is not None and len(found) < _MAX_BASES:
        base = others.get(normpath(join(dirname((found[0] if found else file).source.path), path)))
        if base is None or base in found or base is file:
            break
        found.insert(0, base)
        path = _text(base.extends)
    return found


def _template_for(
    file: ParameterFile, templates: Mapping[str, Template], library: TemplateLibrary
) -> str | None:
    """The template that an ARM parameters file is for: by its name, else the only one that fits nearby."""
    folder: str | None = dirname(file.source.path)
    stem = basename(file.source.path).partition(".")[0]
    for candidate in (f"{stem}.bicep", f"{stem}.json"):
        path = join(dirname(file.source.path), candidate)
        if path in templates and _fits(file, templates[path]):
            return path
    while folder is not None:
        near = [path for path in templates if dirname(path) == folder and _fits(file, templates[path])]
        if near:
            named = [path for path in near if basename(path).partition(".")[0] in ("main", "azuredeploy")]
            return near[0] if len(near) == 1 else named[0] if len(named) == 1 else None
        folder = library.above(folder)
    return None


def _fits(file: ParameterFile, template: Template) -> bool:
    """Whether a template declares everything that a file gives."""
    declared = {name.lower() for name in template.parameters}
    return bool(file.values) and all(name.lower() in declared for name in file.values)


def named_template(file: ParameterFile) -> Literal | None:
    """The path by which a parameters file names a template of the set, ``None`` where it names none."""
    path = _text(file.using)
    if path is None or is_remote(path) or not isinstance(file.using, Literal):
        return None
    return file.using
