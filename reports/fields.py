"""Takes the fields of a JSON object, with their types checked and their faults named."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from math import isfinite
from typing import Any, Final, TypeVar

from reports.errors import JournalError

SHOWN: Final = 60
"""How many characters of a wrong value an error shows."""

T = TypeVar("T")


class Fields:
    """One object of a journal, whose fields are taken out with their type checked."""

    def __init__(self, values: object, place: str) -> None:
        if not isinstance(values, dict):
            raise JournalError(f"{place}: expected an object, got {short(values)}")
        self._values: dict[str, Any] = values
        self._place = place

    def has(self, key: str) -> bool:
        """Tell whether the field is there."""
        return key in self._values

    def take(
        self, key: str, meaning: str, fits: Callable[[Any], T | None], default: T | None = None
    ) -> T:
        """Return what `fits` makes of the field; a field without a default must be there."""
        if key not in self._values and default is not None:
            return default
        if key not in self._values:
            raise JournalError(f"{self._place}: '{key}' is missing")
        found = fits(self._values[key])
        if found is None:
            raise JournalError(
                f"{self._place}: '{key}' must be {meaning}, but is {short(self._values[key])}"
            )
        return found

    def text(self, key: str, default: str | None = None) -> str:
        """Return a text."""
        return self.take(key, "a text", _text, default)

    def number(self, key: str, default: float | None = None) -> float:
        """Return a number that is finite."""
        return self.take(key, "a number", _number, default)

    def values(self, key: str) -> Mapping[str, Any]:
        """Return an object whose values are of any kind."""
        return self.take(key, "an object", lambda v: v if isinstance(v, dict) else None, {})

    def flag(self, key: str) -> bool:
        """Return a truth; what is missing is false."""
        return bool(self.maybe(key, bool, "true, false"))

    def texts(self, key: str) -> tuple[str, ...]:
        """Return a list of texts; what is missing is empty."""
        return self.take(key, "a list of texts", _texts, ())

    def mapping(self, key: str) -> Mapping[str, str]:
        """Return an object of texts; what is missing is empty."""
        return self.take(key, "an object of texts", _mapping, {})

    def one_of(self, key: str, allowed: Mapping[str, T]) -> T:
        """Return what the text of the field stands for in `allowed`."""
        return self.take(key, " or ".join(allowed), lambda v: allowed.get(v) if _text(v) else None)

    def maybe(self, key: str, kind: type[T], meaning: str) -> T | None:
        """Return a field that may be null or missing."""
        if self._values.get(key) is None:
            return None
        return self.take(key, f"{meaning} or null", lambda v: v if type(v) is kind else None)

    def items(self, key: str) -> Iterator[Fields]:
        """Yield the objects of a list; none if the field is missing."""
        values: list[Any] = self.take(key, "a list", lambda v: v if type(v) is list else None, [])
        for index, value in enumerate(values):
            yield Fields(value, f"{self._place}: {key}[{index}]")


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _number(value: object) -> float | None:
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return float(value) if is_number and isfinite(value) else None  # type: ignore[arg-type]


def _texts(value: object) -> tuple[str, ...] | None:
    fits = isinstance(value, list) and all(isinstance(v, str) for v in value)
    return tuple(value) if fits else None  # type: ignore[arg-type]


def _mapping(value: object) -> Mapping[str, str] | None:
    fits = isinstance(value, dict) and all(isinstance(v, str) for v in value.values())
    return value if fits else None  # type: ignore[return-value]


def short(value: object) -> str:
    """Return a value as a message shows it: not too much of it."""
    text = repr(value)
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}..."
