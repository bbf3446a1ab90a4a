"""Which texts can be secrets, by what is said of them: their name, their shape, and where they go."""

from __future__ import annotations

import re
from importlib.resources import files

from kvlint.evaluate.values import (
    Choice,
    ListValue,
    MapValue,
    PartialText,
    Scalar,
    Value,
    alternatives,
    text_of,
)
from kvlint.secrets import (
    MIN_LENGTH,
    find_secrets,
    is_placeholder,
    is_random,
    looks_secret,
    secret_name,
)

#: The shortest literal that counts where it reaches a secret argument.
MIN_SINK_LENGTH = 4
#: Words in lower case are the name of a secret more often than a secret.
_WORDS = re.compile(r"[a-z]+(?:[-_.][a-z]+)*\Z")
#: Too short to tell elsewhere, but not in what becomes a secret.
_SHORT_NAME = re.compile(r"(?:^|[_-])(?:pw|pass)$|[a-z0-9](?:Pw|Pass)$", re.ASCII)

_SEPARATORS = re.compile(r"[-_./:\s]+|(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_VOWEL = re.compile(r"[aeiouyAEIOUY]")
#: Where in a vault something is, and values that stand for any.
_LOCATION = re.compile(
    r"/?(?:secrets|certificates|keys)/|(?:my|some|the|a)?[-_ ]?(?:secret)?[-_ ]?value\d*\Z", re.IGNORECASE
)
#: Words that describe the secret that belongs there: ``yourStorageAccountKey``, ``fake-secret``.
_DESCRIPTION = re.compile(
    r"(?:(?:your|my|the|a|of|an|some|fake|secure|super|secret|vaule|value|password|pass|key|client|storage|account"
    r"|azure|sql|admin|api|app|access|token|connection|string|here|proxy|test|dummy|db|database|server|user|vm|default)[-_ =.\d]*){2,}\Z"
    r"|(?:your|fake|insert|enter)(?![a-z]*\d)|.*sample|.*\bdemo\b|\W*Date\(|(?:[\w-]+\s+){2,}[\w-]+\Z",
    re.IGNORECASE,
)
#: A piece of a text around its secret: ``;Password=``.
_FRAGMENT = re.compile(r"[;,&?@]|.*[=:;,@/]\Z", re.DOTALL)


def sink_table(name: str) -> dict[str, list[tuple[str, ...]]]:
    """The paths of secret arguments by resource type, out of a table of this package."""
    table: dict[str, list[tuple[str, ...]]] = {}
    text = files("kvlint.graph.adapters").joinpath(name).read_text(encoding="utf-8")
    for line in text.splitlines():
        if line and not line.startswith("#"):
            resource_type, path = line.split("\t")
            table.setdefault(resource_type, []).append(tuple(path.split(".")))
    return table


def fits_sink(text: str) -> bool:
    """Whether a literal can be the secret that the argument it reaches is for."""
    if len(text) < MIN_SINK_LENGTH or text.lower() in ("true", "false"):
        return False
    return not is_placeholder(text) and not plain_url(text)


def shape_of(text: str, name: str = "") -> str:
    """What known kind of secret a text holds, empty for none and for placeholders."""
    return "" if is_placeholder(text) else looks_secret(text, name) or ""


def named_secret(name: str, text: str) -> bool:
    """Whether a name says secret and the value could be one."""
    return secret_name(name) and could_be_secret(text)


def named_or_random(name: str, text: str) -> bool:
    """Whether what is stored under a name can be a secret: by the name, or by itself."""
    return could_be_secret(text) or (secret_name(name) and len(text) >= MIN_LENGTH)


def short_named_secret(name: str, text: str) -> bool:
    """The same for names that say so only of what becomes a secret: ``pw``, ``dbPass``."""
    return bool(_SHORT_NAME.search(name)) and could_be_secret(text)


def could_be_secret(text: str) -> bool:
    """Whether a value can be the secret that something else says it is."""
    if len(text) < MIN_LENGTH or _WORDS.match(text) or " " in text or plain_url(text):
        return False
    return not is_placeholder(text) and is_random(text)


def is_naming(text: str) -> bool:
    """Whether a text names something rather than being a secret: words and paths of words."""
    text = text.strip("'\"")
    if _LOCATION.match(text) or _DESCRIPTION.match(text):
        return True
    words = [word for word in _SEPARATORS.split(text) if word]
    if not words or sum(map(len, words)) < 3 * len(words):
        return False
    return all(word.isalpha() and (len(word) < 4 or _VOWEL.search(word)) for word in words)


def is_several_words(text: str) -> bool:
    """Whether a text is made of more than one word: ``CLIENT-SECRET``, ``defaultValue``."""
    if _DESCRIPTION.match(text):
        return True
    return is_naming(text) and len([word for word in _SEPARATORS.split(text) if word]) > 1


def is_description(text: str) -> bool:
    """Whether a text says what belongs in its place: ``yourStorageAccountKey``."""
    return bool(_DESCRIPTION.match(text))


def is_fragment(text: str) -> bool:
    """Whether a text is what stands around the secret in a connection string or url."""
    return bool(_FRAGMENT.match(text))


def plain_url(text: str) -> bool:
    """Whether it is a url that carries no credential."""
    return text.startswith(("https://", "http://")) and looks_secret(text) is None


def is_derived(value: Value) -> bool:
    """Whether a value was computed from others, not just passed on."""
    if isinstance(value, ListValue | MapValue | Choice):
        return False
    return bool(value.sources) or not isinstance(value, Scalar)


def is_part(text: str, value: Value) -> bool:
    """Whether a text is one of several that make up a value."""
    return is_derived(value) and (text_of(value) is None or text in shown_text(value))


def is_secret_part(text: str, value: Value) -> bool:
    """Whether a text is what a computed value shows as its secret: the password of a url."""
    for option in alternatives(value):
        whole = shown_text(option)
        for start, end, _ in find_secrets(whole):
            secret = whole[start:end]
            if text == secret or (len(text) >= MIN_LENGTH and text in secret):
                return True
    return False


def shown_text(value: Value) -> str:
    """The text of a value with a stand-in for each part that is not known."""
    if isinstance(value, PartialText):
        return "".join(map(shown_text, value.parts))
    return text_of(value) or "_"
