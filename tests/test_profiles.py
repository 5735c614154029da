"""A third of the cases that wait for nothing over each security profile, on sockets, unchanged.

Every one of them is run over one of the profiles; with `--nightly` all of them over all, and those
that wait, too. With profile 2 the keys are RSA, with profile 3 ECDSA.
"""

from __future__ import annotations

import pytest

from conformance.cases import Case
from conformance.demo import PAIRS, declared, secured
from conformance.verdict import Verdict
from tests.cases.freedom import implemented_cases
from tests.misbehaving import opened

KEYS = {1: "ecdsa", 2: "rsa", 3: "ecdsa"}
LAYER_WAITS = range(1, 5), range(14, 15), range(30, 40), range(42, 100)
"""Which cases of the communication layer wait for a time limit, or until a station is back."""

WAITS = {
    *("TC_001_CS", "TC_002_CS", "TC_004_2_CS", "TC_011_2_CS", "TC_023_4_CS", "TC_023_5_CS"),
    *("TC_024_CS", "TC_036_CS", "TC_037_1_CS", "TC_037_2_CS", "TC_037_3_CS", "TC_038_CS"),
    *("TC_039_CS", "TC_041_CS", "TC_044_3_CS", "TC_046_1_CS", "TC_047_CS", "TC_055_CS"),
    *("TC_061_1_CS", "TC_061_2_CS", "TC_068_CS", "TC_070_CS", "TC_071_CS"),
    *("TC_001_CSMS", "TC_004_2_CSMS", "TC_011_2_CSMS", "TC_047_CSMS"),
    *("TC_B_01_CS", "TC_B_02_CS", "TC_B_03_CS", "TC_C_02_CS", "TC_F_01_CS", "TC_F_02_CS"),
    *("TC_F_08_CS", "TC_K_37_CS"),
}


def waits(case: Case) -> bool:
    """Tell whether a case takes long, whatever system there is."""
    if not case.id.startswith("OCPPJ_"):
        return case.id in WAITS
    number = int(case.id.split("_")[1])
    return any(number in some for some in LAYER_WAITS)


def chosen(version: str, role: str, profile: int) -> list[Case]:
    """Return the share of a profile, and the rest where no time counts."""
    mine = [c for c in implemented_cases() if (c.entry.version, c.entry.role) == (version, role)]
    return [case for case in mine if not waits(case)][profile - 1 :: 3]


def judged(version: str, role: str, profile: int, cases: list[Case]) -> list[str]:
    """Run cases in one session; return what is wrong, a line for each verdict but PASS."""
    system = declared(f"embedded:{version}:{role}").changed({"operator": {"keys": KEYS[profile]}})
    applied, wrong = 0, []
    with opened(secured(system, profile)) as session:
        for case in cases:
            result = session.run(case)
            applied += result.verdict is Verdict.PASS
            if result.verdict not in {Verdict.PASS, Verdict.NOT_APPLICABLE}:
                wrong.append(f"{case.id}: {result.verdict}: {result.reason}")
    assert applied > len(cases) * 0.8, "most of the cases apply, whatever the profile"
    return wrong


@pytest.mark.parametrize("profile", KEYS)
@pytest.mark.parametrize(("version", "role"), PAIRS)
def test_cases_pass_unchanged_over_a_profile(version: str, role: str, profile: int) -> None:
    assert judged(version, role, profile, chosen(version, role, profile)) == []


@pytest.mark.nightly
@pytest.mark.parametrize("profile", KEYS)
@pytest.mark.parametrize(("version", "role"), PAIRS)
def test_all_cases_pass_unchanged_over_a_profile(version: str, role: str, profile: int) -> None:
    mine = [c for c in implemented_cases() if (c.entry.version, c.entry.role) == (version, role)]
    assert judged(version, role, profile, mine) == []
