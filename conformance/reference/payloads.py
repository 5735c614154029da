"""Requests held against the schemas of the ocpp package, a hundred times as fast as it does."""

from __future__ import annotations

import json
from collections.abc import Callable
from copy import deepcopy
from functools import cache
from importlib.resources import files
from typing import Any, Final

import jsonschema_rs

_FOLDERS: Final = {"1.6": ("ocpp.v16", ""), "2.0.1": ("ocpp.v201", "Request")}


def broken_keyword(version: str, action: str, payload: object) -> str:
    """Return the keyword of the schema that a request breaks, "" if it is as it should be.

    Where a value breaks several, its type is what is wrong.
    """
    found = [str(e.schema_path[-1]) for e in _validator(version, action).iter_errors(payload)]
    return "type" if "type" in found else next(iter(found), "")


def cut(version: str, action: str, payload: Any) -> None:  # noqa: ANN401 - any JSON value
    """Cut off what is longer in the texts of a request than it may be."""
    for error in _validator(version, action).iter_errors(payload):
        if error.kind.name == "maxLength":
            *way, last = error.instance_path
            place = payload
            for part in way:
                place = place[part]
            place[last] = place[last][: error.kind.as_dict()["limit"]]


@cache
def _validator(version: str, action: str) -> Any:  # noqa: ANN401 - of any draft
    # Not by the package's own cache: there, the first to come decides how numbers are read.
    package, ending = _FOLDERS[version]
    path = files(package) / "schemas" / f"{action}{ending}.json"
    return jsonschema_rs.validator_for(json.loads(path.read_text(encoding="utf-8-sig")))


class _Quick:
    """A validator of the package; only what is wrong, or may be, is left to itself."""

    def __init__(self, own: Any) -> None:  # noqa: ANN401 - the package's
        self._own = own
        schema = json.loads(json.dumps(own.schema, default=float))
        self._compiled = jsonschema_rs.validator_for(schema, validate_formats=False)

    def validate(self, payload: object) -> None:
        """Raise what the package's validator raises."""
        try:
            valid = self._compiled.is_valid(payload)
        except ValueError:  # Decimal is no number there
            valid = False
        if not valid:
            self._own.validate(payload)


def quick(get_validator: Callable[..., Any]) -> Callable[..., Any]:
    """Return what finds the package's validators, each with a compiled one before it."""
    made: dict[int, tuple[object, _Quick]] = {}

    def get(*words: object, **more: object) -> _Quick:
        own = get_validator(*words, **more)  # which the package keeps, so that its id is its own
        if id(own) not in made:
            made[id(own)] = own, _Quick(own)
        return made[id(own)][1]

    return get


def mended(version: str, action: str, payload: Any, keyword: str) -> Any:  # noqa: ANN401
    """Return a request without what breaks a keyword of its schema.

    "additionalProperties" leaves out surplus fields, "null" those that are null, and "type" makes
    a text of a number or a boolean where a text is wanted.
    """
    right = deepcopy(payload)
    for error in _validator(version, action).iter_errors(payload):
        *way, last = [*error.instance_path] or [""]
        place = right
        for part in way:
            place = place[part]
        if keyword == "additionalProperties" and error.kind.name == keyword:
            holder = place[last] if last != "" else place
            for name in error.kind.as_dict()["unexpected"]:
                del holder[name]
        elif error.kind.name == "type" and keyword == "null" and place[last] is None:
            del place[last]
        elif error.kind.name == "type" == keyword and _a_text_would_do(error, place[last]):
            place[last] = json.dumps(place[last])
    return right


def _a_text_would_do(error: Any, value: object) -> bool:  # noqa: ANN401
    return error.kind.as_dict()["types"] == ["string"] and isinstance(value, bool | int | float)


def at_their_longest(version: str, action: str, payload: Any) -> bool:  # noqa: ANN401
    """Tell whether a text of a request is as long as it may be."""
    longer = _validator(version, action).iter_errors(_each_text(payload, lambda t: f"{t}x"))
    broken = {
        tuple(e.instance_path) for e in longer if e.kind.name == "maxLength"
    }  # a character more is too much
    already = _validator(version, action).iter_errors(payload)
    return bool(broken - {tuple(e.instance_path) for e in already})


def _each_text(value: Any, change: Callable[[str], str]) -> Any:  # noqa: ANN401
    if isinstance(value, dict):
        return {name: _each_text(inner, change) for name, inner in value.items()}
    if isinstance(value, list):
        return [_each_text(inner, change) for inner in value]
    return change(value) if isinstance(value, str) else value


@cache
def actions(version: str) -> frozenset[str]:
    """Return the actions of a version."""
    package, ending = _FOLDERS[version]
    names = (path.name.removesuffix(".json") for path in (files(package) / "schemas").iterdir())
    requests = (n for n in names if n.endswith(ending) and not n.endswith("Response"))
    return frozenset(name.removesuffix(ending) for name in requests)
