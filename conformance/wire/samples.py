"""Valid payloads of a schema, and single faults in them, by the keywords that OCPP uses."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

Schema = dict[str, Any]
Place = tuple[str | int, ...]

_LIST = [1, "not a list of anything"]
OF_ANOTHER_TYPE: dict[str, object] = {
    "array": "text",
    "boolean": "true",
    "integer": "1",
    "number": "1.5",
    "object": _LIST,
    "string": 1,
}
_BAD_TEXTS = {
    "date-time": ["2026-02-01T10:00:00", "2026-02-30T10:00:00Z", "2026-02-01 10:00:00Z", ""],
    "uri": ["no address"],
}


@dataclass(frozen=True)
class Mutant:
    """A payload with one fault, and where and by which keyword it is to be found."""

    path: str
    keyword: str
    payload: object


def minimal(schema: Schema, root: Schema | None = None) -> Any:  # noqa: ANN401 - any JSON value
    """Return the smallest valid payload: required fields only, one element in a list."""
    return _valid(schema, root or schema, optional=False)


def full(schema: Schema, root: Schema | None = None) -> Any:  # noqa: ANN401 - any JSON value
    """Return a valid payload with every field that there is."""
    return _valid(schema, root or schema, optional=True)


def longest(schema: Schema) -> Any:  # noqa: ANN401 - any JSON value
    """Return a full payload whose every text is as long as it may be, beyond the BMP."""
    payload = full(schema)
    for place, sub in _nodes(schema, schema, ()):
        if "maxLength" in sub:
            payload = _with(payload, place, "😀" * sub["maxLength"])
    return payload


def mutants(schema: Schema) -> Iterator[Mutant]:
    """Yield the full payload with each single fault that its schema knows."""
    payload = full(schema)
    yield Mutant("", "payload", [])
    for place, sub in _nodes(schema, schema, ()):
        if place and "type" in sub:
            wrong = OF_ANOTHER_TYPE[sub["type"]]
            yield Mutant(_path(place), "type", _with(payload, place, wrong))
            yield Mutant(_path(place), "type", _with(payload, place, None))
        for keyword, wrong_place, wrong in _faults(sub, place, _at(payload, place)):
            yield Mutant(_path(wrong_place), keyword, _with(payload, wrong_place, wrong))


_GONE: Any = object()


def _faults(sub: Schema, place: Place, valid: Any) -> Iterator[tuple[str, Place, object]]:  # noqa: ANN401
    for name in sub.get("required", ()):
        yield "required", (*place, name), _GONE
    if sub.get("type") == "object" and sub.get("additionalProperties") is False:
        yield "additionalProperties", (*place, "surplus"), 1
    for keyword in BAD.keys() & sub.keys():
        yield from ((keyword, place, bad) for bad in BAD[keyword](sub[keyword], valid))


# What breaks a keyword, by what it says and by a value that is valid.
BAD: dict[str, Callable[[Any, Any], Sequence[object]]] = {
    "enum": lambda _, __: ["spoiled", ""],
    "format": lambda said, _: _BAD_TEXTS[said],
    "maximum": lambda said, _: [said + 1],
    "maxItems": lambda said, valid: [valid[:1] * (said + 1)],
    "maxLength": lambda said, _: ["x" * (said + 1)],
    "minimum": lambda said, _: [said - 1],
    "minItems": lambda said, valid: [valid[: said - 1]],
    "multipleOf": lambda _, __: [8.15],
}


def _valid(schema: Schema, root: Schema, *, optional: bool) -> Any:  # noqa: ANN401
    sub = _resolved(schema, root)
    kind = sub.get("type")
    if "enum" in sub:
        return sub["enum"][-1]
    if kind == "object":
        required = sub.get("required", ())
        return {
            name: _valid(field, root, optional=optional)
            for name, field in sub.get("properties", {}).items()
            if optional or name in required
        }
    if kind == "array":
        return [_valid(sub["items"], root, optional=optional)] * max(1, sub.get("minItems", 1))
    return _scalar(sub)


def _scalar(sub: Schema) -> object:
    if "format" in sub:
        return {"date-time": "2026-02-01T10:00:00+01:00", "uri": "ftp://127.0.0.1/log"}[
            sub["format"]
        ]
    number = max(sub.get("minimum", 1), min(sub.get("maximum", 1), 1))
    return {
        "string": "x",
        "integer": number,
        "number": 8.1 if "multipleOf" in sub else number,
        "boolean": True,
        None: {"any": ["thing"]},
    }[sub.get("type")]


def _nodes(schema: Schema, root: Schema, place: Place) -> Iterator[tuple[Place, Schema]]:
    sub = _resolved(schema, root)
    yield place, sub
    for name, field in sub.get("properties", {}).items():
        yield from _nodes(field, root, (*place, name))
    if sub.get("type") == "array":
        yield from _nodes(sub["items"], root, (*place, 0))


def _resolved(schema: Schema, root: Schema) -> Schema:
    if "$ref" in schema:
        found: Schema = root["definitions"][schema["$ref"].rsplit("/", 1)[-1]]
        return found
    return schema


def _at(payload: Any, place: Place) -> Any:  # noqa: ANN401
    for part in place:
        payload = payload[part]
    return payload


def _with(payload: Any, place: Place, value: object) -> Any:  # noqa: ANN401
    """Return a copy with another value at a place; _GONE takes the field out.

    Only what leads to the place is copied: the rest is the same as before.
    """
    if not place:
        return value
    changed = payload.copy()
    if len(place) == 1 and value is _GONE:
        del changed[place[0]]
    else:
        below = payload[place[0]] if len(place) > 1 else None
        changed[place[0]] = _with(below, place[1:], value)
    return changed


def _path(place: Place) -> str:
    steps = (f"[{p}]" if isinstance(p, int) else f".{p}" for p in place)
    return "".join(steps).removeprefix(".")
