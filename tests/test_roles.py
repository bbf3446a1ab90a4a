"""Which role a value stands for, and what it lets read."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from kvlint.evaluate.resources import Deployment, Language
from kvlint.evaluate.values import Scalar, Unknown, Value, choice
from kvlint.graph.entities import RoleDefinition, RolePermissions, VaultObjectKind
from kvlint.graph.roles import Roles, role_of, role_that_reads
from kvlint.source import Source, Span

SECRET, KEY, CERTIFICATE = VaultObjectKind.SECRET, VaultObjectKind.KEY, VaultObjectKind.CERTIFICATE
READ_VALUE = "Microsoft.KeyVault/vaults/secrets/getSecret/action"
UNKNOWN = Unknown("nobody knows")


def texts(*actions: str | None) -> list[Value]:
    """Actions; ``None`` stands for one that is not known."""
    return [UNKNOWN if action is None else Scalar(action) for action in actions]


def custom(*blocks: tuple[Sequence[Value] | None, Sequence[Value] | None]) -> RoleDefinition:
    """A custom role, "Reader of Secrets", of blocks of data actions and exceptions from them."""
    return RoleDefinition(
        address="role",
        display="role",
        span=Span(Source("main.tf", ""), 0, 0),
        deployment=Deployment(Language.TERRAFORM, ""),
        language=Language.TERRAFORM,
        name=Scalar("Reader of Secrets"),
        ids=[],
        permissions=[
            RolePermissions(None if given is None else list(given), None if taken is None else list(taken))
            for given, taken in blocks
        ],
    )


def reads(definition: RoleDefinition) -> set[VaultObjectKind] | None:
    """What a custom role reads, ``None`` where that is not known."""
    role = Roles([definition]).of(Scalar("reader of secrets"))
    return None if role is None else set(role.reads)


@pytest.mark.parametrize(
    ("given", "taken", "expected"),
    [
        (texts(READ_VALUE), [], {SECRET}),
        (texts(READ_VALUE.upper()), [], {SECRET}),
        (texts("*"), [], {SECRET, KEY, CERTIFICATE}),
        (texts("Microsoft.KeyVault/vaults/secrets/*"), [], {SECRET}),
        (texts("Microsoft.KeyVault/vaults/*/read"), [], {KEY, CERTIFICATE}),
        (texts("Microsoft.KeyVault/vaults/*"), texts(READ_VALUE), {KEY, CERTIFICATE}),
        (texts("Microsoft.KeyVault/vaults/secrets/readMetadata/action"), [], set()),
        (texts("Microsoft.Storage/*"), [], set()),
        ([], [], set()),
        (None, [], None),
        (texts(None), [], None),
        (texts(READ_VALUE), None, None),
        (texts(READ_VALUE), texts(None), None),
        (texts("Microsoft.KeyVault/vaults/keys/read"), texts(None), None),
    ],
)
def test_what_a_custom_role_reads(
    given: list[Value] | None, taken: list[Value] | None, expected: set[VaultObjectKind] | None
) -> None:
    assert reads(custom((given, taken))) == expected


def test_what_one_block_takes_away_another_may_give() -> None:
    assert reads(custom((texts("*"), texts(READ_VALUE)), (texts(READ_VALUE), []))) == {
        SECRET,
        KEY,
        CERTIFICATE,
    }


def test_one_of_two_roles_of_a_name_is_not_known() -> None:
    definitions = [custom((texts(READ_VALUE), [])), custom(([], []))]
    assert Roles(definitions).of(Scalar("Reader of Secrets")) is None


def test_a_role_that_depends_is_not_known() -> None:
    either = choice([Scalar("Reader"), Scalar("Owner")])
    assert Roles([]).only(either) is None
    assert Roles([]).only(Scalar("READER")) == role_of(Scalar("acdd72a7-3385-48ef-bd42-f606fba81ae7"))


def test_actions_with_many_stars_take_no_time() -> None:
    hostile = texts("*s*" * 20_000)
    assert reads(custom((hostile, []))) == set()


@pytest.mark.parametrize(
    ("kinds", "name"),
    [
        ([SECRET], "Key Vault Secrets User"),
        ([KEY], "Key Vault Crypto User"),
        ([SECRET, CERTIFICATE], "Key Vault Certificate User"),
    ],
)
def test_the_narrowest_role_that_reads(kinds: list[VaultObjectKind], name: str) -> None:
    assert role_that_reads(kinds) == name
