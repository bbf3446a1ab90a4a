"""The code of apps: what Python says of credentials, and which folder is whose."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from kvlint.evaluate.values import PartialText, Scalar, Unknown
from kvlint.graph.adapters.builds import add_commands, image_name
from kvlint.graph.adapters.code_links import written_text
from kvlint.graph.facts import Facts
from kvlint.source import Source
from kvlint.syntax.python import imported_names, read_python
from scenarios import TESTDATA, run

_IMPORT = "from azure.identity import DefaultAzureCredential, ManagedIdentityCredential\n"


def _calls(text: str) -> list[str]:
    code = read_python(Source("main.py", text))
    assert code is not None
    return (
        [] if code.told else [f"{span.first.line}:{span.first.column} {span.text}" for span, _ in code.calls]
    )


# --- Python -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "call"),
    [
        ("from azure.identity import DefaultAzureCredential as D\nc = D()", "2:5 D"),
        ("import azure.identity\nc = azure.identity.DefaultAzureCredential()", "2:5 azure.identity.DefaultAzureCredential"),
        ("import azure.identity.aio as i\nc = i.ManagedIdentityCredential()", "2:5 i.ManagedIdentityCredential"),
        ("from azure import identity\nc = identity.DefaultAzureCredential()", "2:5 identity.DefaultAzureCredential"),
        ("from azure.identity import aio\nc = aio.DefaultAzureCredential()", "2:5 aio.DefaultAzureCredential"),
        ("from azure.identity.aio import *\nc = DefaultAzureCredential()", "2:5 DefaultAzureCredential"),
        (_IMPORT + "k = 'ключ🔑'; c = DefaultAzureCredential()", "2:18 DefaultAzureCredential"),
        (_IMPORT + "c = f(\n    DefaultAzureCredential(\n    exclude_cli_credential=True))", "3:5 DefaultAzureCredential"),
        (_IMPORT + "c = DefaultAzureCredential(exclude_managed_identity_credential=False)", "2:5 DefaultAzureCredential"),
        (_IMPORT + "async def f():\n  async with DefaultAzureCredential() as c:\n    pass", "3:14 DefaultAzureCredential"),
        (_IMPORT + "def f():\n  try:\n    return DefaultAzureCredential()\n  except ValueError:\n    raise", "4:12 DefaultAzureCredential"),
        (_IMPORT + "def f(url):\n  if not url:\n    raise ValueError\n  return DefaultAzureCredential()", "5:10 DefaultAzureCredential"),
        (_IMPORT + "class A:\n  def f(self):\n    if self.c is None:\n      self.c = DefaultAzureCredential()", "5:16 DefaultAzureCredential"),
        (_IMPORT + "class A:\n  def f(self):\n    if self.c:\n      return self.c\n    self.c = DefaultAzureCredential()", "6:14 DefaultAzureCredential"),
        ("try:\n  from azure.identity import DefaultAzureCredential\nexcept ImportError:\n  DefaultAzureCredential = None\nc = DefaultAzureCredential()", "5:5 DefaultAzureCredential"),
        ("a = '\\d'\r\n" + _IMPORT + "c = DefaultAzureCredential()\r\n", "3:5 DefaultAzureCredential"),
        ("a = 1\r" + _IMPORT + "b = 2\rc = DefaultAzureCredential()", "4:5 DefaultAzureCredential"),
    ],
)  # fmt: skip
def test_calls_that_name_no_identity(text: str, call: str) -> None:
    assert _calls(text) == [call]


@pytest.mark.parametrize(
    "text",
    [
        "c = DefaultAzureCredential()",
        "from .identity import DefaultAzureCredential\nc = DefaultAzureCredential()",
        "from azure.identity import AzureCliCredential\nc = AzureCliCredential()",
        _IMPORT + "c = DefaultAzureCredential",
        _IMPORT + "class DefaultAzureCredential: ...\nc = DefaultAzureCredential()",
        _IMPORT + "def f(DefaultAzureCredential):\n  return DefaultAzureCredential()",
        _IMPORT + "# c = DefaultAzureCredential()",
        _IMPORT + "c = DefaultAzureCredential(exclude_managed_identity_credential=True)",
        _IMPORT + "c = DefaultAzureCredential(exclude_managed_identity_credential=local)",
        _IMPORT + "c = k if local else DefaultAzureCredential()",
        _IMPORT + "c = given or DefaultAzureCredential()",
        _IMPORT + "if remote:\n  c = DefaultAzureCredential()",
        _IMPORT + "if key:\n  c = key\nelif remote:\n  c = 1\nelse:\n  c = DefaultAzureCredential()",
        _IMPORT + "match kind:\n  case 'aad':\n    c = DefaultAzureCredential()",
        _IMPORT + "def f(c):\n  if c is None:\n    c = DefaultAzureCredential()",
        _IMPORT + "def f(c=DefaultAzureCredential()):\n  pass",
        _IMPORT + "def f(key):\n  if key:\n    return key\n  return DefaultAzureCredential()",
        _IMPORT + "def f():\n  with a:\n    if key:\n      return key\n  return DefaultAzureCredential()",
        _IMPORT
        + "def f():\n  try:\n    return keys['a']\n  except KeyError:\n    return DefaultAzureCredential()",
        _IMPORT + "try:\n  c = DefaultAzureCredential()\nexcept E:\n  c = ManagedIdentityCredential()",
        "from azure.identity import ChainedTokenCredential as C, ManagedIdentityCredential as M\nc = C(M(), k)",
    ],
)
def test_calls_that_may_not_matter(text: str) -> None:
    code = read_python(Source("main.py", text))
    assert code is not None
    assert not code.told
    assert not code.calls


@pytest.mark.parametrize(
    "text",
    [
        "c = DefaultAzureCredential(managed_identity_client_id=a)",
        "c = DefaultAzureCredential(**options)",
        "c = ManagedIdentityCredential(client_id=a)",
        "c = ManagedIdentityCredential(*a)",
        "c = ManagedIdentityCredential(identity_config={'resource_id': a})",
        "c = ManagedIdentityCredential(client_id=a) if a else ManagedIdentityCredential()",
        "import os\nos.environ['AZURE_CLIENT_ID'] = a",
        "class Settings(Base):\n  azure_client_id: str",
    ],
)
def test_code_that_may_name_an_identity(text: str) -> None:
    code = read_python(Source("main.py", _IMPORT + "d = DefaultAzureCredential()\n" + text))
    assert code is not None
    assert code.told


@pytest.mark.parametrize(
    "text",
    [
        _IMPORT + "print 'a'",
        _IMPORT + "c = (",
        _IMPORT + "c = " + "(" * 300 + ")" * 300,
        _IMPORT + "c = " + "-" * 50_000 + "1",
    ],
)
def test_code_that_cannot_be_read(text: str) -> None:
    assert read_python(Source("main.py", text)) is None


def test_imported_names() -> None:
    text = "from .shop import vault\nimport a.b as c, d\n  from x import (  # kvlint\n"
    assert imported_names(text) == {"shop", "import", "vault", "a", "b", "as", "c", "d", "x"}


# --- Builds -------------------------------------------------------------------------------------


def _built(text: str, path: str = "build.sh") -> list[tuple[str, list[str]]]:
    facts = Facts()
    add_commands(Source(path, text), facts)
    return [
        (link.image, [f"{folder}|{file}" for folder, file, _ in link.places]) for link in facts.code_links
    ]


@pytest.mark.parametrize(
    ("text", "image", "place"),
    [
        ("docker build -t api .", "api", "|Dockerfile"),
        ("docker build . --tag=$REG.azurecr.io/shop/api:${TAG} --no-cache && docker push x", "api", "|Dockerfile"),
        ("docker buildx build --push --platform linux/amd64 -t \"$A/api:1\" -f api/Dockerfile ./", "api", "|api/Dockerfile"),
        ("az acr build -r $ACR --image api:$(git rev-parse HEAD) --no-logs src/api", "api", "src/api|src/api/Dockerfile"),
        ("az acr build \\\n  -t api:1 \\\n  -r $ACR ./src/api > /dev/null", "api", "src/api|src/api/Dockerfile"),
    ],
)  # fmt: skip
def test_builds(text: str, image: str, place: str) -> None:
    assert _built(text) == [(image, [place])]


@pytest.mark.parametrize(
    "text",
    [
        "docker build -t $IMAGE .",
        "docker build -t api $FOLDER",
        "docker build -t api -f $FILE .",
        "docker build -t api https://github.com/shop/api.git",
        "docker build -t api - < Dockerfile",
        "docker build -t api --unheard-of a .",
        "docker build -t api a b",
        "docker build -t 'api .",
        "docker build .",
        "docker compose build -t api .",
        "cd api\ndocker build -t api .",
        "pushd api; docker build -t api .",
        "az build -t api .",
    ],
)
def test_builds_of_which_not_enough_is_known(text: str) -> None:
    assert _built(text) == []


def test_where_commands_begin() -> None:
    line = "docker build -t api src"
    assert _built(f"run: {line}", "a/.github/workflows/b.yml") == [("api", ["a/src|a/src/Dockerfile"])]
    assert _built(line, "tools/b.sh") == [("api", ["src|src/Dockerfile", "tools/src|tools/src/Dockerfile"])]
    assert _built("docker build -t api .\\src", "b.ps1") == [("api", ["src|src/Dockerfile"])]
    assert not _built(f"working-directory: a\nrun: {line}", ".github/workflows/b.yml")


@pytest.mark.parametrize(
    ("image", "name"),
    [
        ("shop.azurecr.io/team/api:1.0", "api"),
        ("localhost:5000/api", "api"),
        ("api@sha256:00", "api"),
        ("${{ env.REGISTRY }}/api:${{ github.sha }}", "api"),
        ("$REGISTRY/$NAME:1", None),
        ("$REGISTRY-api", None),
        ("", None),
    ],
)
def test_the_name_of_an_image(image: str, name: str | None) -> None:
    assert image_name(image) == name


def test_the_name_of_an_image_that_is_partly_known() -> None:
    unknown = Unknown("no value")
    assert image_name(written_text(PartialText((unknown, Scalar("/api:"), unknown)))) == "api"
    assert image_name(written_text(PartialText((unknown, Scalar("api:1"))))) is None
    assert image_name(written_text(unknown)) is None


@pytest.mark.parametrize(
    ("text", "apps"),
    [
        ("az containerapp update -n api --set-env-vars A=1", ["api"]),
        ("az containerapp update --name $APP --set-env-vars A=1", [None]),
        ("az webapp config appsettings set \\\n  --name web --settings A=1", ["web"]),
        ("az functionapp identity assign --name jobs", ["jobs"]),
        ("- uses: azure/appservice-settings@v1", [None]),
        ("az containerapp update --name api --image a/b:1", []),
        ("az webapp show --name web", []),
    ],
)
def test_commands_that_change_an_app(text: str, apps: list[str | None]) -> None:
    facts = Facts()
    add_commands(Source("a.sh", text), facts)
    assert [script.app for script in facts.environment_scripts] == apps


# --- Findings -----------------------------------------------------------------------------------


def test_the_call_and_the_link_are_shown() -> None:
    (finding,) = (
        one for one in run(TESTDATA / "KV210/bad/lazy-and-asynchronous").findings if one.check.id == "KV210"
    )
    assert [str(related.span) for related in finding.related] == [
        "src/api/shop/vault.py:15:57",
        "azure.yaml:5:3",
    ]
    assert "`client_id`" in finding.help
    assert finding.verify.startswith("az containerapp show --name api ")


def test_code_is_never_run(tmp_path: Path) -> None:
    shown = TESTDATA / "KV210/bad/app-service"
    for path in (file for file in shown.rglob("*") if file.is_file()):
        copy = tmp_path / path.relative_to(shown)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(path.read_bytes())
    code = tmp_path / "application.py"
    code.write_text(f"open({str(tmp_path / 'ran')!r}, 'w')\nraise SystemExit\n" + code.read_text())
    assert "KV210" in {finding.check.id for finding in run(tmp_path).findings}
    assert not (tmp_path / "ran").exists()


def test_links_in_circles_and_large_files_are_survived(tmp_path: Path) -> None:
    (tmp_path / "azure.yaml").write_bytes((TESTDATA / "KV210/bad/app-service/azure.yaml").read_bytes())
    (tmp_path / "deploy").mkdir()
    (tmp_path / "deploy/main.tf").write_bytes(
        (TESTDATA / "KV210/bad/app-service/deploy/main.tf").read_bytes()
    )
    (tmp_path / "app.py").write_bytes((TESTDATA / "KV210/bad/app-service/application.py").read_bytes())
    (tmp_path / "circle").symlink_to(tmp_path)
    assert "KV210" in {finding.check.id for finding in run(tmp_path).findings}
    (tmp_path / "large.py").write_text("# " + "a" * 1_000_001)
    assert "KV210" not in {finding.check.id for finding in run(tmp_path).findings}


def test_no_python_is_read_without_a_link(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text('resource "azurerm_key_vault" "a" {\n  name = "kv"\n}\n')
    script = (
        "import sys\nfrom pathlib import Path\nfrom kvlint.engine import analyse\n"
        f"analyse([Path({str(tmp_path)!r})], Path({str(tmp_path)!r}))\n"
        "sys.exit('kvlint.syntax.python' in sys.modules)\n"
    )
    paths = {"PYTHONPATH": ":".join(sys.path)}
    assert subprocess.run([sys.executable, "-c", script], env=paths, check=False).returncode == 0
