"""Requests held against the schemas of the ocpp package, a hundred times as fast as it does."""

from __future__ import annotations

import json
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
