"""Near misses of names."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kvlint.graph.names import distance, near_miss


@pytest.mark.parametrize(
    ("name", "candidates", "expected"),
    [
        ("db-password", ["db-pasword", "api-key"], "db-pasword"),
        ("db-password", ["db-password"], None),
        ("dbpassword", ["db-password"], "db-password"),
        ("DB_PASSWORD", ["db-password", "db.passwords"], "db-password"),
        ("orders", ["order", "orders-api"], "order"),
        ("ordesr", ["orders"], "orders"),
        ("api", ["app"], "app"),
        ("api", ["apple"], None),
        ("prod", ["dev"], None),
        ("team-a", ["team-b", "team-c"], "team-b"),
        ("", ["a"], "a"),
        ("x", [], None),
        ("a" * 400, ["a" * 399], None),
    ],
)
def test_near_miss(name: str, candidates: list[str], expected: str | None) -> None:
    assert near_miss(name, candidates) == expected


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ("abc", "abc", 0),
        ("abc", "acb", 1),
        ("abc", "abd", 1),
        ("abc", "ab", 1),
        ("abcd", "badc", 2),
        ("ab", "xyz", None),
    ],
)
def test_distance(left: str, right: str, expected: int | None) -> None:
    assert distance(left, right, 2) == expected


names = st.text(alphabet="abc-", max_size=7)


def _exact(left: str, right: str) -> int:
    table = {(row, 0): row for row in range(len(left) + 1)}
    table |= {(0, column): column for column in range(len(right) + 1)}
    for i in range(1, len(left) + 1):
        for j in range(1, len(right) + 1):
            same = left[i - 1] == right[j - 1]
            cost = min(table[i - 1, j] + 1, table[i, j - 1] + 1, table[i - 1, j - 1] + (not same))
            if i > 1 and j > 1 and left[i - 1] == right[j - 2] and left[i - 2] == right[j - 1]:
                cost = min(cost, table[i - 2, j - 2] + 1)
            table[i, j] = cost
    return table[len(left), len(right)]


@settings(max_examples=200)
@given(names, names)
def test_distance_is_the_full_table_cut_off(left: str, right: str) -> None:
    exact = _exact(left, right)
    assert distance(left, right, 2) == (exact if exact <= 2 else None)
    assert distance(left, right, 2) == distance(right, left, 2)
