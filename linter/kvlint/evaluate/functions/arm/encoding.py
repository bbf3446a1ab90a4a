"""Encodings, URIs and JSON texts."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from urllib.parse import quote, unquote, urlsplit

from kvlint.evaluate.functions.arguments import (
    Arguments,
    NotKnown,
    Result,
    Wrong,
    arity,
    mapping,
    plain,
    special,
)
from kvlint.evaluate.functions.arm.common import derived, leading, text, trailing
from kvlint.evaluate.functions.encoding import jsondecode
from kvlint.evaluate.operators import joined_text
from kvlint.evaluate.scope import Function, FunctionCall
from kvlint.evaluate.values import MapValue, PartialText, Scalar, Symbol, Unknown, Value

_DATA_URI = re.compile(r"data:(?P<type>[^,]*?)(?P<base64>;base64)?,(?P<data>.*)", re.DOTALL | re.IGNORECASE)
#: The attribute of a vault that is its URI, which ends with a slash.
_VAULT_URI = "vaultUri"
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")


def _base64(written: str) -> str:
    return base64.b64encode(written.encode("utf-8", "replace")).decode()


def _decoded(written: str) -> str:
    try:
        return base64.b64decode(written, validate=True).decode()
    except UnicodeDecodeError:
        raise NotKnown("it is not a text in UTF-8") from None
    except (binascii.Error, ValueError):
        raise Wrong("it is not base64") from None


def _json(written: str) -> Result:
    """The value of a JSON text; Azure reads some that are not strictly JSON, too."""
    try:
        return jsondecode(written)
    except Wrong:
        raise NotKnown("it is not strict JSON") from None


def _data_uri(written: str) -> str:
    return f"data:text/plain;charset=utf8;base64,{_base64(written)}"


def _data_uri_text(written: str) -> str:
    match = _DATA_URI.fullmatch(written)
    if match is None:
        raise Wrong("it is no data URI")
    return _decoded(match["data"]) if match["base64"] else unquote(match["data"])


def _component(written: str) -> str:
    return quote(written, safe="-_.~", errors="replace")


def _uri(arguments: Arguments, call: FunctionCall) -> Value:
    arity(arguments, 2)
    base, relative = arguments
    begin = leading(relative) if isinstance(relative, PartialText) else text(relative)
    if _is_odd(begin) or (isinstance(relative, PartialText) and not begin):
        raise NotKnown("the relative part is not plain", relative)
    if not _ends_with_slash(base):
        base = Scalar(_base(text(base)), span=base.span, steps=base.steps, sources=(base,))
    return joined_text([base, relative], call.span)


def _ends_with_slash(base: Value) -> bool:
    """Whether what is not known as a whole is known to end with a slash."""
    if isinstance(base, Symbol):
        return base.path[-1:] == (_VAULT_URI,)
    return isinstance(base, PartialText) and trailing(base).endswith("/")


def _base(written: str) -> str:
    """The part of a base that what is relative is put behind."""
    scheme = _SCHEME.match(written)
    if scheme is None:
        raise NotKnown("the base has no scheme")
    if "?" in written or "#" in written:
        raise NotKnown("the base has more than a path")
    place = written.rfind("/", scheme.end())
    return written[: place + 1] if place >= 0 else written + "/"


def _is_odd(relative: str) -> bool:
    """Whether it is more than a plain path."""
    return relative.startswith(("/", "?", "#", ".")) or "/." in relative or ":" in relative


def _parse_uri(arguments: Arguments, call: FunctionCall) -> Value:
    """Scheme and host; how the others are given where they are absent is not known."""
    arity(arguments, 1)
    try:
        found = urlsplit(text(arguments[0]))
    except ValueError:
        raise Wrong("it is no URI") from None
    if not found.scheme or not found.hostname:
        raise Wrong("it is no absolute URI")
    entries: dict[str, Value] = {
        "scheme": derived(found.scheme, call, *arguments),
        "host": derived(found.hostname, call, *arguments),
    }
    rest = Unknown("this part of a URI is not followed", span=call.span, sources=arguments)
    return MapValue(entries, rest=rest, span=call.span)


def _build_uri(arguments: Arguments, call: FunctionCall) -> Value:
    arity(arguments, 1)
    mapping(arguments[0])
    raise NotKnown("a URI that is put together is not followed")


ENCODING: Mapping[str, Function] = {
    "base64": plain(_base64, text),
    "base64tojson": plain(lambda written: _json(_decoded(written)), text),
    "base64tostring": plain(_decoded, text),
    "builduri": special(_build_uri),
    "datauri": plain(_data_uri, text),
    "datauritostring": plain(_data_uri_text, text),
    "json": plain(_json, text),
    "parseuri": special(_parse_uri),
    "uri": special(_uri),
    "uricomponent": plain(_component, text),
    "uricomponenttostring": plain(lambda written: unquote(written), text),
}
