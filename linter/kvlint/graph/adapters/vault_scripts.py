"""Secrets, certificates and keys that scripts, pipelines and workflows put into vaults."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kvlint.evaluate.resources import Deployment, Language
from kvlint.evaluate.values import PartialText, Scalar, Unknown, Value
from kvlint.graph.adapters.arm_key_vault import vault_id
from kvlint.graph.entities import VaultObject, VaultObjectKind
from kvlint.graph.facts import Facts
from kvlint.source import Source, Span

#: The rest of a command, over continued lines.
_WORDS = r"(?P<words>(?:[^\n\\`]|[\\`][^\S\n]*\r?\n|[\\`])*)"
#: What makes an object. In a comment, too: it tells people what to run.
_COMMANDS = (
    re.compile(
        rf"\bkeyvault\s+(?P<kind>secret|certificate|key)\s+(?:set|create|import|recover|restore)\b{_WORDS}"
    ),
    re.compile(
        rf"\b(?:Set|Add|Import|Restore|Undo)-Az(?:ure)?KeyVault(?P<kind>Secret|Certificate|Key)"
        rf"(?:Removal)?\b{_WORDS}",
        re.IGNORECASE,
    ),
)
_VALUE = r"(?:[ \t=:]|[\\`][^\S\n]*\r?\n)+(?:\"(?P<double>[^\"\n]*)\"|'(?P<single>[^'\n]*)'|(?P<plain>[^\s\"'`\\]+))"
_VAULT = re.compile(rf"(?<![\w-])--?vault-?name{_VALUE}", re.IGNORECASE)
_NAME = re.compile(rf"(?<![\w-])(?:--name|-name|-n){_VALUE}", re.IGNORECASE)
#: Where the shell, the pipeline or a template begins to fill something in.
_COMPUTED = re.compile(r"[^0-9A-Za-z-]")


def add_vault_objects(source: Source, facts: Facts) -> None:
    """Every object that a script puts into a vault, as far as it names the two plainly."""
    for found in _commands(source.text):
        place = Span(source, found.start(), found.end())
        vault = _written(_VAULT.search(found["words"]), place)
        facts.vault_objects.append(
            VaultObject(
                address=f"{place}|",
                display=f"the command at {place}",
                span=place,
                deployment=Deployment(Language.SCRIPT, source.path),
                language=Language.SCRIPT,
                kind=VaultObjectKind(found["kind"].casefold()),
                name=_written(_NAME.search(found["words"]), place),
                vault=vault_id(vault) if isinstance(vault, Scalar) else vault,
                expires=Unknown("a script sets it", span=place),
            )
        )


def _commands(text: str) -> Iterator[re.Match[str]]:
    folded = text.casefold()
    if "keyvault" in folded:
        for command in _COMMANDS:
            yield from command.finditer(text)


def _written(option: re.Match[str] | None, place: Span) -> Value:
    """What an option is given: as much of it as stands there plainly."""
    computed = Unknown("a script computes it", span=place)
    if option is None:
        return computed
    text = next((part for part in option.group("double", "single", "plain") if part is not None), "")
    start = _COMPUTED.search(text)
    if start is None:
        return Scalar(text, span=place) if text else computed
    known = Scalar(text[: start.start()], span=place)
    return PartialText((known, computed), span=place) if known.data else computed
