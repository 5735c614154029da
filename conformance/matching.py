"""Compare a pattern with a payload and say precisely where they differ."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final, TypeAlias, TypeVar, Union

from conformance.walltime import utc_now

T = TypeVar("T")


class _Missing:
    """The value of a field that is not there."""

    def __repr__(self) -> str:
        return "absent"


MISSING: Final = _Missing()


@dataclass(frozen=True)
class Matcher:
    """A named predicate that stands where a value could stand.

    `wrong` is a value that the predicate refuses, whatever the value that came:
    the proof that a check bites puts it on the wire. Where the predicate requires several
    things, `also_wrong` has a value for each of the others. `tell` says in words what is wrong
    with a value that is too big to be shown.
    """

    name: str
    accepts: Callable[[Any], bool] = field(compare=False)
    wrong: object = field(default="spoiled", compare=False)
    also_wrong: tuple[object, ...] = field(default=(), compare=False)
    tell: Callable[[Any], str] | None = field(default=None, compare=False)

    def __repr__(self) -> str:
        return self.name


Pattern: TypeAlias = Union[T, Matcher]  # noqa: UP007 - a generic alias

UNSET: Any = Matcher("anything", lambda _: True)
present: Any = Matcher("present", lambda v: v is not MISSING, wrong=MISSING)
absent: Any = Matcher("absent", lambda v: v is MISSING)


def one_of(*values: object) -> Any:  # noqa: ANN401 - stands where any value could stand
    """Accept any of `values`; `absent` and patterns are legal members."""

    def accepts(value: object) -> bool:
        return any(not mismatches(v, value) for v in values)

    return Matcher(" or ".join(map(repr, values)), accepts)


def only(value: object, *, because: str) -> Any:  # noqa: ANN401 - stands where any value could
    """Accept `value` alone; a failure says why it has to be that one."""
    return Matcher(
        repr(value),
        lambda v: not mismatches(value, v),
        wrong=wrong_for(value),
        tell=lambda v: f"expected {value!r}, got {v!r}: {because}",
    )


def caseless(text: str) -> Any:  # noqa: ANN401
    """Accept `text` in any case, as the types of OCPP 1.6 compare that begin with Ci."""

    def accepts(value: object) -> bool:
        return isinstance(value, str) and value.lower() == text.lower()

    return Matcher(repr(text), accepts)


def none_of(*values: object) -> Any:  # noqa: ANN401
    """Accept whatever is there and is none of `values`; without any, constrain nothing."""
    if not values:
        return UNSET

    def accepts(value: object) -> bool:
        return value is not MISSING and all(mismatches(v, value) for v in values)

    return Matcher(f"not {' or '.join(map(repr, values))}", accepts, wrong=values[0])


def each(pattern: object) -> Any:  # noqa: ANN401
    """Accept a non-empty list whose every element matches `pattern`."""

    def accepts(value: object) -> bool:
        return (
            isinstance(value, list)
            and bool(value)
            and not any(mismatches(pattern, v) for v in value)
        )

    return Matcher(f"each {pattern!r}", accepts, wrong=[])


def some(pattern: object) -> Any:  # noqa: ANN401
    """Accept a list with at least one element that matches `pattern`."""

    def accepts(value: object) -> bool:
        return isinstance(value, list) and any(not mismatches(pattern, v) for v in value)

    return Matcher(f"a list with {pattern!r}", accepts, wrong=[])


def exactly(*patterns: object) -> Any:  # noqa: ANN401
    """Accept a list of just as many elements, each matching the pattern in its place."""

    def accepts(value: object) -> bool:
        return (
            isinstance(value, list)
            and len(value) == len(patterns)
            and not mismatches(list(patterns), value)
        )

    return Matcher(f"exactly {list(patterns)!r}", accepts, wrong=[])


def instant(text: object) -> datetime | None:
    """Return the instant that an RFC 3339 text names, or None."""
    if not isinstance(text, str):
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else None


def about(moment: datetime, *, within: float) -> Any:  # noqa: ANN401
    """Accept a time that is at most `within` seconds away from `moment`."""

    def accepts(value: object) -> bool:
        found = instant(value)
        return found is not None and abs((found - moment).total_seconds()) <= within

    far = (moment + timedelta(days=1, seconds=2 * within)).isoformat()
    return Matcher(f"{moment.isoformat()} ± {within:g} s", accepts, wrong=far)


def about_now(*, within: float, after: float = 0.0) -> Any:  # noqa: ANN401
    """Accept a time at most `within` seconds from `after` seconds past the moment it is read."""

    def accepts(value: object) -> bool:
        found = instant(value)
        wanted = utc_now() + timedelta(seconds=after)
        return found is not None and abs((found - wanted).total_seconds()) <= within

    offset = f" + {after:g} s" if after else ""
    return Matcher(f"now{offset} ± {within:g} s", accepts, wrong="1970-01-01T00:00:00Z")


def same_instant(text: str) -> Any:  # noqa: ANN401
    """Accept any RFC 3339 spelling of the instant that `text` names."""
    moment = datetime.fromisoformat(text)

    def accepts(value: object) -> bool:
        # A device may keep whole seconds only: less than one second is the same instant.
        found = instant(value)
        return found is not None and abs(found - moment) < timedelta(seconds=1)

    return Matcher(repr(text), accepts, wrong="1970-01-01T00:00:00Z")


def between(low: float, high: float) -> Any:  # noqa: ANN401
    """Accept a number from `low` to `high`, both included."""

    def accepts(value: object) -> bool:
        return _is_number(value) and low <= value <= high  # type: ignore[operator]

    return Matcher(f"{low:g} to {high:g}", accepts, wrong=high + 1000)


@dataclass(frozen=True)
class Mismatch:
    """One field that is not as a step requires."""

    path: str
    expected: object
    actual: object

    def __str__(self) -> str:
        what = f"{self.path}: " if self.path else ""
        if isinstance(self.expected, Matcher) and self.expected.tell is not None:
            return what + self.expected.tell(self.actual)
        return f"{what}expected {self.expected!r}, got {self.actual!r}"


def mismatches(pattern: object, value: object, path: str = "") -> list[Mismatch]:
    """Return every field of `pattern` that `value` does not satisfy.

    A mapping constrains the fields it names, a list the elements it has (more may follow),
    a number is compared by value (6 is 6.0), a Matcher decides for itself.
    """
    if isinstance(pattern, Matcher):
        return [] if pattern.accepts(value) else [Mismatch(path, pattern, value)]
    if isinstance(pattern, Mapping):
        if not isinstance(value, Mapping):
            return [Mismatch(path, dict(pattern), value)]
        return [
            found
            for key, sub in pattern.items()
            for found in mismatches(sub, value.get(key, MISSING), f"{path}.{key}".lstrip("."))
        ]
    if isinstance(pattern, Sequence) and not isinstance(pattern, str):
        if not isinstance(value, list) or len(value) < len(pattern):
            return [Mismatch(path, list(pattern), value)]
        return [
            found
            for i, sub in enumerate(pattern)
            for found in mismatches(sub, value[i], f"{path}[{i}]")
        ]
    return [] if _equal(pattern, value) else [Mismatch(path, pattern, value)]


def leaves(pattern: object, path: str = "") -> Iterator[tuple[str, object]]:
    """Yield path and pattern of every field that `pattern` constrains."""
    if isinstance(pattern, Mapping):
        for key, sub in pattern.items():
            yield from leaves(sub, f"{path}.{key}".lstrip("."))
    elif isinstance(pattern, Sequence) and not isinstance(pattern, str):
        for i, sub in enumerate(pattern):
            yield from leaves(sub, f"{path}[{i}]")
    elif pattern is not UNSET:
        yield path, pattern


def wrong_for(pattern: object) -> object:
    """Return a value that a leaf `pattern` refuses; MISSING stands for taking the field out."""
    if isinstance(pattern, Matcher):
        return pattern.wrong
    if isinstance(pattern, bool):
        return not pattern
    if _is_number(pattern):
        return pattern + 1000  # type: ignore[operator]
    return "spoiled"


def wrongs_for(pattern: object) -> tuple[object, ...]:
    """Return every value that a proof puts in the place of a leaf `pattern`."""
    also = pattern.also_wrong if isinstance(pattern, Matcher) else ()
    return (wrong_for(pattern), *also)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float | Decimal) and not isinstance(value, bool)


def _equal(pattern: object, value: object) -> bool:
    if _is_number(pattern) and _is_number(value):
        return Decimal(str(pattern)) == Decimal(str(value))
    return type(pattern) is type(value) and pattern == value
