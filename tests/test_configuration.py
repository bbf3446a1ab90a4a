"""``kvlint.toml``: where it is looked for, what it may hold, and how its mistakes are told."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from kvlint import cli
from kvlint.configuration import Configuration, ConfigurationError, read_configuration


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    (tmp_path / "kvlint.toml").write_text('bicep = "cli"\n')
    top = tmp_path / "repository"
    (top / ".git").mkdir(parents=True)
    (top / "infra" / "app").mkdir(parents=True)
    return top


def test_without_a_file_all_is_as_usual(repository: Path) -> None:
    """Nothing above the repository counts."""
    assert read_configuration(repository / "infra" / "app") == Configuration("auto")


@pytest.mark.parametrize("text", ['bicep = "native"\n', '\ufeff# why\r\n"bicep"="native"\r\n'])
def test_the_nearest_file_counts(repository: Path, text: str) -> None:
    (repository / "kvlint.toml").write_text('bicep = "cli"\n')
    (repository / "infra" / "kvlint.toml").write_text(text, encoding="utf-8")
    assert read_configuration(repository / "infra" / "app").bicep == "native"
    assert read_configuration(repository).bicep == "cli"


def test_outside_of_a_repository_only_the_root_counts(tmp_path: Path) -> None:
    (tmp_path / "kvlint.toml").write_text('bicep = "cli"\n')
    (tmp_path / "below").mkdir()
    assert read_configuration(tmp_path).bicep == "cli"
    assert read_configuration(tmp_path / "below").bicep == "auto"


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ('bicep = "cli"\n\nbicpe = "cli"\n', 3, 'unknown key "bicpe"; those that exist are "bicep"'),
        ('\n[bicep]\nmode = "cli"\n', 2, '"bicep" is one of "auto", "cli" and "native"'),
        ("[[checks.ignore]]\n", 1, 'unknown key "checks"'),
        ('# one\nbicep = "always"\n', 2, '"bicep" is one of'),
        ("bicep = true\n", 1, '"bicep" is one of'),
        ("bicep = ['cli']\n", 1, '"bicep" is one of'),
        ("bicep = {}\n", 1, '"bicep" is one of'),
        ('bicep = "cli"\ncontext = "../platform"\n', 2, '"context" is a list of folders'),
        ("context = [1]\n", 1, '"context" is a list of folders'),
        ("external = 1\n", 1, '"external" is a table'),
        ("\n[[external]]\n", 2, '"external" is a table'),
        (
            "[external]\n\n[[external.vualt]]\n",
            3,
            'unknown key "external.vualt"; those that exist are "vault"',
        ),
        ("[external]\nvualt = 1\n", 1, 'unknown key "external.vualt"'),
        ('[external.vault]\nname = "x"\n', 1, "write [[external.vault]], once for each entry"),
        ("[external]\nvault = [1]\n", 1, "write [[external.vault]]"),
        ("bicep = 'cli'\n[[external.vault]]\nsecrets = []\n", 2, '[[external.vault]] needs "name"'),
        (
            '[[external.vault]]\nname = "x"\n[["external" . \'vault\']] # y\nname = "y"\n\n"nmae" = 1\n',
            6,
            'unknown key "nmae" in [[external.vault]]; those that exist are "name"',
        ),
        ('[[external.vault]]\nname = "x"\nsecrets = "y"\n', 3, '"secrets" is a list of texts'),
        ('[[external.vault]]\nname = "x"\nsecrets = [\n"y", 1]\n', 3, '"secrets" is a list of texts'),
        ('[[external.vault]]\nname = ""\n', 2, '"name" is a text'),
        ('[[external.vault]]\nname = ["x"]\n', 2, '"name" is a text'),
        (
            '[[external.vault]]\nname = "x"\npermission-model = "RBAC"\n',
            3,
            '"permission-model" is one of "rbac" and "access-policy"',
        ),
        ('[[external.identity]]\nname = "id-*"\n', 2, '"name" takes no "*"'),
        ('[[external.grant]]\nidentity = "x"\nvault = "y"\n', 1, 'needs either "role" or some of'),
        (
            '[[external.grant]]\nidentity = "x"\nvault = "y"\nrole = "z"\nkey-permissions = ["get"]\n',
            1,
            'needs either "role" or some of "secret-permissions"',
        ),
        ('external.identity = [{ name = "a" }, { nmae = "b" }]\n', 1, 'unknown key "nmae"'),
        ('bicep = "cli"\nbicep = "cli"\n', 2, "Cannot overwrite a value"),
        ("# a\nbicep =\n", 2, "Invalid value"),
        ('bicep = "cli', 1, "Unterminated string"),
    ],
)
def test_mistakes_have_a_place(repository: Path, text: str, line: int, message: str) -> None:
    file = repository / "kvlint.toml"
    file.write_text(text)
    with pytest.raises(ConfigurationError) as raised:
        read_configuration(repository)
    assert str(raised.value).startswith(f"{file}:{line}: ")
    assert message in str(raised.value)


def test_unreadable_files_are_told(repository: Path) -> None:
    file = repository / "kvlint.toml"
    file.write_bytes(b"bicep = '\xff'")
    with pytest.raises(ConfigurationError, match="not valid UTF-8"):
        read_configuration(repository)
    file.unlink()
    file.mkdir()
    with pytest.raises(ConfigurationError, match=r"kvlint\.toml: "):
        read_configuration(repository)


def test_a_mistake_is_wrong_usage(
    repository: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (repository / "kvlint.toml").write_text("color = true\n")
    (repository / "main.bicep").write_text("param a string\n")
    monkeypatch.chdir(repository)
    assert cli.main([]) == cli.FAILED
    assert capsys.readouterr().err == (
        f'kvlint: {repository / "kvlint.toml"}:1: unknown key "color";'
        ' those that exist are "bicep", "context" and "external"\n'
    )


def test_the_option_goes_before_the_file(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (repository / "kvlint.toml").write_text('bicep = "cli"\n')
    (repository / "main.bicep").write_text("output a string = 'x'\n")
    monkeypatch.chdir(repository)
    monkeypatch.setenv("PATH", "")
    assert cli.main(["--bicep", "native", "--quiet"]) == cli.CLEAN
    with pytest.raises(SystemExit):
        cli.main(["--quiet"])


def test_folders_of_the_context_start_from_the_file(repository: Path) -> None:
    (repository / "kvlint.toml").write_text('# a\ncontext = ["../platform", "/srv/x"]\n')
    first, second = read_configuration(repository / "infra").context
    assert first.path == repository / "../platform"
    assert second.path == Path("/srv/x")
    assert first.place == f"{repository / 'kvlint.toml'}:2"


def test_declarations_know_their_places(repository: Path) -> None:
    text = """\
[[external.vault]] # the first
name = "kv-a"

[[external.identity]]
name = 'id-a'

  [[ external."vault" ]]
  permission-model = "rbac"
  "secrets" = [
    "one",
    "two", # kv-b
  ]
  name = "kv-b"
"""
    for ends in ("\n", "\r\n"):
        (repository / "kvlint.toml").write_text(text, newline=ends)
        found = read_configuration(repository / "infra").external
        assert [(one.table, str(one.span)) for one in found] == [
            ("vault", "../kvlint.toml:1:1"),
            ("vault", "../kvlint.toml:7:3"),
            ("identity", "../kvlint.toml:4:1"),
        ]
        assert [one.span.text for one in found][:2] == ["[[external.vault]]", '[[ external."vault" ]]']
        places = {key: [str(one.span) for one in texts] for key, texts in found[1].texts.items()}
        assert places == {
            "permission-model": ["../kvlint.toml:8:23"],
            "secrets": ["../kvlint.toml:10:6", "../kvlint.toml:11:6"],
            "name": ["../kvlint.toml:13:11"],
        }
        assert found[2].texts["name"][0].span.text == "id-a"


@pytest.mark.parametrize(
    "text",
    [
        'external.vault = [{ name = "kv-a" }]\n',
        '[external]\nvault = [\n  { name = "kv-a" },\n]\n',
        '[[external.vault]]\nname = "kv\\u002da"\n',
        '[[external.vault]]\nname = """\nkv-a"""\n',
    ],
)
def test_every_spelling_has_a_place(text: str, repository: Path) -> None:
    (repository / "kvlint.toml").write_text(text)
    (found,) = read_configuration(repository).external
    (name,) = found.texts["name"]
    assert name.text == "kv-a"
    assert name.span.text.strip()
    assert name.span.first.line in (1, 2)


def test_the_documented_examples_are_right(repository: Path) -> None:
    """Each example of docs/configuration.md and of the README, by itself."""
    folder = Path(__file__).resolve().parent.parent
    pages = [(folder / name).read_text("utf-8") for name in ("docs/configuration.md", "README.md")]
    examples = [example for page in pages for example in re.findall(r"```toml\n(.*?)```", page, re.DOTALL)]
    tables: set[str] = set()
    for example in examples:
        (repository / "kvlint.toml").write_text(example)
        tables |= {one.table for one in read_configuration(repository).external}
    assert tables == {"federated-credential", "grant", "identity", "service-account", "vault"}
    assert len(examples) == 6
