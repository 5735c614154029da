"""Hash data that is nearly right: the reason names the field, and how that usually comes about."""

from __future__ import annotations

import hashlib

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from conformance.pki.authority import Authority
from conformance.pki.hashes import hash_data, missed

ROOT = Authority("Root", "Org", "ecdsa").certificate
OTHER = Authority("Other", "Org", "ecdsa").certificate
RIGHT = hash_data(ROOT, ROOT)
INFO = ROOT.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
NUMBER = RIGHT["serialNumber"]


@pytest.mark.parametrize(
    ("field", "value", "why"),
    [
        ("issuerKeyHash", hashlib.sha256(INFO).hexdigest(), "the whole SubjectPublicKeyInfo"),
        (
            "issuerNameHash",
            hashlib.sha256(ROOT.issuer.rfc4514_string().encode()).hexdigest().upper(),
            "over the name as a text",
        ),
        ("serialNumber", str(ROOT.serial_number), "in decimal digits"),
        ("serialNumber", f"0{NUMBER}", "a leading zero"),
        ("serialNumber", f"0x{NUMBER}", "a prefix"),
    ],
    ids=["key", "name", "decimal", "zero", "prefix"],
)
def test_what_is_usually_wrong_is_recognized(field: str, value: str, why: str) -> None:
    told = missed(ROOT, [hash_data(OTHER, OTHER), {**RIGHT, field: value}])
    assert told.startswith("none of 2 entries is that of the certificate; the nearest has the ")
    assert f"the {field} {value.lower()!r}, {dict(RIGHT)[field]!r} is right: it " in told
    assert why in told
    assert told.count(" is right") == 1


def test_another_value_is_told_beside_the_right_one() -> None:
    told = missed(ROOT, [{**RIGHT, "issuerKeyHash": "00", "serialNumber": "1"}])
    assert told.count(" is right") == 2
    assert told.endswith(f"the serialNumber '1', {NUMBER!r} is right")


def test_other_hash_algorithms_are_compared_in_kind() -> None:
    right = hash_data(ROOT, ROOT, "SHA384")
    told = missed(ROOT, [{**right, "serialNumber": "1"}])
    assert told.count(" is right") == 1


@pytest.mark.parametrize("listed", [[], [dict(hash_data(OTHER, OTHER))]], ids=len)
def test_where_nothing_is_similar_all_is_told(listed: list[dict[str, str]]) -> None:
    told = missed(ROOT, listed)
    assert told == f"none of {len(listed)} entries is that of the certificate, {dict(RIGHT)}"
