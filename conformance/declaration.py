"""What a journal says of a declaration: every key and its value, and nothing that is secret."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any, Final

from conformance.redact import forms, hide
from conformance.sut_document import Document
from conformance.sut_sections import Secret, Section
from conformance.sut_tls import TlsFiles

ELSEWHERE: Final = ("sut", "features", "waivers")
"""The tables that a journal has in places of their own."""


def secrets_of(document: Document) -> frozenset[str]:
    """Return every secret value of a declaration, as text, and how it is written if it is none."""
    values = [secret.reveal() for secret in _secrets(document)]
    texts = frozenset(value.decode("utf-8", "replace") for value in values)
    no_texts = [value for value in values if value.decode("utf-8", "ignore").encode() != value]
    return texts.union(*map(forms, no_texts))


def _secrets(value: object) -> Iterator[Secret]:
    if isinstance(value, Secret):
        yield value
    elif isinstance(value, Section):
        for name in type(value).model_fields:
            yield from _secrets(getattr(value, name))
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from _secrets(inner)


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


def certificates(files: TlsFiles) -> list[dict[str, str]]:
    """Return what a journal says of the certificates that the tool shows, trusts or signs with.

    `sha256` is over the DER form, `until` the end of validity in RFC 3339.
    """
    from cryptography import x509  # noqa: PLC0415 - slow to load, and only TLS needs it
    from cryptography.hazmat.primitives.hashes import SHA256  # noqa: PLC0415

    found = []
    named = (
        ("The tool's certificate", files.certificate),
        ("Trusted root", files.trusted),
        ("The tool's authority", files.authority),
    )
    for name, path in named:
        if path is None or not path.is_file():
            continue
        with suppress(ValueError):  # no certificate: whoever opens the connection says so
            certificate = x509.load_pem_x509_certificate(path.read_bytes())
            found.append(
                {
                    "name": name,
                    "subject": certificate.subject.rfc4514_string(),
                    "sha256": certificate.fingerprint(SHA256()).hex(),
                    "until": certificate.not_valid_after_utc.isoformat().replace("+00:00", "Z"),
                }
            )
    return found


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
