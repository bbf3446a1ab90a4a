"""Whether two evaluated values say the same, as far as both are known."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import dataclass, field

from benchmarks.compiled.tally import Outcome, Tally
from kvlint.evaluate.arm.module import UnreadModule
from kvlint.evaluate.arm.place import resource_id_text
from kvlint.evaluate.arm.resource import ArmResource
from kvlint.evaluate.combine import key_of
from kvlint.evaluate.resources import Deployment
from kvlint.evaluate.values import (
    Choice,
    ListValue,
    MapValue,
    PartialText,
    Scalar,
    Symbol,
    Unknown,
    Value,
    is_null,
)

#: Values are compared to this depth.
_MAX_DEPTH = 60


@dataclass(slots=True)
class Names:
    """What the things of a compiled template are called in the Bicep that it was made of.

    ``resources`` are addresses of resources and modules, ``homes`` the paths of template
    instances.
    """

    resources: dict[str, str] = field(default_factory=dict)
    homes: dict[str, str] = field(default_factory=dict)

    def key(self, value: Value, *, compiled: bool) -> Hashable | None:
        """What two values that are the same have in common, on whichever side they are."""
        key = key_of(value)
        return key if key is None else self._renamed(key, compiled=compiled)

    def _renamed(self, key: Hashable, *, compiled: bool) -> Hashable:
        match key:
            case ("symbol", str(address), tuple(path)):
                known = self.resources.get(address, address) if compiled else address
                return ("symbol", known, tuple(str(step).casefold() for step in path))
            case ("parameter", mark, str(name)):
                return ("parameter", self._renamed(mark, compiled=compiled), name.casefold())
            case (Deployment() as deployment, str(path)):
                return (deployment, self.homes.get(path, path) if compiled else path)
            case tuple():
                return tuple(self._renamed(part, compiled=compiled) for part in key)
        return key


@dataclass(slots=True)
class Comparison:
    """Compares values of both sides, and counts what comes of it."""

    names: Names
    tally: Tally

    def compare(self, subject: str, place: str, bicep: Value | None, compiled: Value | None) -> None:
        """Count every leaf of two values; a difference is kept with its place."""
        for path, left, right, outcome in self._leaves(place, bicep, compiled, 0):
            if outcome is Outcome.DIFFERENT:
                self.tally.differ(subject, path, show(left), show(right))
            elif outcome in (Outcome.BICEP_ONLY, Outcome.COMPILED_ONLY):
                self.tally.lean(subject, path, outcome, show(left), show(right))
            else:
                self.tally.add(subject, outcome)

    def agree(self, bicep: Value | None, compiled: Value | None) -> Outcome:
        """The worst that there is to say of two values."""
        found = {outcome for _, _, _, outcome in self._leaves("", bicep, compiled, 0)}
        for outcome in (Outcome.DIFFERENT, Outcome.UNKNOWN, Outcome.BICEP_ONLY, Outcome.COMPILED_ONLY):
            if outcome in found:
                return outcome
        return Outcome.EQUAL

    def _leaves(
        self, place: str, bicep: Value | None, compiled: Value | None, depth: int
    ) -> Iterator[tuple[str, Value | None, Value | None, Outcome]]:
        if is_null(bicep) and is_null(compiled):
            if bicep is not None or compiled is not None:
                yield place, bicep, compiled, Outcome.EQUAL
            return
        if depth > _MAX_DEPTH:
            yield place, bicep, compiled, Outcome.UNKNOWN
        elif isinstance(bicep, MapValue) and isinstance(compiled, MapValue):
            yield from self._maps(place, bicep, compiled, depth)
        elif isinstance(bicep, ListValue) and isinstance(compiled, ListValue):
            yield from self._lists(place, bicep, compiled, depth)
        else:
            yield place, bicep, compiled, self._leaf(bicep, compiled)

    def _maps(
        self, place: str, bicep: MapValue, compiled: MapValue, depth: int
    ) -> Iterator[tuple[str, Value | None, Value | None, Outcome]]:
        for name in dict.fromkeys((*bicep.entries, *compiled.entries)):
            left, right = bicep.entries.get(name), compiled.entries.get(name)
            below = f"{place}.{name}"
            if left is None and not is_null(right) and bicep.rest is not None:
                yield below, left, right, Outcome.COMPILED_ONLY
            elif right is None and not is_null(left) and compiled.rest is not None:
                yield below, left, right, Outcome.BICEP_ONLY
            else:
                yield from self._leaves(below, left, right, depth + 1)
        if len(bicep.computed) == len(compiled.computed):
            for number, (left_entry, right_entry) in enumerate(
                zip(bicep.computed, compiled.computed, strict=True)
            ):
                below = f"{place}.({number})"
                yield from self._leaves(f"{below}=", left_entry[0], right_entry[0], depth + 1)
                yield from self._leaves(below, left_entry[1], right_entry[1], depth + 1)
        elif not bicep.entries and not compiled.entries:
            yield f"{place}.()", bicep, compiled, Outcome.UNKNOWN
        if not bicep.entries and not compiled.entries and bicep.rest is None and compiled.rest is None:
            yield place, bicep, compiled, Outcome.EQUAL

    def _lists(
        self, place: str, bicep: ListValue, compiled: ListValue, depth: int
    ) -> Iterator[tuple[str, Value | None, Value | None, Outcome]]:
        for number, (left, right) in enumerate(zip(bicep.items, compiled.items, strict=False)):
            yield from self._leaves(f"{place}[{number}]", left, right, depth + 1)
        if len(bicep.items) != len(compiled.items):
            shorter, only = (
                (bicep, Outcome.COMPILED_ONLY)
                if len(bicep.items) < len(compiled.items)
                else (compiled, Outcome.BICEP_ONLY)
            )
            yield place, bicep, compiled, Outcome.DIFFERENT if shorter.rest is None else only
        elif not bicep.items and bicep.rest is None and compiled.rest is None:
            yield place, bicep, compiled, Outcome.EQUAL

    # --- Leaves -----------------------------------------------------------------------------

    def _leaf(self, bicep: Value | None, compiled: Value | None) -> Outcome:
        left_open, right_open = _is_open(bicep), _is_open(compiled)
        if bicep is None or compiled is None or not (left_open or right_open):
            return self._known(bicep, compiled)
        if left_open and right_open:
            mine = self.names.key(bicep, compiled=False)
            same = mine is not None and mine == self.names.key(compiled, compiled=True)
            return Outcome.SAME_UNKNOWN if same else Outcome.UNKNOWN
        return Outcome.COMPILED_ONLY if left_open else Outcome.BICEP_ONLY

    def _known(self, bicep: Value | None, compiled: Value | None) -> Outcome:
        if isinstance(bicep, Choice) or isinstance(compiled, Choice):
            return self._choices(bicep, compiled)
        if bicep is None or compiled is None:
            only = Outcome.COMPILED_ONLY if bicep is None else Outcome.BICEP_ONLY
            return only if _is_open(bicep or compiled) else Outcome.DIFFERENT
        if isinstance(bicep, Symbol) and isinstance(compiled, Symbol):
            mine = self.names.key(bicep, compiled=False)
            if mine is not None and mine == self.names.key(compiled, compiled=True):
                return Outcome.EQUAL
            if not (_is_id(bicep) and _is_id(compiled)):
                unsure = bicep.resource.address.endswith("[*]") and compiled.resource.address.endswith("[*]")
                return Outcome.UNKNOWN if unsure else Outcome.DIFFERENT
        if isinstance(bicep, Scalar) and isinstance(compiled, Scalar):
            same = type(bicep.data) is type(compiled.data) and bicep.data == compiled.data
            return Outcome.EQUAL if same else Outcome.DIFFERENT
        if isinstance(bicep, MapValue | ListValue) or isinstance(compiled, MapValue | ListValue):
            return Outcome.UNKNOWN if _may_be_container(bicep, compiled) else Outcome.DIFFERENT
        return self._texts(_parts(bicep), _parts(compiled))

    def _choices(self, bicep: Value | None, compiled: Value | None) -> Outcome:
        lefts = bicep.options if isinstance(bicep, Choice) else (bicep,)
        rights = compiled.options if isinstance(compiled, Choice) else (compiled,)
        if len(lefts) == len(rights):
            found = {self.agree(left, right) for left, right in zip(lefts, rights, strict=True)}
            if found <= {Outcome.EQUAL, Outcome.SAME_UNKNOWN}:
                return Outcome.EQUAL
        if any(self.agree(left, right) is not Outcome.DIFFERENT for left in lefts for right in rights):
            return Outcome.UNKNOWN
        return Outcome.DIFFERENT

    def _texts(self, bicep: list[Value], compiled: list[Value]) -> Outcome:
        """Two texts by their parts: from both ends, up to the first that cannot be compared."""
        if self._strip(bicep, compiled, 0) or self._strip(bicep, compiled, -1):
            return Outcome.DIFFERENT
        if not bicep and not compiled:
            return Outcome.EQUAL
        open_left, open_right = (any(map(_is_open_part, side)) for side in (bicep, compiled))
        if not open_left and not open_right:
            return Outcome.DIFFERENT
        if open_left and open_right:
            return Outcome.UNKNOWN
        return Outcome.COMPILED_ONLY if open_left else Outcome.BICEP_ONLY

    def _strip(self, bicep: list[Value], compiled: list[Value], end: int) -> bool:
        """Take off what is the same at the beginning (0) or end (-1); whether the next parts contradict."""
        while bicep and compiled:
            left, right = bicep[end], compiled[end]
            if isinstance(left, Scalar) and isinstance(right, Scalar):
                one, other = str(left.data), str(right.data)
                size = min(len(one), len(other))
                head = slice(0, size) if end == 0 else slice(len(one) - size, None)
                its = slice(0, size) if end == 0 else slice(len(other) - size, None)
                ids = "/providers/" in one and "/providers/" in other  # they compare without case
                if one[head] != other[its] and not (ids and one[head].lower() == other[its].lower()):
                    return True
                for side, text in ((bicep, one), (compiled, other)):
                    rest = text[size:] if end == 0 else text[: len(text) - size]
                    if rest:
                        side[end] = Scalar(rest)
                    else:
                        side.pop(end)
            elif self._part(left, right) in (Outcome.EQUAL, Outcome.SAME_UNKNOWN):
                bicep.pop(end)
                compiled.pop(end)
            else:
                break
        rest_of_one = bicep or compiled
        return not (bicep and compiled) and any(isinstance(part, Scalar) for part in rest_of_one)

    def _part(self, left: Value, right: Value) -> Outcome:
        if isinstance(left, PartialText) or isinstance(right, PartialText):
            return Outcome.UNKNOWN
        if isinstance(left, Symbol) and isinstance(right, Symbol) and not _is_open(left):
            mine = self.names.key(left, compiled=False)
            same = mine is not None and mine == self.names.key(right, compiled=True)
            return Outcome.EQUAL if same else Outcome.DIFFERENT
        if isinstance(left, Scalar) and isinstance(right, Scalar):
            return Outcome.EQUAL if str(left.data) == str(right.data) else Outcome.DIFFERENT
        return self._leaf(left, right) if _is_open(left) or _is_open(right) else Outcome.UNKNOWN


def _is_open(value: Value | None) -> bool:
    """Whether nothing is known of a value: that of a module whose source is not there, too."""
    if isinstance(value, Choice):
        return all(_is_open(option) for option in value.options)
    if isinstance(value, Symbol):
        return isinstance(value.resource, UnreadModule)
    return isinstance(value, Unknown)


def _is_open_part(value: Value) -> bool:
    return _is_open(value) or isinstance(value, Choice)


def _is_id(value: Value) -> bool:
    return isinstance(value, Symbol) and value.path == ("id",) and isinstance(value.resource, ArmResource)


def _may_be_container(bicep: Value, compiled: Value) -> bool:
    """Whether one of them, known only after deployment, may be what the other is."""
    return any(isinstance(one, Symbol) for one in (bicep, compiled))


def _parts(value: Value) -> list[Value]:
    """The parts of a text, with ids of resources spelt out and neighbouring texts joined."""
    found: list[Value] = []
    stack = [value]
    while stack:
        current = stack.pop()
        if isinstance(current, PartialText):
            stack.extend(reversed(current.parts))
        elif isinstance(current, Symbol) and isinstance(current.resource, ArmResource) and _is_id(current):
            stack.append(id_text(current.resource))
        elif isinstance(current, Scalar) and found and isinstance(found[-1], Scalar):
            found[-1] = Scalar(f"{found[-1].data}{current.data}")
        else:
            found.append(current)
    return found


def id_text(resource: ArmResource) -> Value:
    """The resource id of a resource, as a text whose parts may be unknown."""
    outermost = resource
    while isinstance(above := outermost.parent(), Symbol) and isinstance(above.resource, ArmResource):
        outermost = above.resource
    span = resource.declaration.span
    return resource_id_text(resource.type, resource.names(), outermost.scope(), span)


def show(value: Value | None, depth: int = 0) -> str:
    """A value for people."""
    match value:
        case None:
            return "(nothing)"
        case Scalar(data=data):
            return repr(data)
        case Symbol(resource=resource, path=path):
            return f"<{resource.address.rpartition('|')[2]}:{'.'.join(map(str, path))}>"
        case Unknown(reason=reason):
            return f"?({reason})"
        case PartialText(parts=parts):
            return " & ".join(show(part, depth + 1) for part in parts)
        case Choice(options=options):
            return " | ".join(show(option, depth + 1) for option in options)
    if depth > 3:
        return "…"
    match value:
        case ListValue(items=items, rest=rest):
            return f"[{', '.join(show(item, depth + 1) for item in items)}{', …' if rest else ''}]"
        case MapValue(entries=entries, rest=rest):
            inside = ", ".join(f"{name}: {show(item, depth + 1)}" for name, item in entries.items())
            return f"{{{inside}{', …' if rest else ''}}}"
    return str(value)
