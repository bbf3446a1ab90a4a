"""Discovery: what git ignores (against git itself), what is walked, how bytes become text."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from kvlint import discover as discover_module
from kvlint.discover import DiscoveredFile, Discovery, discover, kind_by_name, read_source
from kvlint.ignorefiles import IgnoreChain, parse_rules
from kvlint.kinds import FileKind
from kvlint.result import ParseFailure
from kvlint.source import Source

GIT_ENVIRONMENT = {
    **os.environ,
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_SYSTEM": os.devnull,
    "GIT_CONFIG_COUNT": "1",
    "GIT_CONFIG_KEY_0": "core.excludesFile",
    "GIT_CONFIG_VALUE_0": os.devnull,
}

Write = Callable[..., Path]


def git(folder: Path, *arguments: str, given: bytes = b"") -> bytes:
    process = subprocess.run(
        ["git", *arguments], cwd=folder, input=given, env=GIT_ENVIRONMENT, capture_output=True
    )
    assert process.returncode in (0, 1), process.stderr
    return process.stdout


@pytest.fixture
def tree(tmp_path: Path) -> Write:
    def write(path: str, content: str | bytes = "") -> Path:
        file = tmp_path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        return file

    return write


def shown(discovery: Discovery) -> list[str]:
    return [file.shown for file in discovery.files]


def found(root: Path, *paths: Path) -> list[str]:
    return shown(discover(paths or [root], root))


# What git ignores -------------------------------------------------------------------------------


def _file_names() -> list[bytes]:
    """Names of files, none of them also the folder of another, that patterns could mean."""
    odd = (
        "a.tf", "x/a.tf", "x/y/a.tf", ".env", "dir/x", "x/dir/y", "x/dir/z/x", "a b", "a ", "#a", "!a", "a]", "a[b",
        "a-b", "a*b", "a?b", "a\\b", "é", "aé", "build/out/x.yaml", "ax/y/b", "A", "1", "a1b", "a\tb", "--", "abc/d",
    )  # fmt: skip
    folders = [b"", b"a/", b"ab/", b"x/b/"]
    folders += [
        outer + inner for outer in (b"a/", b"ab/", b"x/b/") for inner in (b"a/", b"ab/", b"x/b/a/", b"[a/")
    ]
    leaves = [folder + leaf for folder in folders for leaf in (b"c", b"ba", b"bb", b"a x")]
    names = [b"other/" + name for name in (b"a", b"b", b"ab/a", b"ab/b/a", b"ba/ab", b"ba/b/b")]
    return sorted({*(name.encode() for name in odd), *leaves, *names, b"a/b", b"a/x/b/b", b"ab/b", b"b"})


FILES = _file_names()


@pytest.fixture(scope="session")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository that holds all of ``FILES``."""
    folder = tmp_path_factory.mktemp("repository")
    git(folder, "init", "--quiet")
    for name in FILES:
        file = folder / os.fsdecode(name)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()
    return folder


def kept_by_git(repository: Path, rules: bytes) -> set[bytes]:
    (repository / ".git" / "info" / "exclude").write_bytes(rules)
    output = git(repository, "ls-files", "-z", "--others", "--exclude-standard")
    return set(output.split(b"\0")) - {b""}


def kept_by_kvlint(rules: bytes, names: Sequence[bytes] = FILES) -> set[bytes]:
    chain = IgnoreChain(Path(), ((0, parse_rules(rules)),))

    def ignored(name: bytes) -> bool:
        parts = name.split(b"/")
        return any(
            chain.ignores(os.fsdecode(b"/".join(parts[:count])), count < len(parts))
            for count in range(1, len(parts) + 1)
        )

    return {name for name in names if not ignored(name)}


TABLE = [
    "a", "/a", "a/", "/a/", "a/b", "a/b/", "/a/b", "b", "*.tf", "/*.tf", "x/*.tf", "x/**/*.tf", "**/a.tf", "**/a",
    "a/**", "a/**/b", "a**b", "a**/b", "**", "*", "/*", "/**", "**/", "/**/", "*/", "a/*", "a/*/b", "?", "??",
    "a?b", "[ab]", "[!a]", "[^a]", "[a-c]", "a[-]b", "a[b-]", "[]a]", "a[]]", "a[]-]", "[a", "a[[]b", "[[:alpha:]]",
    "[[:digit:]x]", "[[:nope:]]", "[[:alpha]", "a[[:space:]]b", "a[[:punct:]]b", "[z-a]", "a[!/]b", "a[/]b",
    "\\a", "\\#a", "\\!a", "#a", "!a", "a\\ ", "a ", "a\\", "a\\*b", "a\\?b", "a\\\\b", "a\\/b", "", "/", "//", "a//",
    "!", "*\n!a", "*\n!*/\n!*.tf", "dir\n!dir/x", "dir/*\n!dir/x", "/*\n!/a\n/a/*\n!/a/b", "a\r\nb\r\n", "\ufeffa",
    "a\\\\ ", "a\t", "\u00e9", "?\u00e9", "**a", "a/**b", "x/**/", "**/dir/**", "a/***/b", "***", "a/b/**/", "*[!a]*",
    "--", "[--0]", "a[+--]b", "[\\]a]", "[a\\-z]", "a**\\/b", "**\\/b", "*b/", "*/b", "build/**/*.yaml", "*a*b*",
]  # fmt: skip


@pytest.mark.parametrize("rules", TABLE)
def test_each_pattern_means_what_it_means_to_git(repository: Path, rules: str) -> None:
    data = rules.encode() + b"\n"
    assert kept_by_kvlint(data) == kept_by_git(repository, data)


PIECES = st.sampled_from(
    [
        "a",
        "b",
        "ab",
        "*",
        "**",
        "?",
        "/",
        "/**/",
        "**/",
        "/**",
        "[ab]",
        "[!a]",
        "[a-",
        "]",
        "\\",
        "\\a",
        "!",
        "#",
        " ",
    ]
)
LINES = st.lists(PIECES, min_size=1, max_size=7).map("".join)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lines=st.lists(LINES, min_size=1, max_size=5))
@example(lines=["**/a*b/**/b"])
@example(lines=["**/a*/*b/**/a**"])
def test_generated_patterns_mean_what_they_mean_to_git(repository: Path, lines: list[str]) -> None:
    rules = "\n".join(lines).encode()
    assert kept_by_kvlint(rules) == kept_by_git(repository, rules)


def test_no_pattern_makes_matching_slow() -> None:
    rules = b"*a*a*a*a*a*a*a*a*a*a*a*a*b\n**/a/**/a/**/a/**/a/**/a/**/a/**/a/**/a/**/b\n"
    names = [b"a" * 4000, b"/".join([b"a"] * 200)]
    assert kept_by_kvlint(rules, names) == set(names)


def test_ignore_files_add_up_as_in_git(tree: Write, tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet")
    tree(".git/info/exclude", "excluded.yaml\nkept.yaml\n")
    tree(".gitignore", "*.tfvars\n/generated/\nlogs\n!kept.yaml\n")
    tree("infra/.gitignore", "!prod.tfvars\nlocal/*.yaml\n")
    tree("infra/deep/.gitignore", "prod.tfvars\n/anchored.tf\n")
    for path in (
        "excluded.yaml", "kept.yaml", "a.tfvars", "generated/a.tf", "infra/generated/a.tf", "logs/a.yaml",
        "infra/logs/a.yaml", "infra/prod.tfvars", "infra/dev.tfvars", "infra/local/a.yaml", "infra/local/b/a.yaml",
        "infra/deep/prod.tfvars", "infra/deep/anchored.tf", "infra/deep/x/anchored.tf", "other/local/a.yaml",
    ):  # fmt: skip
        tree(path)
    listed = git(tmp_path, "ls-files", "-z", "--others", "--exclude-standard").decode().split("\0")
    expected = sorted(path for path in listed if path.endswith((".tf", ".tfvars", ".yaml")))
    assert found(tmp_path) == expected
    inside = [path for path in expected if path.startswith("infra/deep/")]
    assert found(tmp_path, tmp_path / "infra" / "deep") == inside


def test_a_worktree_reads_the_exclude_file_of_its_repository(tmp_path: Path) -> None:
    main, worktree = tmp_path / "main", tmp_path / "worktree"
    main.mkdir()
    git(main, "init", "--quiet")
    identity = ["-c", "user.name=a", "-c", "user.email=a@example.org"]
    git(main, *identity, "commit", "--quiet", "--allow-empty", "--message", "first")
    git(main, "worktree", "add", "--quiet", str(worktree))
    (main / ".git" / "info" / "exclude").write_text("secret.yaml\n")
    for name in ("secret.yaml", "app.yaml"):
        (worktree / name).touch()
    assert found(worktree) == ["app.yaml"]


def test_a_repository_inside_another_has_its_own_rules(tree: Write, tmp_path: Path) -> None:
    tree(".git/HEAD")
    tree(".gitignore", "*.yaml\n")
    tree("inner/.git/HEAD")
    tree("inner/a.yaml")
    tree("outer.yaml")
    assert found(tmp_path) == ["inner/a.yaml"]


# The walk ---------------------------------------------------------------------------------------


def test_a_walk_takes_known_extensions_sorted(tree: Write, tmp_path: Path) -> None:
    for path in (
        "b.yml",
        "a.yaml",
        "z/main.bicep",
        "z/main.tf",
        "z/prod.bicepparam",
        "z/x.tfvars",
        "z/x.tf.json",
        "z/x.tfvars.json",
        "Z.tf",
        "k/Kustomization",
    ):
        tree(path)
    for path in ("a.txt", "b.json", "c.yaml.tmpl", "d.TF", ".hidden.tf", "yaml"):
        tree(path)
    assert found(tmp_path) == [
        "Z.tf",
        "a.yaml",
        "b.yml",
        "k/Kustomization",
        "z/main.bicep",
        "z/main.tf",
        "z/prod.bicepparam",
        "z/x.tf.json",
        "z/x.tfvars",
        "z/x.tfvars.json",
    ]


def test_generated_folders_are_left_out_unless_named(tree: Write, tmp_path: Path) -> None:
    for folder in (
        ".git",
        ".terraform",
        "node_modules",
        ".venv",
        "x/.terragrunt-cache",
        "cdktf.out",
        ".pulumi",
    ):
        tree(f"{folder}/a.tf")
    tree("environment/pyvenv.cfg")
    tree("environment/lib/a.yaml")
    tree("dist/a.yaml")
    tree(".github/workflows/a.yml")
    assert found(tmp_path) == [".github/workflows/a.yml", "dist/a.yaml"]
    assert found(tmp_path, tmp_path / "environment") == ["environment/lib/a.yaml"]


def test_named_files_are_read_even_if_ignored(tree: Write, tmp_path: Path) -> None:
    tree(".git/HEAD")
    tree(".gitignore", "*.tfvars\n")
    secret = tree("secret.tfvars")
    tree("main.tf")
    files = discover([tmp_path, secret], tmp_path).files
    assert [(file.shown, file.named) for file in files] == [("main.tf", False), ("secret.tfvars", True)]


def test_a_named_file_of_another_kind_is_passed_over(tree: Write, tmp_path: Path) -> None:
    discovery = discover([tree("a.py")], tmp_path)
    assert (discovery.files, discovery.problems) == ([], [])


def test_a_path_given_twice_is_read_once(tree: Write, tmp_path: Path) -> None:
    tree("x/a.tf")
    assert found(tmp_path, tmp_path / "x", tmp_path / "x" / "a.tf", tmp_path) == ["x/a.tf"]


def test_a_file_outside_the_root_is_shown_upwards(tree: Write, tmp_path: Path) -> None:
    tree("root/a.tf")
    assert found(tmp_path / "root", tree("other/b.tf")) == ["../other/b.tf"]


def test_large_files_need_a_name(tree: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(discover_module, "MAX_BYTES", 10)
    large = tree("large.yaml", "a" * 11)
    tree("small.yaml", "a" * 10)
    discovery = discover([tmp_path], tmp_path)
    assert shown(discovery) == ["small.yaml"]
    assert [problem.path for problem in discovery.problems] == ["large.yaml"]
    assert discovery.problems[0].message.startswith("too large")
    named = discover([tmp_path, large], tmp_path)
    assert (shown(named), named.problems) == (["large.yaml", "small.yaml"], [])


def test_what_cannot_be_listed_is_a_problem_and_the_walk_goes_on(
    tree: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tree("closed/a.tf")
    tree("open/a.tf")
    scandir = os.scandir

    def refusing(path: str) -> object:
        if str(path).endswith("closed"):
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refusing)
    discovery = discover([tmp_path], tmp_path)
    assert shown(discovery) == ["open/a.tf"]
    assert [(p.path, p.message) for p in discovery.problems] == [
        ("closed", "cannot list the folder: permission denied")
    ]


def test_a_missing_path_is_a_problem(tmp_path: Path) -> None:
    (problem,) = discover([tmp_path / "no.tf"], tmp_path).problems
    assert (problem.path, problem.message) == ("no.tf", "no such file or directory")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes on this system")
def test_a_pipe_is_never_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.yaml")
    assert found(tmp_path) == []
    (problem,) = discover([tmp_path / "pipe.yaml"], tmp_path).problems
    assert problem.message == "not a regular file"


# Links ------------------------------------------------------------------------------------------


def test_links_inside_the_root_are_read_once(tree: Write, tmp_path: Path) -> None:
    tree("root/shared/a.tf")
    (tmp_path / "root" / "app").mkdir()
    (tmp_path / "root" / "app" / "link.tf").symlink_to("../shared/a.tf")
    (tmp_path / "root" / "app" / "folder").symlink_to("../shared")
    root = tmp_path / "root"
    assert found(root) == ["shared/a.tf"]
    assert found(root, root / "app") == ["shared/a.tf"]
    assert found(root, root / "app" / "link.tf") == ["shared/a.tf"]


def test_links_out_of_the_root_and_loops_are_not_followed(tree: Write, tmp_path: Path) -> None:
    tree("outside/a.tf")
    tree("root/b.tf")
    root = tmp_path / "root"
    (root / "out").symlink_to("../outside")
    (root / "out.tf").symlink_to("../outside/a.tf")
    (root / "loop").symlink_to(".")
    (root / "self.tf").symlink_to("self.tf")
    (root / "broken.tf").symlink_to("nowhere.tf")
    discovery = discover([root], root)
    assert (shown(discovery), discovery.problems) == (["b.tf"], [])
    named = discover([root / "out.tf", root / "out", root / "self.tf", root / "broken.tf"], root)
    assert shown(named) == []
    assert [(p.path, p.message.split(" (")[0]) for p in named.problems] == [
        ("broken.tf", "no such file or directory"),
        ("out", "a link that points out of the analysed folder is not followed"),
        ("out.tf", "a link that points out of the analysed folder is not followed"),
        ("self.tf", "too many levels of symbolic links"),
    ]


def test_a_link_is_no_way_around_the_ignore_rules(tree: Write, tmp_path: Path) -> None:
    tree(".git/HEAD")
    tree(".gitignore", "hidden/\n")
    tree("hidden/a.tf")
    tree("node_modules/x/b.tf")
    tree("app/c.tf")
    (tmp_path / "app" / "hidden").symlink_to("../hidden/a.tf")
    (tmp_path / "app" / "link.tf").symlink_to("../hidden/a.tf")
    (tmp_path / "app" / "package").symlink_to("../node_modules/x")
    assert found(tmp_path) == ["app/c.tf"]


def test_a_root_behind_a_link_is_a_root_all_the_same(tree: Write, tmp_path: Path) -> None:
    tree("real/a.tf")
    link = tmp_path / "link"
    link.symlink_to("real")
    assert found(link, link) == ["a.tf"]
    assert found(link, link / "a.tf") == ["a.tf"]


# Names ------------------------------------------------------------------------------------------


def test_kinds_that_a_name_gives_away(tree: Write, tmp_path: Path) -> None:
    tree("chart/Chart.yaml")
    tree("plain/values.yaml")
    kinds = {
        "k/kustomization.yaml": FileKind.KUSTOMIZE,
        "k/kustomization.yml": FileKind.KUSTOMIZE,
        "k/Kustomization": FileKind.KUSTOMIZE,
        "chart/Chart.yaml": FileKind.HELM,
        "chart/values.yaml": FileKind.HELM,
        "chart/values-prod.yml": FileKind.HELM,
        "chart/env/values.prod.yaml": FileKind.HELM,
        "chart/templates/app.yaml": FileKind.HELM,
        "chart/templates/sub/app.yaml": FileKind.HELM,
        "chart/other.yaml": None,
        "plain/values.yaml": None,
        "plain/templates/app.yaml": None,
        ".github/workflows/ci.yml": FileKind.WORKFLOW,
        ".github/dependabot.yml": None,
        "main.tf": None,
    }
    assert {path: kind_by_name(tmp_path / path) for path in kinds} == kinds


# Text -------------------------------------------------------------------------------------------


def text_of(file: Path) -> Source | ParseFailure:
    return read_source(DiscoveredFile(file, file.name, None, named=False))


@pytest.mark.parametrize(
    "data",
    [
        b"a: \xc3\xa9\r\n",
        b"\xef\xbb\xbfa: \xc3\xa9\r\n",
        "\ufeffa: é\r\n".encode("utf-16-le"),
        "\ufeffa: é\r\n".encode("utf-16-be"),
        "a: é\r\n".encode("utf-16-le"),
        "a: é\r\n".encode("utf-16-be"),
    ],
)
def test_encodings(tree: Write, data: bytes) -> None:
    source = text_of(tree("a.yaml", data))
    assert isinstance(source, Source)
    assert source.text == "a: é\r\n"


def test_an_empty_file_is_fine(tree: Write) -> None:
    source = text_of(tree("a.yaml", b""))
    assert isinstance(source, Source)
    assert source.text == ""


@pytest.mark.parametrize(
    "data",
    [b"a\0b", b"\x7fELF\0\0\0", b"\0\0", b"\xff\xfea\0\0\0b\0", b"\xff\0\xfe", "a: b".encode("utf-32")],
)
def test_binary_files(tree: Write, data: bytes) -> None:
    failure = text_of(tree("a.yaml", data))
    assert isinstance(failure, ParseFailure)
    assert (failure.path, failure.message, failure.span) == ("a.yaml", "binary file", None)


@pytest.mark.parametrize(
    ("data", "message", "place"),
    [
        (b"a: 1\nb: \xc3\xa9\xff\n", "not valid UTF-8: unexpected byte 0xff", "a.yaml:2:5"),
        (b"\xef\xbb\xbf\xe9\n", "not valid UTF-8: unexpected byte 0xe9", "a.yaml:1:1"),
        (b"ab\xc3", "not valid UTF-8: unexpected byte 0xc3", "a.yaml:1:3"),
        (b"\xff\xfea\0\n\0\x00\xdcx\0", "not valid UTF-16: unexpected byte 0x00", "a.yaml:2:1"),
    ],
)
def test_bad_bytes_are_located(tree: Write, data: bytes, message: str, place: str) -> None:
    failure = text_of(tree("a.yaml", data))
    assert isinstance(failure, ParseFailure)
    assert (failure.message, str(failure.span)) == (message, place)


def test_a_file_that_went_away_is_a_failure(tmp_path: Path) -> None:
    failure = text_of(tmp_path / "gone.yaml")
    assert isinstance(failure, ParseFailure)
    assert failure.message == "cannot read the file: no such file or directory"


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.binary(max_size=40))
def test_reading_never_raises(tree: Write, data: bytes) -> None:
    assert isinstance(text_of(tree("a.yaml", data)), Source | ParseFailure)
