from __future__ import annotations

from reports.identity import Fact, Presented, identity
from reports.run import Run
from tests.reports.conftest import CASE, START, Reading

SUT = {"name": "s", "version": "1.6", "role": "CS", "vendor": "V", "serial": "4711", "model": "M"}


def facts(reading: Reading, *presented: dict[str, str]) -> dict[str, Fact]:
    cases = [{**CASE, "id": f"TC_{n}_CS", "presented": p} for n, p in enumerate(presented)]
    run = reading({**START, "suts": [SUT]}, *cases)
    return {fact.name: fact for fact in identity(run.suts[0], run.cases)}


def test_what_was_presented_stands_beside_what_was_declared(run: Run) -> None:
    found = {f.name: f for f in identity(run.suts[0], run.cases)}
    assert (found["Vendor"].declared, found["Vendor"].differs) == ("Müller & Söhne <AG>", False)
    assert found["Firmware"] == Fact(
        name="Firmware",
        declared="3.1.0-rc.3",
        presented=(Presented(value="3.1.0-rc.2", case="TC_001_CS"),),
        differs=True,
    )


def test_a_value_that_changes_is_told_with_the_first_case_that_had_it(reading: Reading) -> None:
    found = facts(reading, {"vendor": "V"}, {"vendor": "W"}, {"vendor": "W"}, {"vendor": "V"})
    assert [(p.value, p.case) for p in found["Vendor"].presented] == [
        ("V", "TC_0_CS"),
        ("W", "TC_1_CS"),
    ]
    assert found["Vendor"].differs


def test_only_what_both_sides_name_can_differ(reading: Reading) -> None:
    found = facts(reading, {"firmware": "1", "iccid": "89"})
    assert not [f for f in found.values() if f.differs]
    assert set(found) == {"Vendor", "Model", "Serial number", "Firmware", "ICCID"}


def test_a_serial_number_may_be_that_of_the_box(reading: Reading) -> None:
    assert facts(reading, {"serial": "1", "box serial": "2"})["Serial number"].differs
    assert not facts(reading, {"serial": "1", "box serial": "4711"})["Serial number"].differs


def test_a_property_of_a_later_version_is_shown_too(reading: Reading) -> None:
    assert facts(reading, {"colour": "red"})["colour"].presented[0].value == "red"
