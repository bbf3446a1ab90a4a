"""``kvlint.toml``: where it is looked for, what it may hold, and how its mistakes are told."""

from __future__ import annotations

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
        ('bicep = "cli"\n\nbicpe = "cli"\n', 3, 'unknown key "bicpe"; the one that exists is "bicep"'),
        ('\n[bicep]\nmode = "cli"\n', 2, '"bicep" is one of "auto", "cli" and "native"'),
        ("[[checks.ignore]]\n", 1, 'unknown key "checks"'),
        ('# one\nbicep = "always"\n', 2, '"bicep" is one of'),
        ("bicep = true\n", 1, '"bicep" is one of'),
        ("bicep = ['cli']\n", 1, '"bicep" is one of'),
        ("bicep = {}\n", 1, '"bicep" is one of'),
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
        f'kvlint: {repository / "kvlint.toml"}:1: unknown key "color"; the one that exists is "bicep"\n'
    )


def test_the_option_goes_before_the_file(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (repository / "kvlint.toml").write_text('bicep = "cli"\n')
    (repository / "main.bicep").write_text("output a string = 'x'\n")
    monkeypatch.chdir(repository)
    monkeypatch.setenv("PATH", "")
    assert cli.main(["--bicep", "native", "--quiet"]) == cli.CLEAN
    with pytest.raises(SystemExit):
        cli.main(["--quiet"])
