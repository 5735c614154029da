"""How a station looks up whether a certificate is revoked: OCSP, a CRL, and who can be believed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from urllib.parse import urlsplit

import pytest

from conformance.pki.authority import Authority
from conformance.pki.keys import KeyKind
from conformance.pki.revocation import CRL, OCSP, Revocation
from conformance.reference.revocation import Pair, Register, Standing
from conformance.reference.transfer import TransferError, nothing

URL = "http://lab"
Spoil = Callable[[bytes], bytes]


@cache
def authority(kind: KeyKind, name: str) -> Authority:
    found = Authority(name, "Maker", kind)
    found.ocsp_url, found.crl_url = URL + OCSP, URL + CRL
    return found


@cache
def pair(kind: KeyKind, *, revoked: bool) -> Pair:
    issued = authority(kind, "Maker").issue("Firmware signing", "firmware", kind)
    if revoked:
        authority(kind, "Maker").revoke(issued.certificate)
    return Pair(issued.certificate, authority(kind, "Maker").certificate)


@dataclass
class Network:
    """Carries questions to an authority, and spoils what is answered at an address."""

    to: Authority
    spoiled: dict[str, Spoil] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    async def download(self, url: str, began: Callable[[], None] = nothing) -> bytes:
        began()
        return self._told("GET", url, b"")

    async def ask(self, url: str, question: bytes, kind: str) -> bytes:
        assert kind == "application/ocsp-request"
        return self._told("POST", url, question)

    async def upload(self, url: str, name: str, content: bytes) -> None:
        raise NotImplementedError

    def _told(self, method: str, url: str, question: bytes) -> bytes:
        path = urlsplit(url).path
        self.asked.append(path)
        page = Revocation(self.to).page(method, path, question)
        assert page is not None
        return self.spoiled.get(path, bytes)(page.data)


def standing(network: Network, about: Pair, *ways: str, later: float = 0.0) -> Standing:
    def clock() -> datetime:
        return datetime.now(UTC) + timedelta(days=later)

    return asyncio.run(Register(network, clock, ways or ("OCSP", "CRL")).standing(about))


@pytest.mark.parametrize("kind", ["rsa", "ecdsa"])
@pytest.mark.parametrize("way", ["OCSP", "CRL"])
def test_it_is_told_good_or_revoked(kind: KeyKind, way: str) -> None:
    network = Network(authority(kind, "Maker"))
    assert standing(network, pair(kind, revoked=False), way) is Standing.GOOD
    assert standing(network, pair(kind, revoked=True), way) is Standing.REVOKED
    assert set(network.asked) == {f"/{way.lower()}"}


def gone(_: bytes) -> bytes:
    raise TransferError("nobody is there")


def late(_: bytes) -> bytes:
    raise TimeoutError


def cut(data: bytes) -> bytes:
    return data[:-3]


def resigned(data: bytes) -> bytes:
    return data[:-1] + bytes([data[-1] ^ 1])


@pytest.mark.parametrize("spoil", [gone, late, cut, resigned])
def test_who_cannot_be_believed_is_passed_over(spoil: Spoil) -> None:
    about = pair("ecdsa", revoked=True)
    network = Network(authority("ecdsa", "Maker"), {"/ocsp": spoil})
    assert standing(network, about) is Standing.REVOKED
    assert network.asked == ["/ocsp", "/crl"]
    network = Network(authority("ecdsa", "Maker"), {"/ocsp": spoil, "/crl": spoil})
    assert standing(network, about) is Standing.UNKNOWN


def test_the_authority_has_to_be_the_one_that_has_signed() -> None:
    """The responder of another refuses to tell, and its list is the list of another."""
    network = Network(authority("ecdsa", "Another"))
    assert standing(network, pair("ecdsa", revoked=False)) is Standing.UNKNOWN
    assert network.asked == ["/ocsp", "/crl"]


def test_an_answer_about_another_certificate_is_none() -> None:
    good, bad = pair("ecdsa", revoked=False), pair("ecdsa", revoked=True)
    answers: list[bytes] = []

    def keep(data: bytes) -> bytes:
        answers.append(data)
        return data

    standing(Network(authority("ecdsa", "Maker"), {"/ocsp": keep}), good, "OCSP")
    replayed = Network(authority("ecdsa", "Maker"), {"/ocsp": lambda _: answers[0]})
    assert standing(replayed, bad, "OCSP") is Standing.UNKNOWN


@pytest.mark.parametrize(("way", "days"), [("OCSP", 2), ("CRL", 31), ("OCSP", -1), ("CRL", -1)])
def test_what_is_not_of_today_is_not_believed(way: str, days: float) -> None:
    network = Network(authority("ecdsa", "Maker"))
    assert standing(network, pair("ecdsa", revoked=False), way, later=days) is Standing.UNKNOWN


def test_a_certificate_that_names_nobody() -> None:
    silent = Authority("Silent", "Maker", "ecdsa")
    issued = silent.issue("Firmware signing", "firmware", "ecdsa")
    network = Network(silent)
    assert standing(network, Pair(issued.certificate, silent.certificate)) is Standing.UNTOLD
    assert network.asked == []
