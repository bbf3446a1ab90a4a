"""Which folders are deployed with which var files, and where modules come from."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from kvlint.evaluate.values import ListValue, MapValue, Scalar, Value
from terraform_trees import deployments, root_module, write_files

LEAF = 'variable "x" {\n  default = "default"\n}\noutput "x" {\n  value = var.x\n}\n'

#: A var file for it.
X = 'x = "value"\n'


def call(source: str, name: str = "m", more: str = "") -> str:
    return f'module "{name}" {{\n  source = "{source}"\n{more}}}\noutput "{name}" {{\n  value = module.{name}.x\n}}\n'


def data(value: Value | None) -> object:
    return value.data if isinstance(value, Scalar) else None


def found(folder: Path, files: dict[str, str]) -> list[tuple[str, str]]:
    write_files(files, folder)
    return [(one.deployment.root, one.deployment.variant) for one in deployments(folder)[0]]


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"main.tf": ""}, [("", "")]),
        ({"readme.txt": ""}, []),
        ({"a/main.tf": "", "b/main.tf": ""}, [("a", ""), ("b", "")]),
        ({"main.tf": call("./m"), "m/main.tf": LEAF}, [("", "")]),
        ({"app/main.tf": call("../m"), "m/main.tf": LEAF}, [("app", "")]),
        ({"app/main.tf": call("../lib//m/"), "lib/m/main.tf": LEAF}, [("app", "")]),
        # A module that its own folder deploys too.
        (
            {"main.tf": call("./m"), "m/main.tf": 'terraform {\n  backend "azurerm" {}\n}\n'},
            [("", ""), ("m", "")],
        ),
        (
            {"main.tf": call("./m"), "m/main.tf": LEAF, "m/o_override.tf": "terraform {\n  cloud {}\n}\n"},
            [("", ""), ("m", "")],
        ),
        (
            {"main.tf": call("./m"), "m/main.tf": LEAF, "m/terraform.tfvars": 'x = "y"\n'},
            [("", ""), ("m", "")],
        ),
        # The folder is called by an example below it.
        (
            {"main.tf": LEAF, "examples/full/main.tf": call("../..")},
            [("examples/full", "")],
        ),
        ({"main.tf.json": "{}"}, [("", "")]),
        # In a circle, somebody has to begin.
        ({"a/main.tf": call("../b"), "b/main.tf": call("../a")}, [("a", "")]),
    ],
)
def test_roots(files: dict[str, str], expected: list[tuple[str, str]], tmp_path: Path) -> None:
    assert found(tmp_path, files) == expected


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"terraform.tfvars": X, "a.auto.tfvars": X, "terraform.tfvars.json": "{}"}, [("", "")]),
        ({"prod.tfvars": X, "dev.tfvars": X}, [("", "dev.tfvars"), ("", "prod.tfvars")]),
        ({"env/prod.tfvars": X, "terraform.tfvars": X}, [("", "env/prod.tfvars")]),
        ({"env/a.tfvars.json": '{"x": 1}', "env/b/x.tfvars": X},
         [("", "env/a.tfvars.json"), ("", "env/b/x.tfvars")]),
        # Loaded without being told to only in the root itself; together in a folder of their own.
        ({"env/prod/terraform.tfvars": X, "env/dev/terraform.tfvars": X, "env/dev/a.auto.tfvars": X},
         [("", "env/dev"), ("", "env/prod/terraform.tfvars")]),
        # The nearest root.
        ({"sub/main.tf": LEAF, "sub/env/x.tfvars": X, "y.tfvars": X},
         [("", "y.tfvars"), ("sub", "sub/env/x.tfvars")]),
        # An example for a module that is called.
        ({"call.tf": call("./m"), "m/main.tf": LEAF, "m/example.tfvars": X}, [("", "")]),
        # The settings of a backend, and nothing.
        ({"backend.tfvars": 'key = "state"\n', "env/empty.tfvars": ""}, [("", "")]),
    ],
)  # fmt: skip
def test_var_files(files: dict[str, str], expected: list[tuple[str, str]], tmp_path: Path) -> None:
    assert found(tmp_path, {"main.tf": LEAF, **files}) == expected


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ('x = "prod"\n', [("infra", "env/prod.tfvars")]),
        ('other = "prod"\n', [("infra", "")]),
        ("", [("infra", "")]),
    ],
)
def test_var_files_beside_the_root(values: str, expected: list[tuple[str, str]], tmp_path: Path) -> None:
    assert found(tmp_path, {"infra/main.tf": LEAF, "env/prod.tfvars": values}) == expected


def test_var_files_beside_several_roots_that_fit_belong_to_none(tmp_path: Path) -> None:
    files = {"a/main.tf": LEAF, "b/main.tf": LEAF, "env/prod.tfvars": 'x = "prod"\n'}
    assert found(tmp_path, files) == [("a", ""), ("b", "")]


def test_values_of_each_variant(tmp_path: Path) -> None:
    files = {
        "main.tf": LEAF + 'variable "y" {\n  default = 0\n}\noutput "y" {\n  value = var.y\n}\n',
        "terraform.tfvars": 'x = "common"\ny = 1\n',
        "env/prod.tfvars": 'x = "prod"\n',
        "env/dev.tfvars": "y = 2\n",
    }
    write_files(files, tmp_path)
    listed, library, _ = deployments(tmp_path)
    roots = {one.deployment.variant: root_module(one, library) for one in listed}
    assert {name: (data(root.output("x")), data(root.output("y"))) for name, root in roots.items()} == {
        "env/dev.tfvars": ("common", 2),
        "env/prod.tfvars": ("prod", 1),
    }
    first, second = (one.deployment for one in listed)
    assert not first.sees(second)


INSTALLED = {
    "app/main.tf": call("Azure/kv/azurerm", "kv") + call("git::https://example.test/x.git//modules/x", "sub"),
    "app/.terraform/modules/modules.json": json.dumps(
        {
            "Modules": [
                {"Key": "", "Source": "", "Dir": "."},
                {"Key": "kv", "Source": "registry.terraform.io/Azure/kv/azurerm", "Dir": ".terraform/modules/kv"},
                {"Key": "kv.inner", "Source": "x/y/z", "Dir": ".terraform/modules/kv.inner"},
                {"Key": "sub", "Source": "git::x//modules/x", "Dir": ".terraform/modules/sub/modules/x"},
            ]
        }
    ),
    "app/.terraform/modules/kv/main.tf": call("x/y/z", "inner")
    + call("./modules/local", "local")
    + 'output "x" {\n  value = [module.inner.x, module.local.x]\n}\n',
    "app/.terraform/modules/kv/modules/local/main.tf": LEAF.replace("default\"", "local\""),
    "app/.terraform/modules/kv.inner/main.tf": LEAF.replace("default\"", "inner\""),
    "app/.terraform/modules/sub/modules/x/main.tf": LEAF.replace("default\"", "sub\""),
}  # fmt: skip


def test_installed_modules(tmp_path: Path) -> None:
    write_files(INSTALLED, tmp_path)
    (only,), library, _ = deployments(tmp_path)
    root = root_module(only, library)
    value = root.output("kv")
    assert isinstance(value, ListValue)
    assert [data(item) for item in value.items] == ["inner", "local"]
    assert data(root.output("sub")) == "sub"
    assert root.run.missing == []


def test_keys_of_instances_are_no_part_of_the_manifest(tmp_path: Path) -> None:
    files = dict(INSTALLED)
    files["app/main.tf"] = (
        'module "kv" {\n  source = "Azure/kv/azurerm"\n  for_each = toset(["a.module.b"])\n}\n'
        'output "o" {\n  value = module.kv["a.module.b"].x\n}\n'
    )
    write_files(files, tmp_path)
    (only,), library, _ = deployments(tmp_path)
    value = root_module(only, library).output("o")
    assert isinstance(value, ListValue)
    assert [data(item) for item in value.items] == ["inner", "local"]


@pytest.mark.parametrize(
    "manifest",
    [
        "",
        "[]",
        "{}",
        "null",
        '{"Modules": 1}',
        '{"Modules": [1]}',
        '{"Modules": [{"Key": "kv"}]}',
        '{"Modules": [{"Key": ["kv"], "Dir": "x"}]}',
        '{"Modules": [{"Key": "kv", "Dir": 1}]}',
        '{"Modules": [{"Key": "kv", "Dir": "../../../outside"}]}',
        '{"Modules": [{"Key": "kv", "Dir": "/etc"}]}',
        '{"Modules": [{"Key": "kv", "Dir": "a\\u0000b"}]}',
        "[" * 100_000,
    ],
)
def test_broken_manifests(manifest: str, tmp_path: Path) -> None:
    files = {"main.tf": call("Azure/kv/azurerm", "kv"), ".terraform/modules/modules.json": manifest}
    write_files(files, tmp_path)
    (only,), _, _ = deployments(tmp_path)
    assert len(only.resources(lambda kind: True)[1]) == 1


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ('"Azure/kv/azurerm"', "its source is not on disk"),
        ('"./gone"', "there is no module in that folder"),
        ('"./empty"', "there is no module in that folder"),
        ('"../outside"', "its folder lies outside of what is analysed"),
        ('"./m/../../outside"', "its folder lies outside of what is analysed"),
        ('"/etc"', "its source is not on disk"),
        ('"./${var.x}"', "its source is not a plain text"),
        ('"."', "its source is not on disk"),
        ('"./"', "it calls itself in a circle"),
        ('"./a\\u0000b"', "there is no module in that folder"),
        (f'"./{"x" * 5_000}"', "there is no module in that folder"),
        ('"./main.tf"', "there is no module in that folder"),
    ],
)
def test_reasons_of_missing_modules(source: str, reason: str, tmp_path: Path) -> None:
    files = {
        "set/main.tf": f'module "m" {{\n  source = {source}\n  value = "told"\n  count = 2\n}}\n',
        "set/empty/readme.txt": "",
        "outside/main.tf": LEAF,
    }
    write_files(files, tmp_path)
    (only,), _, _ = deployments(tmp_path / "set")
    (missing,) = only.resources(lambda kind: True)[1]
    assert missing.reason == reason
    assert missing.name == "m"
    assert missing.span.text == 'module "m"'
    (told,) = missing.arguments
    assert isinstance(told, MapValue)
    assert {name: data(value) for name, value in told.entries.items()} == {"value": "told"}


def test_ignored_modules_are_read_when_they_are_called(tmp_path: Path) -> None:
    files = {"main.tf": call("./vendor/m"), ".gitignore": "vendor/\n", "vendor/m/main.tf": LEAF}
    write_files(files | {"vendor/m/.hidden.tf": "output {", "vendor/m/x.tf~": "output {"}, tmp_path)
    (tmp_path / ".git").mkdir()
    (only,), library, parsed = deployments(tmp_path)
    assert data(root_module(only, library).output("m")) == "default"
    assert parsed.problems == []
    assert "vendor/m/main.tf" in parsed.comments


@pytest.mark.parametrize(
    "path", ["../secret.txt", "link.txt", "folder/secret.txt", "m/../../secret.txt", "{out}"]
)
def test_files_outside_of_the_root_are_not_read(path: str, tmp_path: Path) -> None:
    outside, root = tmp_path / "secret.txt", tmp_path / "root"
    write_files({"secret.txt": "secret", "root/main.tf": "", "root/m/a.txt": "a"}, tmp_path)
    os.symlink(outside, root / "link.txt")
    os.symlink(tmp_path, root / "folder")
    _, library, _ = deployments(root)
    assert library.read("", path.replace("{out}", str(outside))) is None
    assert library.read("m", "a.txt") == "a"
    assert library.read("", "./m/../m/a.txt") == "a"


def test_modules_outside_of_the_root_are_not_read(tmp_path: Path) -> None:
    write_files({"lib/main.tf": LEAF, "set/main.tf": call("./link") + call("./files", "n")}, tmp_path)
    root = tmp_path / "set"
    (root / "files").mkdir()
    os.symlink(tmp_path / "lib", root / "link")
    os.symlink(tmp_path / "lib" / "main.tf", root / "files" / "main.tf")
    (only,), _, parsed = deployments(root)
    assert len(only.resources(lambda kind: True)[1]) == 2
    assert set(parsed.comments) == {"main.tf"}


def test_links_within_the_root_are_followed(tmp_path: Path) -> None:
    write_files({"lib/main.tf": LEAF, "lib/a.txt": "a", "app/main.tf": call("./link")}, tmp_path)
    os.symlink(tmp_path / "lib", tmp_path / "app" / "link")
    listed, library, parsed = deployments(tmp_path)
    root = root_module(listed[0], library)
    assert data(root.output("m")) == "default"
    assert library.read("app/link", "a.txt") == "a"
    # The same file is not read again under another name.
    assert set(parsed.comments) == {"app/main.tf", "lib/main.tf"}


def test_a_link_to_itself_ends(tmp_path: Path) -> None:
    write_files({"main.tf": call("./m"), "m/main.tf": call("./link")}, tmp_path)
    os.symlink(tmp_path / "m", tmp_path / "m" / "link")
    listed, _, _ = deployments(tmp_path)
    (missing,) = listed[0].resources(lambda kind: True)[1]
    assert missing.reason == "modules are nested too deeply"


@pytest.mark.parametrize("name", ["", ".", "m", "gone", "x" * 5_000, "a\0b", "fifo", "binary"])
def test_what_is_no_text_file_is_not_read(name: str, tmp_path: Path) -> None:
    write_files({"main.tf": "", "m/a.txt": ""}, tmp_path)
    os.mkfifo(tmp_path / "fifo")
    (tmp_path / "binary").write_bytes(b"\xff\xfe\0")
    _, library, _ = deployments(tmp_path)
    assert library.read("", name) is None


def test_line_ends_of_files_are_kept(tmp_path: Path) -> None:
    write_files({"main.tf": ""}, tmp_path)
    (tmp_path / "a.txt").write_bytes(b"a\r\nb\n")
    assert deployments(tmp_path)[1].read("", "a.txt") == "a\r\nb\n"


def test_a_root_that_is_a_link(tmp_path: Path) -> None:
    write_files({"real/main.tf": call("./m"), "real/m/main.tf": LEAF}, tmp_path)
    os.symlink(tmp_path / "real", tmp_path / "link")
    (only,), library, _ = deployments(tmp_path / "link")
    assert data(root_module(only, library).output("m")) == "default"


def test_whole_outputs_of_a_module(tmp_path: Path) -> None:
    write_files(
        {"main.tf": 'module "m" {\n  source = "./m"\n}\noutput "o" {\n  value = module.m\n}\n'}, tmp_path
    )
    write_files({"m/main.tf": LEAF}, tmp_path)
    (only,), library, _ = deployments(tmp_path)
    value = root_module(only, library).output("o")
    assert isinstance(value, MapValue)
    assert {name: data(entry) for name, entry in value.entries.items()} == {"x": "default"}
