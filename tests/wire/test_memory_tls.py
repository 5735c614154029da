"""Handshakes in memory come to what they come to on a socket."""

from __future__ import annotations

from pathlib import Path

import pytest

from conformance.pki.keys import KeyKind
from conformance.pki.lab import Lab, write
from conformance.wire.memory_tls import handshake
from conformance.wire.tls import Side, client_context, server_context
from tests.wire.test_tls import TLS12, side


@pytest.fixture(scope="module", params=["rsa", "ecdsa"])
def lab(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pki")
    kind: KeyKind = "rsa" if request.param == "rsa" else "ecdsa"
    write(Lab(organization="Org", names=["localhost"], serial="SN-1"), folder, kinds=[kind])
    return folder / kind


@pytest.mark.parametrize("newest", [TLS12, Side().newest])
def test_both_sides_see_each_other(lab: Path, newest: object) -> None:
    theirs = client_context(side(lab, "client", newest=newest))
    ours = server_context(side(lab, "server"), client_certificate=True)
    seen, by_client = handshake(theirs, ours, "localhost")
    assert (seen.failure, by_client.failure) == ("", "")
    assert seen.version == by_client.version != ""
    assert len(seen.chain) == 2
    assert seen.hello is not None
    assert seen.hello.server_name == "localhost"


@pytest.mark.parametrize("newest", [TLS12, Side().newest])
def test_a_server_that_is_refused_sees_the_alert(lab: Path, newest: object) -> None:
    theirs = client_context(side(lab, "client", newest=newest))
    ours = server_context(side(lab, "bad/server-expired"), client_certificate=True)
    seen, by_client = handshake(theirs, ours, "localhost")
    assert seen.refused_by_sut == "CERTIFICATE_EXPIRED"
    assert "certificate has expired" in by_client.failure


@pytest.mark.parametrize("newest", [TLS12, Side().newest])
def test_a_client_that_is_refused_sees_the_alert(lab: Path, newest: object) -> None:
    theirs = client_context(side(lab, "bad/client-expired", newest=newest))
    ours = server_context(side(lab, "server"), client_certificate=True)
    seen, by_client = handshake(theirs, ours, "localhost")
    assert "certificate has expired" in seen.failure
    assert by_client.refused_by_sut == "CERTIFICATE_EXPIRED"
