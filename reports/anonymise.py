"""Replaces ids, addresses and tokens in a journal, each everywhere by the same other one.

What they are is known from the declaration, from what the system says of itself, and from the
fields of messages that carry them. Vendor, model and firmware stay: without them a journal would
be evidence of nothing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from reports.fields import Fields
from reports.parse import case
from reports.review import remark_id

SHORTEST: Final = 4
"""A shorter value is replaced only where it is a whole text."""

_KINDS: Final[Mapping[str, str]] = {
    "idTag": "TOKEN",
    "parentIdTag": "TOKEN",
    "idToken": "TOKEN",
    "additionalIdToken": "TOKEN",
    "chargePointSerialNumber": "SERIAL",
    "chargeBoxSerialNumber": "SERIAL",
    "meterSerialNumber": "SERIAL",
    "serialNumber": "SERIAL",
    "serial": "SERIAL",
    "box serial": "SERIAL",
    "meter serial": "SERIAL",
    "iccid": "SIM",
    "imsi": "SIM",
    "certificate": "CERTIFICATE",
    "subject": "SUBJECT",
    "station": "STATION",
    "connection.station": "STATION",
    "connection.stations": "STATION",
    "connection.host": "ADDRESS",
    "customerIdentifier": "CUSTOMER",
    "place": "PLACE",
}
_TOKEN: Final = re.compile(r"values\..*token\d*\.token")
_PORT: Final = r"(?::\d{1,5})?"
_ADDRESSES: Final = re.compile(
    "|".join(
        (
            r"(?<=://)[^/\s\"'<>?#\\]+",  # the host of a URL
            rf"(?<![\w.])(?:\d{{1,3}}\.){{3}}\d{{1,3}}{_PORT}(?![\w.])",
            rf"\[[0-9A-Fa-f:]*:[0-9A-Fa-f:.%]*\]{_PORT}",
            r"(?<![\w:])(?:[0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2}(?![\w:-])",
            r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+",
        )
    )
)
_KEPT: Final = ("firmware", "firmwareVersion", "version", "tool", "platform", "sum")


def anonymised(records: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the records of a journal with everything replaced, and its header saying so."""
    names = _Names()
    for record in records:
        names.learn(record)
    changed = [names.replaced(record) for record in records]
    changed[0]["anonymised"] = True
    renamed = dict(_remarks(records, changed))
    for record in changed:
        record.pop("sum", None)
        if record["kind"] == "review":
            record["remark"] = renamed.get(record["remark"], record["remark"])
    return changed


def _remarks(
    before: Iterable[dict[str, Any]], after: Iterable[dict[str, Any]]
) -> Iterator[tuple[str, str]]:
    """Yield the old and the new name of every remark: it is made of texts that have changed."""
    for old, new in zip(before, after, strict=True):
        if old["kind"] == "case":
            first, second = case(Fields(old, "")), case(Fields(new, ""))
            for one, other in zip(first.remarks, second.remarks, strict=True):
                yield remark_id(first, one), remark_id(second, other)


class _Names:
    """What was found, and what stands for it."""

    def __init__(self) -> None:
        self._known: dict[str, str] = {}
        self._counts: dict[str, int] = {}
        self._kept: set[str] = set()
        self._pattern: re.Pattern[str] | None = None

    def learn(self, value: object, name: str = "") -> None:
        """Look for values that are to be replaced; `name` is that of the field."""
        if isinstance(value, Mapping):
            if value.get("kind") == "review":
                self._name_it(str(value.get("by")), "REVIEWER")
            if "subject" in value and "sha256" in value:
                self._name_it(str(value["sha256"]), "CERTIFICATE")
            for key, item in value.items():
                self.learn(item, str(key))
        elif isinstance(value, list):
            for item in value:
                self.learn(item, name)
        elif isinstance(value, str) and value:
            self._learn_text(value, name)

    def _learn_text(self, value: str, name: str) -> None:
        if name in _KEPT:
            self._kept.add(value)
        elif name == "text" and value[:1] == "[":
            self._learn_frame(value)
        elif name in _KINDS or _TOKEN.fullmatch(name):
            self._name_it(value, _KINDS.get(name, "TOKEN"))

    def _learn_frame(self, text: str) -> None:
        try:
            message = json.loads(text)
        except (ValueError, RecursionError):
            return
        if isinstance(message, list):
            for part in message:
                if isinstance(part, dict):
                    self.learn(part)

    def _name_it(self, value: str, kind: str) -> str:
        if value not in self._known and value not in self._kept:
            self._counts[kind] = self._counts.get(kind, 0) + 1
            self._known[value] = f"{kind}-{self._counts[kind]}"
            self._pattern = None
        return self._known.get(value, value)

    def replaced(self, value: Any, name: str = "") -> Any:  # noqa: ANN401 - any JSON value
        """Return a copy of a record in which nothing that is known stands any more."""
        if isinstance(value, Mapping):
            return {key: self.replaced(item, str(key)) for key, item in value.items()}
        if isinstance(value, list):
            return [self.replaced(item, name) for item in value]
        if not isinstance(value, str) or name in _KEPT or value in self._kept:
            return value
        if value in self._known:
            return self._known[value]
        text = self._all().sub(lambda found: self._stands_for(found[0]), value)
        return _ADDRESSES.sub(self._address, text)

    def _all(self) -> re.Pattern[str]:
        """Return what finds every known value within a text, the longest first."""
        if self._pattern is None:
            forms = {form for value in self._known for form in _forms(value)}
            ordered = sorted(forms, key=len, reverse=True)
            found = "|".join(ordered) or "(?!)"
            self._pattern = re.compile(rf"(?:{found})")
        return self._pattern

    def _stands_for(self, found: str) -> str:
        quote = found[0] if found[:1] in {'"', "'"} and found[-1:] == found[:1] else ""
        plain = found[1:-1] if quote else found
        if plain not in self._known:
            plain = json.loads(f'"{plain}"')
        return f"{quote}{self._known[plain]}{quote}"

    def _address(self, found: re.Match[str]) -> str:
        if found[0] in self._kept or found[0] in self._known.values():
            return found[0]
        return self._name_it(found[0], "ADDRESS")


def _forms(value: str) -> Iterator[str]:
    """Yield how a value can stand within a text: as it is, and as JSON writes it."""
    for form in {value, json.dumps(value)[1:-1]}:
        if len(value) >= SHORTEST:
            yield rf"(?<![A-Za-z0-9]){re.escape(form)}(?![A-Za-z0-9])"
        else:
            yield from (f"{q}{re.escape(form)}{q}" for q in ('"', "'"))
