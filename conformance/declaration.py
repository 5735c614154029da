"""What a journal says of a declaration: every key and its value, and nothing that is secret."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from conformance.redact import hide
from conformance.sut_document import Document
from conformance.sut_sections import Secret, Section

ELSEWHERE: Final = ("sut", "features", "waivers")
"""The tables that a journal has in places of their own."""


def secrets_of(document: Document) -> frozenset[str]:
    """Return every secret value of a declaration, as text."""
    return frozenset(s.reveal().decode("utf-8", "replace") for s in _secrets(document))


def _secrets(value: object) -> Iterator[Secret]:
    if isinstance(value, Secret):
        yield value
    elif isinstance(value, Section):
        for name in type(value).model_fields:
            yield from _secrets(getattr(value, name))


def fingerprint(document: Document) -> str:
    """Return a hash over all that is declared, defaults included, without what is secret."""
    whole = document.model_dump(mode="json", by_alias=True)
    whole["features"] = sorted(set(document.features))
    text = json.dumps(whole, sort_keys=True, default=repr)
    return hashlib.sha256(text.encode()).hexdigest()


def configured(document: Document) -> dict[str, Any]:
    """Return every configured value by its dotted key, defaults included, secrets as ***."""
    return _flat(document.model_dump(mode="json", by_alias=True, exclude=_hidden(document)))


def given(document: Document) -> list[str]:
    """Return the dotted keys of what the user has set."""
    whole = document.model_dump(
        mode="json", by_alias=True, exclude=_hidden(document), exclude_unset=True
    )
    return list(_flat(whole))


def _hidden(document: Document) -> dict[str, Any]:
    # What is handed to a class of the user's, or to a program, may hold anything.
    options = set() if document.operator.kind == "embedded" else {"options", "program"}
    return {**dict.fromkeys(ELSEWHERE, True), "operator": options}


def _flat(tables: Mapping[str, Any]) -> dict[str, Any]:
    flat = dict(_leaves(tables, ""))
    plain: dict[str, Any] = hide(flat, set())  # credentials in URLs
    return plain


def _leaves(table: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, Any]]:
    for name, value in table.items():
        if isinstance(value, Mapping):
            yield from _leaves(value, f"{prefix}{name}.")
        elif value is not None:
            yield f"{prefix}{name}", value
