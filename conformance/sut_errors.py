"""Problems in a sut.toml, told with their place, what was expected, found, and probably meant."""

from __future__ import annotations

import difflib
import re
import types
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Final, TypeAlias, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

Place: TypeAlias = tuple[str | int, ...]
SECRETS: Final = frozenset({"password", "bearer", "secrets"})


def dotted(place: Place) -> str:
    """Return a place as a user writes it: `topology.evses[0].id`."""
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in place)
    return text.removeprefix(".")


@dataclass(frozen=True, kw_only=True)
class Problem:
    """One thing that is wrong in a sut.toml; `nearest` is the name that was probably meant."""

    place: Place
    expected: str
    found: str = ""
    nearest: str = ""

    def __str__(self) -> str:
        text = f"{dotted(self.place)}: expected {self.expected}"
        text += f", found {self.found}" if self.found else ""
        return text + (f" - did you mean {self.nearest}?" if self.nearest else "")


class SutFileError(Exception):
    """A sut.toml that cannot be used; the text lists everything that is wrong with it."""

    def __init__(self, file: str, problems: Sequence[Problem], text: str = "") -> None:
        self.file, self.problems = file, tuple(problems)
        lines = Lines(text)
        found = sorted((lines.of(problem.place) or 1, str(problem)) for problem in problems)
        count = f"{len(found)} problem" + ("" if len(found) == 1 else "s")
        super().__init__(
            "\n".join([f"{file}: {count}", *(f"  {file}:{line}: {told}" for line, told in found)])
        )


class UnreadableSutError(SutFileError):
    """A sut.toml that is not there, or not TOML."""

    def __init__(self, file: str, reason: str) -> None:
        super().__init__(file, ())
        self.args = (f"{file}: {reason}",)


_HEADER = re.compile(r"^\s*(\[\[?)\s*([\w.\-\"' ]+?)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(r"^\s*([\w.\-\"' ]+?)\s*=")


class Lines:
    """Where the keys of a TOML text stand; tomllib does not say."""

    def __init__(self, text: str) -> None:
        self._lines: dict[Place, int] = {}
        table: Place = ()
        arrays: dict[Place, int] = {}
        within = ""
        for number, line in enumerate(text.splitlines(), 1):
            if within:
                within = "" if within in line else within
                continue
            if header := _HEADER.match(line):
                table = _names(header[2])
                if header[1] == "[[":
                    arrays[table] = arrays.get(table, -1) + 1
                    table = (*table, arrays[table])
                self._lines.setdefault(table, number)
            elif found := _KEY.match(line):
                self._lines.setdefault((*table, *_names(found[1])), number)
            within = next((q for q in ('"""', "'''") if line.count(q) % 2), "")

    def of(self, place: Place) -> int | None:
        """Return the line of `place`, or of the nearest thing around it that has one."""
        for end in range(len(place), 0, -1):
            if place[:end] in self._lines:
                return self._lines[place[:end]]
        return None


def _names(text: str) -> Place:
    return tuple(part.strip().strip("\"'") for part in text.split("."))


def nearest(name: str, names: Iterable[str]) -> str:
    """Return the one of `names` that looks most like `name`, or nothing."""
    by_lower = {known.lower(): known for known in names}
    found = difflib.get_close_matches(name.lower(), by_lower, n=1, cutoff=0.6)
    return by_lower[found[0]] if found else ""


def shown(value: object) -> str:
    """Return a value as it may stand in a message: TOML's spelling, and short."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        text = f'"{value}"'
    elif isinstance(value, list | tuple):
        text = f"[{', '.join(map(shown, value))}]"
    else:
        text = "a table" if isinstance(value, Mapping) else repr(value)
    return text if len(text) <= 60 else text[:57] + "..."  # noqa: PLR2004 - fits on a line


def from_pydantic(error: ValidationError, model: type[BaseModel]) -> list[Problem]:
    """Return the problems that a validation found, in our own words."""
    details = error.errors(include_url=False)
    places = [detail["loc"] for detail in details]
    return [
        _problem(detail, model)
        for detail in details
        # A list whose elements are wrong is told to be too short as well.
        if detail["type"] != "too_short" or not any(_inside(p, detail["loc"]) for p in places)
    ]


def _inside(place: Place, outer: Place) -> bool:
    return len(place) > len(outer) and place[: len(outer)] == outer


def _problem(detail: ErrorDetails, model: type[BaseModel]) -> Problem:
    place = _without_tags(detail["loc"])
    if detail["type"] == "extra_forbidden":
        return _unknown_key(place, model)
    if detail["type"] == "missing":
        return Problem(place=place, expected=_meaning(place, model), found="nothing")
    if detail["type"] == "value_error":
        # Our own validators word the whole sentence, and know what may be shown.
        text = str(detail.get("ctx", {}).get("error", detail["msg"]))
        expected, _, found = text.partition(", found")
        return Problem(
            place=place, expected=expected.removeprefix("expected "), found=found.lstrip(": ")
        )
    hidden = bool(SECRETS.intersection(place))
    found = "a value that is not shown" if hidden else shown(detail["input"])
    expected = _expected(detail)
    near = _near_value(detail) if not hidden else ""
    return Problem(place=place, expected=expected, found=found, nearest=near)


def _without_tags(place: Place) -> Place:
    # pydantic names the branch of a union that it took: operator.http.url.
    if len(place) > 1 and place[0] == "operator":
        place = (place[0], *place[2:])
    return tuple("class" if part == "class_" else part for part in place)


def _unknown_key(place: Place, model: type[BaseModel]) -> Problem:
    name, here = str(place[-1]), _model_at(place[:-1], model)
    names = _keys(here) if here else []
    near = _elsewhere(name, model) or nearest(name, names)
    table = f"[{dotted(place[:-1])}]" if place[:-1] else "sut.toml"
    few = len(names) <= 12  # noqa: PLR2004 - more do not fit on a line
    known = f"one of {', '.join(names)}" if few else f"a key of {table}"
    return Problem(place=place, expected=known, found="an unknown key", nearest=near)


def _elsewhere(name: str, model: type[BaseModel]) -> str:
    if name in model.model_fields:
        return f"{name}, above the first table"
    for section, field in model.model_fields.items():
        for inner in _models(field.annotation):
            if name in inner.model_fields:
                return f"{section}.{name}"
    return ""


def _keys(models: Sequence[type[BaseModel]]) -> list[str]:
    found = {field.alias or name for m in models for name, field in m.model_fields.items()}
    return sorted(found)


def _meaning(place: Place, model: type[BaseModel]) -> str:
    for inner in _model_at(place[:-1], model):
        for name, field in inner.model_fields.items():
            if place[-1] in (name, field.alias) and field.description:
                return field.description
    return "a value"


def _model_at(place: Place, model: type[BaseModel]) -> list[type[BaseModel]]:
    models = [model]
    for part in place:
        if isinstance(part, str):
            found = (m.model_fields.get(part) for m in models)
            models = [inner for field in found if field for inner in _models(field.annotation)]
    return models


def _models(annotation: object) -> Iterator[type[BaseModel]]:
    """Yield the tables that an annotation allows: through tuples, unions and Annotated."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    elif get_origin(annotation) in (Annotated, Union, types.UnionType, tuple):
        for part in get_args(annotation):
            yield from _models(part)


def _choices(detail: ErrorDetails) -> str:
    context = detail.get("ctx", {})
    return str(context.get("expected") or context.get("expected_tags", "")).replace("'", '"')


def _near_value(detail: ErrorDetails) -> str:
    if detail["type"] not in ("literal_error", "union_tag_invalid"):
        return ""
    value = detail["input"]
    if isinstance(value, Mapping):
        value = value.get("kind", "")
    choices = re.findall(r'"([^"]+)"', _choices(detail))
    return nearest(value, choices) if isinstance(value, str) else ""


def _limit(words: str, name: str) -> Callable[[Mapping[str, Any]], str]:
    return lambda context: f"{words} {context[name]}"


_EXPECTED: Final[Mapping[str, str | Callable[[Mapping[str, Any]], str]]] = {
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "finite_number": "a finite number",
    "bool_type": "true or false",
    "string_type": "a text in quotes",
    "string_too_short": "a text that is not empty",
    "string_too_long": lambda c: f"at most {c['max_length']} characters",
    "string_pattern_mismatch": lambda c: f"a text that matches {c['pattern']}",
    "greater_than": _limit("more than", "gt"),
    "greater_than_equal": _limit("at least", "ge"),
    "less_than_equal": _limit("at most", "le"),
    "tuple_type": "a list",
    "frozen_set_type": "a list",
    "list_type": "a list",
    "too_short": lambda c: f"a list of at least {c['min_length']}",
    "model_type": "a table",
    "model_attributes_type": "a table",
    "dict_type": "a table",
    "union_tag_not_found": (
        'kind = "console", "http", "http-template", "command", "python" or "embedded"'
    ),
}


def _expected(detail: ErrorDetails) -> str:
    if detail["type"] in ("literal_error", "union_tag_invalid"):
        return _choices(detail)
    told = _EXPECTED.get(detail["type"], detail["msg"])
    return told if isinstance(told, str) else told(detail.get("ctx", {}))
