"""A run with known secrets: no byte that it leaves, or writes on the terminal, is of one."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

from tests.running import EMBEDDED_16_CS, run

PASSWORD = b"correct-horse-17b"
OF_TC_073 = b"OCA_OCTT_admin_test"
CASES = ["TC_073_CS", "TC_079_CS", "TC_080_CS", "TC_083_CS", "TC_085_CS"]


def forms(secret: bytes) -> set[bytes]:
    """Return how a password can be written, and how it goes over the wire."""
    basic = base64.b64encode(b"CP01:" + secret)
    plain = {secret, secret.hex().encode(), secret.hex().upper().encode()}
    return {*plain, basic, base64.b64encode(secret), base64.b64encode(basic)}


@pytest.mark.parametrize("profile", [1, 2])
def test_no_form_of_a_secret_is_left(profile: int, tmp_path: Path) -> None:
    connection = f'[connection]\nsecurity_profile = {profile}\npassword = "{PASSWORD.decode()}"\n'
    text = EMBEDDED_16_CS.replace("[connection]\n", connection)
    features = '["16-FIRMWARE", "16-SECURITY.1", "16-SECURITY.2", "16-SECURITY.3"'
    text = text.replace('["16-REMOTE-TRIGGER"', f'{features}, "16-REMOTE-TRIGGER"')
    (tmp_path / "sut.toml").write_text(text + '[files]\nfirmware_version = "2.0"\n')
    chosen = [word for case in CASES for word in ("--case", case)]
    ran = run("run", "--sut", "sut.toml", *chosen, folder=tmp_path)
    assert ran.code == 0, ran.out + ran.err
    left = [p for p in (tmp_path / "results").rglob("*") if p.is_file()]
    secrets = forms(PASSWORD) | forms(OF_TC_073) | {b"PRIVATE KEY"}
    told = {str(p): p.read_bytes() for p in left} | {"terminal": (ran.out + ran.err).encode()}
    assert [(name, s) for name, data in told.items() for s in secrets if s in data] == []
    assert any(b"AuthorizationKey" in data for data in told.values())
