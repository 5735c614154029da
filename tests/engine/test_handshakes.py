from __future__ import annotations

from conformance.handshakes import told


def test_a_connection_is_told_by_the_names_that_a_case_uses() -> None:
    tls = {"suites": ["A", "B"], "serverName": "", "certificate": {"keySize": 256}}
    found = {"identity": "CP01", "basic": {"user": "CP01", "size": 20}, "tls": tls}
    assert told(found) == (
        "identity CP01, basic.user CP01, basic.size 20,"
        " tls.suites A B, tls.serverName -, tls.certificate.keySize 256"
    )
