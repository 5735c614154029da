"""Texts with placeholders, and what becomes of them when a request is made."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from conformance.operators.actions import ProfileWish

GENERAL: Final = ("station", "version", "now", "serial")
"""Placeholders that every request has, beside option., secret., taken. and part."""

BUILT_IN: Final = ("number", "text", "time", "list", "upper", "lower")
_TOKEN: Final = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")
_NAME: Final = re.compile(r"([A-Za-z_][\w.]*)(?::([\w-]+))?")
_OURS: Final = {*GENERAL, "option", "secret", "taken"}
GONE: Final = object()
"""Stands where an optional value was not given, until it falls out."""


class UnreadableTextError(ValueError):
    """A text whose braces are no placeholders; the text says what was expected."""


class UnfillableError(ValueError):
    """A placeholder whose value does not fit; the text says why."""


@dataclass(frozen=True)
class Placeholder:
    """`{name}`, or `{name:filter}`."""

    name: str
    filter: str = ""

    def __str__(self) -> str:
        return f"{{{self.name}{':' if self.filter else ''}{self.filter}}}"


def pieces(text: str) -> list[str | Placeholder]:
    """Cut a text at its placeholders; {{ and }} are braces."""
    found: list[str | Placeholder] = []
    end = 0
    for token in _TOKEN.finditer(text):
        found.append(text[end : token.start()])
        end = token.end()
        if token[0] in ("{{", "}}"):
            found.append(token[0][0])
            continue
        inside = _NAME.fullmatch(token[1] or "")
        if inside is None:
            raise UnreadableTextError("{name} or {name:filter}, and {{ or }} for a brace")
        found.append(Placeholder(inside[1], inside[2] or ""))
    found.append(text[end:])
    return [piece for piece in found if piece != ""]


def placeholders(text: str) -> Iterator[Placeholder]:
    """Yield the placeholders of a text; raises UnreadableTextError for other braces."""
    return (piece for piece in pieces(text) if isinstance(piece, Placeholder))


def derived(kind: type) -> tuple[str, ...]:
    """Return the placeholders that a value has beside its own fields."""
    return ("start_schedule", "valid_from", "valid_to") if kind is ProfileWish else ()


def with_derived(wish: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """Return a wished profile with its times, where it has them: as RFC 3339, else None."""
    end = now + timedelta(seconds=wish["duration"])
    return {
        **wish,
        "start_schedule": moment(now) if wish["kind"] == "Absolute" else None,
        "valid_from": moment(now) if wish["valid"] else None,
        "valid_to": moment(end) if wish["valid"] else None,
    }


def moment(when: datetime) -> str:
    """Return a time as OCPP writes it."""
    return when.isoformat(timespec="milliseconds").replace("+00:00", "Z")


@dataclass(frozen=True, kw_only=True)
class Filling:
    """The values for one request: what placeholders become, and what falls out."""

    values: Mapping[str, Any]
    maps: Mapping[str, Mapping[str, Any]]
    parts: Mapping[str, Any]
    now: datetime

    def json(self, value: Any) -> Any:  # noqa: ANN401 - any JSON value
        """Return a value with its placeholders filled; GONE where nothing is left of it.

        A placeholder alone in a text becomes what it stands for: a number, a list, an object.
        What was not given falls out, and so does a table or a list of which only constants stay.
        """
        if isinstance(value, str):
            return self._text(value)
        if isinstance(value, list):
            return self._list(value)
        if isinstance(value, dict):
            return self._list([value]) if "each" in value else self._table(value)
        return value

    def text(self, value: Any, quoted: Callable[[str], str] = str) -> Any:  # noqa: ANN401
        """Return a text with its placeholders filled, each made safe by `quoted`, or GONE."""
        filled = []
        for piece in pieces(str(value)):
            if isinstance(piece, str):
                filled.append(piece)
                continue
            found = self._value(piece)
            if found is GONE:
                return GONE
            filled.append(quoted(_plain(found)))
        return "".join(filled)

    def _text(self, text: str) -> Any:  # noqa: ANN401
        found = pieces(text)
        if len(found) == 1 and isinstance(found[0], Placeholder):
            return self._value(found[0])
        return self.text(text)

    def _table(self, table: Mapping[str, Any]) -> Any:  # noqa: ANN401
        filled = {name: self.json(value) for name, value in table.items()}
        optional = [name for name, value in table.items() if self._is_of_intent(value)]
        if optional and all(filled[name] is GONE for name in optional):
            return GONE
        return {name: value for name, value in filled.items() if value is not GONE}

    def _list(self, values: list[Any]) -> Any:  # noqa: ANN401
        filled: list[Any] = []
        for value in values:
            if isinstance(value, dict) and "each" in value:
                items = _found(self.values, str(value["each"])) or ()
                inside = (self._with_item(item).json(value["value"]) for item in items)
                filled += [one for one in inside if one is not GONE]
            elif (one := self.json(value)) is not GONE:
                filled.append(one)
        return filled if filled or not values else GONE

    def _with_item(self, item: Any) -> Filling:  # noqa: ANN401
        values = {**self.values, "item": item}
        return Filling(values=values, maps=self.maps, parts=self.parts, now=self.now)

    def _is_of_intent(self, value: object) -> bool:
        """Tell whether something of the intent's own stands in a value."""
        match value:
            case str():
                return any(p.name.partition(".")[0] not in _OURS for p in placeholders(value))
            case list():
                return any(map(self._is_of_intent, value))
            case dict():
                return "each" in value or any(map(self._is_of_intent, value.values()))
        return False

    def _value(self, one: Placeholder) -> Any:  # noqa: ANN401
        root, _, rest = one.name.partition(".")
        found = self.json(self.parts[rest]) if root == "part" else _found(self.values, one.name)
        found = list(found) if isinstance(found, tuple) else found
        if one.filter == "list":
            return found if isinstance(found, list) else []
        if found is GONE or found is None or found == []:
            return GONE
        return self._filtered(one, found) if one.filter else found

    def _filtered(self, one: Placeholder, value: Any) -> Any:  # noqa: ANN401
        if one.filter in self.maps:
            choices = self.maps[one.filter]
            if _plain(value) not in choices:
                raise UnfillableError(f"[maps.{one.filter}] has nothing for {_plain(value)}")
            return choices[_plain(value)]
        try:
            return _FILTERS[one.filter](value, self.now)
        except (ValueError, TypeError) as error:
            told = f"{one}: {_plain(value)!r} cannot be made a {one.filter}"
            raise UnfillableError(told) from error


def _found(values: Mapping[str, Any], name: str) -> Any:  # noqa: ANN401
    value: Any = values
    for part in name.split("."):
        if value is None:
            return None
        value = value[part]
    return value


def _plain(value: object) -> str:
    """Return a value as it stands within a text."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list | tuple):
        return ",".join(map(_plain, value))
    return str(value)


def _number(value: Any, _: datetime) -> int | float:  # noqa: ANN401
    number = float(value)
    return int(number) if number.is_integer() else number


_FILTERS: Final[Mapping[str, Callable[[Any, datetime], Any]]] = {
    "number": _number,
    "text": lambda value, _: _plain(value),
    "time": lambda value, now: moment(now + timedelta(seconds=float(value))),
    "upper": lambda value, _: _plain(value).upper(),
    "lower": lambda value, _: _plain(value).lower(),
}
