"""Several declared systems in one run, side by side: no one's trouble is another's."""

from __future__ import annotations

from pathlib import Path

from tests.running import EMBEDDED_16_CS, EMBEDDED_16_CSMS, Ran, cases, journal, run

OF_STATION, OF_OFFICE = ("TC_010_CS", "TC_012_CS"), ("TC_010_CSMS", "TC_012_CSMS")


def both(folder: Path, station: str, office: str, *more: str) -> Ran:
    """Run a few cases of a station and of a central system."""
    suts = {"station.toml": station, "office.toml": office}
    for name, text in suts.items():
        (folder / name).write_text(text, "utf-8")
    words = [word for name in suts for word in ("--sut", name)]
    words += [word for case in (*OF_STATION, *OF_OFFICE) for word in ("--case", case)]
    return run("run", *words, "--side-by-side", *more, folder=folder)


def office(faults: str = "[]") -> str:
    """Return the declaration of a central system."""
    return EMBEDDED_16_CSMS.format(stations='"CP{01..09}"', faults=faults)


def operated(declaration: str, operator: str) -> str:
    """Return a declaration with another operator."""
    return f"{declaration.partition('[operator]')[0]}[operator]\n{operator}\n"


def nobody() -> str:
    """Return the declaration of a station that does not come."""
    declaration = EMBEDDED_16_CS.replace("[limits]", "[limits]\nconnect_timeout = 0.2")
    return operated(declaration, 'kind = "http"\nurl = "http://127.0.0.1:9"')


def verdicts(ran: Ran) -> dict[str, str]:
    """Return the verdict of each case."""
    return {identity: case["verdict"] for identity, case in cases(ran.results).items()}


def test_each_system_gets_its_own_verdicts(tmp_path: Path) -> None:
    ran = both(tmp_path, EMBEDDED_16_CS, office('["wrong-connector-in-remote-start"]'))
    wanted = {**dict.fromkeys((*OF_STATION, *OF_OFFICE), "PASS"), "TC_010_CSMS": "FAIL"}
    assert (verdicts(ran), ran.code) == (wanted, 1), ran.out
    assert {c["id"]: c["sut"] for c in cases(ran.results).values()} == {
        **dict.fromkeys(OF_STATION, "box"),
        **dict.fromkeys(OF_OFFICE, "office"),
    }
    assert journal(ran.results)[-1]["kind"] == "end"


def test_a_station_that_does_not_come_is_waited_for_and_keeps_no_other(tmp_path: Path) -> None:
    ran = both(tmp_path, nobody(), office())
    assert ran.err.startswith("waiting for CP01 on ws://"), ran.err
    assert verdicts(ran) == {
        **dict.fromkeys(OF_STATION, "INCONCLUSIVE"),
        **dict.fromkeys(OF_OFFICE, "PASS"),
    }


def test_the_first_failure_ends_all_if_that_is_asked_for(tmp_path: Path) -> None:
    ran = both(tmp_path, nobody(), office(), "--", "-x")
    assert ran.code == 1
    assert verdicts(ran)[OF_STATION[0]] == "INCONCLUSIVE"
    assert journal(ran.results)[-1]["kind"] == "case"  # it is no complete run


def test_one_person_acts_on_one_system(tmp_path: Path) -> None:
    person, url = 'kind = "console"', 'url = "ws://127.0.0.1:9/ocpp"'
    other = operated(office().replace("[connection]", f"[connection]\n{url}"), person)
    ran = both(tmp_path, operated(EMBEDDED_16_CS, person), other)
    assert ran.code == 2
    assert "one person cannot act on several systems side by side" in ran.err
