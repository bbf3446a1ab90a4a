"""Encodings and hashes."""

from __future__ import annotations

import base64
import binascii
import csv
import hashlib
import io
import json
import re
import unicodedata
import uuid
from collections.abc import Callable, Mapping
from decimal import Decimal
from urllib.parse import quote_plus, unquote_plus

from kvlint.evaluate.combine import unknown_of
from kvlint.evaluate.functions.arguments import (
    MAX_ITEMS,
    Arguments,
    NotKnown,
    Result,
    Wrong,
    arity,
    never,
    plain,
    settled,
    special,
    text,
    too_big,
)
from kvlint.evaluate.functions.jsontext import json_text
from kvlint.evaluate.numbers import number_of
from kvlint.evaluate.operators import MAX_TEXT
from kvlint.evaluate.scope import Function, FunctionCall
from kvlint.evaluate.values import ListKind, ListValue, MapValue, Scalar, Unknown, Value

_MAX_DEPTH = 60
_NAMESPACES = {
    "dns": uuid.NAMESPACE_DNS,
    "url": uuid.NAMESPACE_URL,
    "oid": uuid.NAMESPACE_OID,
    "x500": uuid.NAMESPACE_X500,
}


def _hexadecimal(algorithm: str) -> Callable[[str], str]:
    return lambda value: hashlib.new(algorithm, value.encode(), usedforsecurity=False).hexdigest()


def _base64_of(algorithm: str) -> Callable[[str], str]:
    return lambda value: base64.b64encode(
        hashlib.new(algorithm, value.encode(), usedforsecurity=False).digest()
    ).decode()


HASHES: Mapping[str, Callable[[str], str]] = {
    "base64sha256": _base64_of("sha256"),
    "base64sha512": _base64_of("sha512"),
    "md5": _hexadecimal("md5"),
    "sha1": _hexadecimal("sha1"),
    "sha256": _hexadecimal("sha256"),
    "sha512": _hexadecimal("sha512"),
}


def _base64decode(value: str) -> str:
    stripped = value.replace("\r", "").replace("\n", "")
    try:
        return unicodedata.normalize("NFC", base64.b64decode(stripped, validate=True).decode())
    except (binascii.Error, ValueError):
        raise Wrong("it is not base64 of a text") from None


_CODECS = {
    "utf-8": "utf-8",
    "utf-16le": "utf-16-le",
    "utf-16be": "utf-16-be",
    "iso-8859-1": "latin-1",
    "us-ascii": "ascii",
}


def _codec(name: str) -> str:
    codec = _CODECS.get(name.lower())
    if codec is None:
        raise NotKnown("this encoding is not supported")
    return codec


def _textencode(value: str, name: str) -> str:
    try:
        return base64.b64encode(value.encode(_codec(name))).decode()
    except UnicodeEncodeError:
        raise NotKnown("the text has no form in this encoding") from None


def _textdecode(value: str, name: str) -> str:
    codec = _codec(name)
    try:
        return base64.b64decode(value, validate=True).decode(codec)
    except UnicodeDecodeError:
        raise NotKnown("it is not a text in this encoding") from None
    except (binascii.Error, ValueError):
        raise Wrong("it is not base64") from None


def _jsonencode(arguments: Arguments, call: FunctionCall) -> Value:
    """The JSON of a value; that very value is the source of the text, known or not."""
    arity(arguments, 1)
    try:
        text_ = json_text(settled(arguments[0]))
    except NotKnown:
        return Unknown(unknown_of(arguments).reason, span=call.span, sources=arguments)
    if len(text_) > MAX_TEXT:
        raise too_big()
    return Scalar(text_, span=call.span, sources=arguments)


def _csvdecode(value: str) -> Result:
    if value.count('"') % 2 or re.search(r'[^,\n\r"]"(?![,\n\r"]|$)', value):
        raise NotKnown("the quotes of this CSV text are not plain")
    rows = [row for row in csv.reader(io.StringIO(value, newline="")) if row]
    if not rows:
        raise Wrong("there is no header")
    names = rows[0]
    if len(set(names)) != len(names):
        raise Wrong("two columns have the same name")
    if len(rows) * len(names) > MAX_ITEMS:
        raise too_big()
    if any(len(row) != len(names) for row in rows):
        raise Wrong("a row has another number of fields than the header")
    items = [
        MapValue({name: Scalar(cell) for name, cell in zip(names, row, strict=True)}) for row in rows[1:]
    ]
    return ListValue(tuple(items), ListKind.LIST)


def jsondecode(value: str) -> Result:
    """The value of a JSON text."""

    def refuse(_: str) -> object:
        raise ValueError

    try:
        data = json.loads(value, parse_float=Decimal, parse_constant=refuse)
    except (ValueError, ArithmeticError):
        raise Wrong("it is not JSON") from None
    except RecursionError:
        raise NotKnown("it is nested too deeply") from None
    return _value_of(data, _MAX_DEPTH, [MAX_ITEMS])


def _value_of(data: object, depth: int, left: list[int]) -> Value:
    left[0] -= 1
    if depth == 0 or left[0] < 0:
        raise too_big()
    if isinstance(data, dict):
        return MapValue({_nfc(name): _value_of(item, depth - 1, left) for name, item in data.items()})
    if isinstance(data, list):
        return ListValue(tuple([_value_of(item, depth - 1, left) for item in data]))
    if isinstance(data, str):
        return Scalar(_nfc(data))
    if isinstance(data, Decimal) or (isinstance(data, int) and not isinstance(data, bool)):
        number = number_of(Decimal(data))
        if number is None:
            raise NotKnown("a number is out of bounds")
        return Scalar(number)
    return Scalar(data if isinstance(data, bool) else None)


def _nfc(value: str) -> str:
    return value if value.isascii() else unicodedata.normalize("NFC", value)


def _urlencode(value: str) -> str:
    return quote_plus(value, safe="").replace("~", "~")


def _urldecode(value: str) -> str:
    if re.search(r"%(?![0-9A-Fa-f]{2})", value):
        raise Wrong("a percent sign begins no escape")
    try:
        return unquote_plus(value, errors="strict")
    except UnicodeDecodeError:
        raise NotKnown("it is not UTF-8") from None


def _uuidv5(namespace: str, name: str) -> str:
    found = _NAMESPACES.get(namespace)
    if found is None:
        try:
            found = uuid.UUID(namespace)
        except ValueError:
            raise Wrong("the namespace is no UUID") from None
    return str(uuid.uuid5(found, name))


ENCODING: Mapping[str, Function] = {
    "base64decode": plain(_base64decode, text),
    "base64encode": plain(lambda value: base64.b64encode(value.encode()).decode(), text),
    "base64gzip": never("the bytes depend on the compressor"),
    "bcrypt": never("it is another one each time"),
    "csvdecode": plain(_csvdecode, text),
    "jsondecode": plain(jsondecode, text),
    "jsonencode": special(_jsonencode),
    "rsadecrypt": never("it depends on a key"),
    "textdecodebase64": plain(_textdecode, text, text),
    "textencodebase64": plain(_textencode, text, text),
    "urldecode": plain(_urldecode, text),
    "urlencode": plain(_urlencode, text),
    "uuid": never("it is another one each time"),
    "uuidv5": plain(_uuidv5, text, text),
    **{name: plain(compute, text) for name, compute in HASHES.items()},
}
