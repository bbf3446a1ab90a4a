"""From discovered files to trees: every file is read once, and what cannot be read is said."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Container, Sequence
from dataclasses import dataclass, field
from posixpath import dirname, splitext

from kvlint.discover import BICEP, NAMED_ONLY, SCRIPTS, DiscoveredFile, Discovery, read_source
from kvlint.evaluate.arm.from_json import template_of
from kvlint.evaluate.arm.json_parameters import parameter_file_of
from kvlint.evaluate.arm.template import ParameterFile, Template
from kvlint.evaluate.documents import kind_of_broken
from kvlint.evaluate.terraform.plan import Plan, read_plan
from kvlint.evaluate.terraform.terragrunt_config import UNIT_FILE
from kvlint.evaluate.terraform.variables import VariableFile, from_body, from_object
from kvlint.kinds import FileKind
from kvlint.result import ParseFailure
from kvlint.secrets import assigned_secrets, secret_name
from kvlint.source import Source, Span
from kvlint.syntax.arm_json import is_parameter_file, is_template
from kvlint.syntax.bicep import read_bicep
from kvlint.syntax.bicep_tree import BicepFile, Param
from kvlint.syntax.body import Comment, ParseProblem, SyntaxProblem
from kvlint.syntax.hcl import HclFile, read_hcl
from kvlint.syntax.json import JsonFile, read_json
from kvlint.syntax.terraform_json import read_terraform_json
from kvlint.syntax.terraform_show import ShowKind, kind_of_show, looks_like_show
from kvlint.syntax.yaml import YamlFile, read_yaml

_YAML = (".yaml", ".yml")
_SCRIPT_COMMENT = re.compile(r"(?<![^\s;])#[^\r\n]*")
_GENERATOR = re.compile(r'"_generator":\s*\{\s*"name":\s*"bicep"')
#: So many characters of a compiled template tell that it is one.
_LOOKED_AT = 4096
_TEMPLATE = "its template actions are not rendered here; what they make of the file may be valid"
_UNKNOWN_KIND = "it may be of a kind that has nothing to do with secrets"
#: A longer text is not given to the second reader, which needs minutes and gigabytes for it.
_MAX_SECOND = 500_000


@dataclass(slots=True, eq=False)
class JsonTemplate:
    """An ARM template in JSON."""

    source: Source
    template: Template


@dataclass(slots=True, eq=False)
class Parsed:
    """The trees of a run.

    ``templates`` and ``parameter_files`` are those in ARM JSON. ``modules`` holds the Terraform files by folder; ``comments`` those of every source, for
    suppressions. ``kinds`` of YAML files are told later, by what the documents hold.
    """

    modules: dict[str, list[HclFile]] = field(default_factory=dict)
    variable_files: list[VariableFile] = field(default_factory=list)
    terragrunt: list[HclFile] = field(default_factory=list)
    plans: list[Plan] = field(default_factory=list)
    documents: list[tuple[DiscoveredFile, YamlFile]] = field(default_factory=list)
    bicep: list[BicepFile] = field(default_factory=list)
    templates: list[JsonTemplate] = field(default_factory=list)
    parameter_files: list[ParameterFile] = field(default_factory=list)
    comments: dict[str, list[Comment]] = field(default_factory=dict)
    scripts: list[Source] = field(default_factory=list)
    problems: list[ParseProblem] = field(default_factory=list)
    failures: list[ParseFailure] = field(default_factory=list)
    kinds: Counter[FileKind] = field(default_factory=Counter)

    def add_context(self, other: Parsed) -> None:
        """Take the trees of another set along; its files do not count."""
        for folder, files in other.modules.items():
            self.modules.setdefault(folder, []).extend(files)
        self.variable_files += other.variable_files
        self.terragrunt += other.terragrunt
        self.plans += other.plans
        self.documents += other.documents
        self.bicep += other.bicep
        self.templates += other.templates
        self.parameter_files += other.parameter_files
        self.scripts += other.scripts
        self.comments |= other.comments
        self.problems += other.problems
        self.failures += other.failures


def parse(discovery: Discovery) -> Parsed:
    """Read every discovered file."""
    parsed = Parsed()
    for problem in discovery.problems:
        _fail(parsed, problem, excuse=_UNKNOWN_KIND if problem.path.endswith(_YAML) else "")
    names = {file.shown for file in discovery.files}
    for file in discovery.files:
        source = read_source(file)
        if isinstance(source, ParseFailure):
            # A script in another encoding is no defect: it is only searched for commands.
            # Nor is it one in a YAML file of another tool.
            if not file.shown.endswith(SCRIPTS) and not _is_foreign(file, source):
                _fail(parsed, source)
        elif _is_compiled(file, source, names):
            parsed.kinds[FileKind.ARM] += 1
        else:
            _read(parsed, file, source)
    return parsed


def _read(parsed: Parsed, file: DiscoveredFile, source: Source) -> None:
    name = source.path
    if name.endswith((".yaml", ".yml")) or file.kind_hint is FileKind.KUSTOMIZE:
        _read_yaml(parsed, file, source)
    elif name.endswith(".tfvars.json"):
        parsed.kinds[FileKind.TERRAFORM_VARIABLES] += 1
        tree = read_json(source)
        _problems(parsed, source, tree.problems, "")
        parsed.variable_files.append(from_object(source, tree.root))
    elif name.endswith(".tfvars"):
        parsed.kinds[FileKind.TERRAFORM_VARIABLES] += 1
        hcl = read_hcl(source)
        parsed.comments[name] = hcl.comments
        _problems(parsed, source, hcl.problems, "hcl")
        parsed.variable_files.append(from_body(source, hcl.body))
    elif name.endswith((".tf", ".tf.json")):
        parsed.kinds[FileKind.TERRAFORM] += 1
        add_terraform(parsed, source)
    elif file.path.name == UNIT_FILE:
        parsed.kinds[FileKind.TERRAGRUNT] += 1
        hcl = read_hcl(source)
        parsed.comments[name] = hcl.comments
        _problems(parsed, source, hcl.problems, "hcl")
        parsed.terragrunt.append(hcl)
    elif name.endswith(BICEP):
        parsed.kinds[FileKind.BICEP] += 1
        add_bicep(parsed, source)
    elif name.endswith((".json", *NAMED_ONLY)):
        _read_json(parsed, source, file.named)
    elif name.endswith(SCRIPTS):
        parsed.kinds[FileKind.SCRIPT] += 1
        parsed.scripts.append(source)
        parsed.comments[name] = _script_comments(source)


def add_terraform(parsed: Parsed, source: Source) -> HclFile:
    """Read one file of a module and put it into its folder."""
    as_json = source.path.endswith(".json")
    hcl = read_terraform_json(source) if as_json else read_hcl(source)
    parsed.comments[source.path] = hcl.comments
    _problems(parsed, source, hcl.problems, "" if as_json else "hcl")
    parsed.modules.setdefault(dirname(source.path), []).append(hcl)
    return hcl


def _read_yaml(parsed: Parsed, file: DiscoveredFile, source: Source) -> None:
    tree = read_yaml(source)
    parsed.comments[source.path] = tree.comments
    parsed.documents.append((file, tree))


def add_bicep(parsed: Parsed, source: Source) -> BicepFile:
    """Read one Bicep file."""
    tree = read_bicep(source)
    parsed.comments[source.path] = tree.comments
    for param in tree.of(Param):
        if param.default is not None and (param.type.secure or param.decorator("secure")):
            source.secrets.add((param.default.start, param.default.end))
    _problems(parsed, source, tree.problems, "")
    parsed.bicep.append(tree)
    return tree


def _read_json(parsed: Parsed, source: Source, named: bool) -> None:
    """A JSON file, if it is a template, a parameters file, or a plan or state of Terraform."""
    tree = read_json(source, multiline=True)
    if is_parameter_file(tree.root) and tree.root is not None:
        parsed.kinds[FileKind.ARM] += 1
        _problems(parsed, source, tree.problems, "")
        parsed.parameter_files.append(parameter_file_of(source, tree.root))
    elif kind_of_show(tree.root) is not None or (tree.problems and looks_like_show(source.text)):
        _add_plan(parsed, source, tree, named)
    elif add_template(parsed, source, tree) is None:
        parsed.kinds[FileKind.OTHER] += 1


def _add_plan(parsed: Parsed, source: Source, tree: JsonFile, named: bool) -> None:
    """Read a plan or state; one that breaks off proves nothing, and tells no more what is secret."""
    plan = read_plan(source, tree.root) if tree.root is not None else None
    is_plan = plan is None or plan.kind is ShowKind.PLAN
    parsed.kinds[FileKind.TERRAFORM_PLAN if is_plan else FileKind.TERRAFORM_STATE] += 1
    _problems(parsed, source, tree.problems, "")
    if plan is None or tree.problems:
        source.secrets.add((0, len(source.text)))
        return
    source.secrets.update((one.start, one.end) for name, one in plan.variables.items() if secret_name(name))
    plan.named = named
    parsed.plans.append(plan)


def add_template(parsed: Parsed, source: Source, tree: JsonFile | None = None) -> JsonTemplate | None:
    """Read one ARM template; ``None`` where the file is none."""
    tree = tree or read_json(source, multiline=True)
    if tree.root is None or not is_template(tree.root):
        return None
    template, problems = template_of(source, tree.root)
    parsed.kinds[FileKind.ARM] += 1
    _problems(parsed, source, tree.problems or problems, "")
    found = JsonTemplate(source, template)
    parsed.templates.append(found)
    return found


def judge_yaml(parsed: Parsed, tree: YamlFile, ours: bool) -> None:
    """Take the problems of a YAML file, once it is known whether the file is of a kind of ours.

    Those of a template are doubtful: its tool may well render it to YAML.
    """
    if ours:
        _problems(parsed, tree.source, tree.problems, "yaml", excuse=_TEMPLATE if tree.templated else "")


def _script_comments(source: Source) -> list[Comment]:
    """The comments of a script; one within a text does no harm, for only those for kvlint count."""
    if "kvlint" not in source.text:
        return []
    found = _SCRIPT_COMMENT.finditer(source.text)
    return [Comment(Span(source, *one.span()), one.group()[1:].strip()) for one in found]


def _is_compiled(file: DiscoveredFile, source: Source, names: Container[str]) -> bool:
    """Whether a template is what the compiler made of the Bicep file beside it: that is read instead."""
    stem, suffix = splitext(file.shown)
    if suffix != ".json" or file.named or f"{stem}.bicep" not in names:
        return False
    return _GENERATOR.search(source.text[:_LOOKED_AT]) is not None


def _is_foreign(file: DiscoveredFile, failure: ParseFailure) -> bool:
    """Whether a file that cannot be decoded is YAML that kvlint has no interest in."""
    if not file.shown.endswith(_YAML) or file.named or file.kind_hint is FileKind.KUSTOMIZE:
        return False
    return failure.span is not None and kind_of_broken(failure.span.source.text) is FileKind.OTHER


def _problems(
    parsed: Parsed, source: Source, problems: Sequence[SyntaxProblem], second: str, excuse: str = ""
) -> None:
    """Report the first problem of a file; the others are often its consequences."""
    if not problems:
        return
    first = problems[0]
    hide(first.span)
    accepted = not (excuse or first.refused) and _second_reader_accepts(source.text, second)
    message = first.message
    if len(problems) > 1:
        message += f" ({len(problems) - 1} more in this file)"
    parsed.problems.append(ParseProblem(first.span, message, accepted, excuse))
    if not (accepted or excuse):
        parsed.failures.append(ParseFailure(source.path, first.message, first.span))


def hide(span: Span) -> None:
    """Register what may be a secret on a line that is shown although nobody can read it."""
    source = span.source
    line = span.first.line
    begin = source.line_starts[line - 1]
    for start, end in assigned_secrets(source.line(line), any_value=True):
        source.secrets.add((begin + start, begin + end))


def _second_reader_accepts(text: str, language: str) -> bool:
    """Ask the reader that the ecosystem trusts, before a file is called broken."""
    if len(text) > _MAX_SECOND:
        return False
    if language == "hcl":
        from kvlint.syntax import second_hcl

        return second_hcl.accepts(text)
    if language == "yaml":
        from kvlint.syntax import second_yaml

        return second_yaml.accepts(text)
    return False


def _fail(parsed: Parsed, failure: ParseFailure, excuse: str = "") -> None:
    span = failure.span or Span(Source(failure.path, ""), 0, 0)
    hide(span)
    parsed.problems.append(ParseProblem(span, failure.message, excuse=excuse))
    parsed.failures.append(failure)
