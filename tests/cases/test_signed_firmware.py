"""Who has signed firmware: what is told of a certificate that is revoked, and what needs a key."""

from __future__ import annotations

from dataclasses import fields

import pytest

from conformance import inprocess
from conformance.demo import secured
from conformance.pki.folder import shared
from conformance.prove import judge
from conformance.record import Constraint
from conformance.selection import implemented
from conformance.sut import Sut, embedded
from conformance.sut_tls import Tls
from conformance.tamper import Tamper
from conformance.verdict import Verdict

CASES = implemented()


def over(profile: int, **options: str | bool) -> Sut:
    return secured(embedded("1.6", "CS", options=options), profile)


@pytest.mark.parametrize(
    ("status", "asks", "told"),
    [
        ("Accepted", False, "the station has asked nothing at http://127.0.0.1:1, where the cert"),
        ("InvalidCertificate", True, "though the station was told so at /maker/ocsp"),
    ],
)
def test_a_revoked_certificate_that_is_not_told(status: str, told: str, *, asks: bool) -> None:
    """What went wrong is in the reason: nobody has asked, or the answer was not heeded."""
    faults = [] if asks else ["ignores-revocation"]
    constraint = Constraint(place="2#1", step="2", kind="field", path="status", wrong=status)
    tamper = Tamper(constraint) if asks else None
    result = judge(embedded("1.6", "CS", faults=faults), CASES["SEC_01_CS"], tamper)
    assert (result.verdict, result.step) == (Verdict.FAIL, "2")
    assert f"expected 'RevokedCertificate', got '{status}'" in result.reason
    assert told in result.reason


def without(sut: Sut, *names: str, **instead: object) -> Sut:
    """Return a declaration that names each file of its folder but these."""
    files, known = shared(sut).tls, Tls.model_fields
    named = {f.name: str(p) for f in fields(files) if (p := getattr(files, f.name)) is not None}
    kept = {n: p for n, p in named.items() if n in known and n not in names}
    return sut.changed({"tls": {**kept, **instead}})


def test_a_manufacturer_whose_key_nobody_has(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inprocess, "shared", lambda sut: sut)
    known = without(over(0), "maker_key", "maker_crl")
    result = judge(known, CASES["SEC_01_CS"])
    assert result.verdict is Verdict.INCONCLUSIVE
    assert "needs tls.maker_key or tls.revoked_signer in sut.toml" in result.reason
    assert judge(known, CASES["SEC_02_CS"]).verdict is Verdict.PASS
    assert judge(known, CASES["SEC_03_CS"]).reason.startswith("this needs tls.maker_key")
    names = ("maker_key", "maker_crl")
    declared = without(embedded("1.6", "CS"), *names, revoked_signer=str(known.tls.signer))
    result = judge(declared, CASES["SEC_01_CS"])
    assert (result.verdict, result.step) == (Verdict.FAIL, "2")
    assert "whether the station has looked it up, the tool does not see" in result.reason


@pytest.mark.parametrize(
    ("profile", "case"), [(3, "TC_074_CS"), (3, "TC_077_CS"), (2, "TC_083_CS")]
)
def test_what_is_signed_in_a_run_says_where_it_is_told_as_revoked(profile: int, case: str) -> None:
    demanding = over(profile, demands_revocation=True)
    folder = str(shared(demanding).document.tls.folder)
    served = demanding.changed(
        {"tls": {"folder": folder, "revocation": True}, "files": {"http_port": 1}}
    )
    assert judge(served, CASES[case]).verdict is Verdict.PASS
    if case != "TC_077_CS":  # there the certificate has to be refused all the same
        result = judge(demanding, CASES[case])
        assert result.verdict in {Verdict.FAIL, Verdict.INCONCLUSIVE}
        assert "status: expected 'Accepted', got 'Rejected'" in result.reason
