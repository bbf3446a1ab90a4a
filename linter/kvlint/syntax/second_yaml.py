"""The second opinion on YAML: whether ruamel.yaml, an independent reader, accepts a text."""

from __future__ import annotations

import re

#: ruamel.yaml takes time with the square of the depth of flow collections.
_MAX_DEPTH = 300
_BRACKET = re.compile(r"[\[{]|[\]}]")


def accepts(text: str) -> bool:
    """Whether every document of the text is YAML to ruamel.yaml."""
    depth = 0
    for bracket in _BRACKET.finditer(text):
        depth += 1 if bracket.group() in "[{" else -1
        if depth > _MAX_DEPTH:
            return False
    from ruamel.yaml import YAML  # slow to import, and rarely asked

    reader = YAML(typ="rt", pure=True)
    try:
        for _ in reader.compose_all(text):
            pass
    except Exception:
        # Whatever it raises, also by running out of stack, it did not accept the text.
        return False
    return True
