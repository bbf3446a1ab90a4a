"""Which files a run reads, and their text.

Directories are walked without what git ignores and without folders that tools generate.
Nothing here looks at content beyond the encoding: what a YAML file is shows when it is parsed.
"""

from __future__ import annotations

import codecs
import os
import stat
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from kvlint.ignorefiles import IgnoreChain, repository_top
from kvlint.kinds import FileKind
from kvlint.result import ParseFailure
from kvlint.source import Source, Span
from kvlint.syntax.arm_json import looks_like_arm
from kvlint.syntax.terraform_show import looks_like_show

#: A larger file is read only when it is named: nobody writes such a thing by hand.
MAX_BYTES = 10_000_000

#: Read only for the commands that give an app secrets.
SCRIPTS = (".sh", ".bash", ".ps1", ".cmd", ".bat")
BICEP = (".bicep", ".bicepparam")
EXTENSIONS = (".tf", ".tfvars", *BICEP, ".json", ".yaml", ".yml", *SCRIPTS)
TERRAFORM_JSON = (".tf.json", ".tfvars.json")
#: Read only where they stand on the command line: they hold every secret in plain text.
NAMED_ONLY = (".tfstate",)
#: So many bytes of a JSON file tell whether it is a template, or a plan or state of Terraform.
_LOOKED_AT = 4096
#: Names that are read too, whatever their extension.
NAMES = ("Kustomization", "terragrunt.hcl")
_YAML = (".yaml", ".yml")
_GENERATED = frozenset(
    {
        ".git",
        ".hg",
        ".nox",
        ".pulumi",
        ".svn",
        ".terraform",
        ".terragrunt-cache",
        ".tox",
        ".venv",
        "__pycache__",
        "cdktf.out",
        "node_modules",
        "venv",
    }
)


@dataclass(slots=True, frozen=True)
class DiscoveredFile:
    """A file to read.

    ``path`` is absolute with links resolved, ``shown`` relative to the root with ``/``
    between folders. ``kind_hint`` is what its name alone says. ``named`` files stood on
    the command line themselves.
    """

    path: Path
    shown: str
    kind_hint: FileKind | None
    named: bool


@dataclass(slots=True, eq=False)
class Discovery:
    """The files of a run, sorted by shown path, and what could not be looked at."""

    files: list[DiscoveredFile] = field(default_factory=list)
    problems: list[ParseFailure] = field(default_factory=list)


def discover(paths: Sequence[Path], root: Path, *, within: Path | None = None) -> Discovery:
    """The files under these paths; never raises for what the file system holds.

    A named file is taken whatever ignores it, as long as its extension is one that kvlint
    reads. No file is taken twice. Links do not lead out of the folder ``within``, which is the
    root if not told otherwise.
    """
    walk = _Walk(Path(os.path.realpath(root)), within)
    for path in sorted(paths, key=lambda path: path.is_dir()):
        walk.start(path)
    walk.follow_links()
    files = sorted(walk.files.values(), key=lambda file: file.shown)
    problems = sorted(walk.problems, key=lambda problem: (problem.path, problem.message))
    return Discovery(files, problems)


def place_of(path: Path) -> Path:
    """Where a path of the command line stands, absolute.

    Links above the last component are how the user got there and are resolved; the last is
    what the user names, and stays.
    """
    if path.name in ("", ".."):
        return Path(os.path.realpath(path))
    return Path(os.path.realpath(path.parent)) / path.name


def shown_path(path: Path, root: Path) -> str:
    """How findings name a path: relative to the root, upwards with ``..`` where it lies outside."""
    try:
        return Path(os.path.relpath(path, root)).as_posix()
    except ValueError:  # another drive
        return path.as_posix()


def kind_by_name(path: Path) -> FileKind | None:
    """What a YAML file is by its name and place alone, ``None`` where that takes its content."""
    name = path.name
    if name in ("kustomization.yaml", "kustomization.yml", "Kustomization"):
        return FileKind.KUSTOMIZE
    if name == "Chart.yaml":
        return FileKind.HELM
    if not name.endswith(_YAML):
        return None
    parents = path.parents
    if len(parents) > 1 and parents[0].name == "workflows" and parents[1].name == ".github":
        return FileKind.WORKFLOW
    if name.startswith("values") and any((folder / "Chart.yaml").is_file() for folder in parents):
        return FileKind.HELM
    templates = (folder.parent for folder in parents if folder.name == "templates")
    if any((chart / "Chart.yaml").is_file() for chart in templates):
        return FileKind.HELM
    return None


def read_source(file: DiscoveredFile) -> Source | ParseFailure:
    """The text of a file: UTF-8, or UTF-16 with a byte order mark or recognisable without."""
    try:
        data = file.path.read_bytes()
    except OSError as error:
        return ParseFailure(file.shown, f"cannot read the file: {_reason(error)}")
    encoding, data = _encoding_of(data)
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        if b"\0" in data and encoding == "utf-8":
            return ParseFailure(file.shown, "binary file")
        start = len(data[: error.start].decode(encoding))
        readable = Source(file.shown, data.decode(encoding, "replace"))
        message = f"not valid {encoding[:6].upper()}: unexpected byte 0x{data[error.start]:02x}"
        return ParseFailure(file.shown, message, Span(readable, start, start + 1))
    if "\0" in text:
        return ParseFailure(file.shown, "binary file")
    return Source(file.shown, text)


_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


def _encoding_of(data: bytes) -> tuple[str, bytes]:
    """The encoding, and the bytes without their byte order mark."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return encoding, data[len(mark) :]
    # Mostly-ASCII text in UTF-16 has a NUL in most units, always on the same side.
    sample = data[:1024]
    units = len(sample) // 2
    high, low = sample[0::2].count(0), sample[1::2].count(0)
    if units and len(data) % 2 == 0:
        if high == 0 and low * 2 > units:
            return "utf-16-le", data
        if low == 0 and high * 2 > units:
            return "utf-16-be", data
    return "utf-8", data


def _reason(error: OSError) -> str:
    return (error.strerror or type(error).__name__).lower()


class _Walk:
    """The state of one discovery. Links wait until all real entries are known."""

    def __init__(self, root: Path, within: Path | None = None) -> None:
        self.root = root
        self.within = within or root
        self.files: dict[str, DiscoveredFile] = {}
        self.problems: list[ParseFailure] = []
        self._seen: set[str] = set()
        self._links: list[str] = []

    def start(self, path: Path) -> None:
        """Take a path of the command line."""
        place = str(place_of(path))
        real = os.path.realpath(place)
        try:
            mode = os.stat(real).st_mode
        except OSError as error:
            self._problem(place, _reason(error))
            return
        if os.path.islink(place) and self._inside(place) and not self._inside(real):
            self._problem(place, "a link that points out of the analysed folder is not followed")
        elif stat.S_ISDIR(mode):
            self._walk(real)
        elif not stat.S_ISREG(mode):
            self._problem(place, "not a regular file")
        elif real.endswith((*EXTENSIONS, *NAMED_ONLY)) or os.path.basename(real) in NAMES:
            self._take(real, named=True)

    def follow_links(self) -> None:
        """Take what links lead to where it lies in the root and was not met on the way."""
        while self._links:
            link = self._links.pop()
            real = os.path.realpath(link)
            if real in self._seen or real in self.files or not self._inside(real) or self._left_out(real):
                continue
            if os.path.isdir(real):
                self._walk(real)
            elif os.path.isfile(real) and _readable_name(os.path.basename(real)):
                self._take_unless_large(real)

    def _walk(self, folder: str) -> None:
        stack = [(folder, self._chain_above(folder))]
        while stack:
            current, chain = stack.pop()
            if current in self._seen:
                continue
            self._seen.add(current)
            try:
                with os.scandir(current) as listing:
                    entries = list(listing)
            except OSError as error:
                self._problem(current, f"cannot list the folder: {_reason(error)}")
                continue
            names = {entry.name for entry in entries}
            if "pyvenv.cfg" in names and current != folder:
                continue
            if ".git" in names and current != str(chain.top):
                chain = IgnoreChain.at(Path(current))
            if ".gitignore" in names:
                chain = chain.entering(_relative(current, chain.top))
            stack.extend((below, chain) for below in self._entries(entries, current, chain))

    def _entries(self, entries: Iterable[os.DirEntry[str]], folder: str, chain: IgnoreChain) -> list[str]:
        """Take the files of a folder and give the folders to go on with."""
        folders = []
        inside = _relative(folder, chain.top)
        prefix = inside + "/" if inside else ""
        for entry in entries:
            name = entry.name
            is_folder = entry.is_dir(follow_symlinks=False)
            is_link = not is_folder and entry.is_symlink()
            if not (is_folder or is_link or _readable_name(name)) or (is_folder and name in _GENERATED):
                continue
            if chain.ignores(prefix + name, is_folder):
                continue
            if is_folder:
                folders.append(entry.path)
            elif is_link:
                self._links.append(entry.path)
            elif entry.is_file(follow_symlinks=False):
                self._take_unless_large(entry.path)
        return folders

    def _take_unless_large(self, path: str) -> None:
        if path.endswith(".json") and not path.endswith(TERRAFORM_JSON) and not _may_be_read(path):
            return
        try:
            size = os.stat(path).st_size
        except OSError as error:
            self._problem(path, _reason(error))
            return
        if size > MAX_BYTES and path not in self.files:
            self._problem(path, f"too large ({size / 1e6:.0f} MB); name the file to read it all the same")
        else:
            self._take(path, named=False)

    def _take(self, path: str, named: bool) -> None:
        known = self.files.get(path)
        if known is None or (named and not known.named):
            place = Path(path)
            self.files[path] = DiscoveredFile(place, shown_path(place, self.root), kind_by_name(place), named)

    def _chain_above(self, folder: str) -> IgnoreChain:
        """What applies in a folder from the ignore files above it."""
        place = Path(folder)
        top = repository_top(place)
        if top is None:
            return IgnoreChain(place)
        chain = IgnoreChain.at(top)
        for above in reversed(place.parents):
            if above.is_relative_to(top):
                chain = chain.entering(_relative(str(above), top))
        return chain

    def _left_out(self, real: str) -> bool:
        """Whether a walk from the root would never come to the target of a link."""
        place = Path(real)
        for step in (place, *place.parents):
            if step == self.within:
                return False
            is_folder = step != place or step.is_dir()
            if is_folder and (step.name in _GENERATED or (step / "pyvenv.cfg").is_file()):
                return True
            chain = self._chain_above(str(step))
            if step != chain.top and chain.ignores(_relative(str(step), chain.top), is_folder):
                return True
        return False

    def _inside(self, real: str) -> bool:
        return Path(real).is_relative_to(self.within)

    def _problem(self, path: str, message: str) -> None:
        self.problems.append(ParseFailure(shown_path(Path(path), self.root), message))


def _relative(path: str, top: Path) -> str:
    """A path below ``top`` as the ignore files see it, ``""`` for the top itself."""
    if path == str(top):
        return ""
    return Path(path).relative_to(top).as_posix()


def _may_be_read(path: str) -> bool:
    """Whether a JSON file begins like a template, a plan or a state."""
    try:
        with open(path, "rb") as file:
            encoding, data = _encoding_of(file.read(_LOOKED_AT))
    except OSError:
        return False
    beginning = data.decode(encoding, "replace")
    return looks_like_arm(beginning) or looks_like_show(beginning)


def _readable_name(name: str) -> bool:
    """Whether kvlint reads files of this name; Terraform passes over hidden ones itself."""
    if not name.endswith(EXTENSIONS):
        return name in NAMES
    return not (name.startswith(".") and name.endswith((".tf", ".tf.json")))
