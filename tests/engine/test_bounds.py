"""What a system under test makes the tool keep has an end."""

from __future__ import annotations

from conformance.bounds import REASON, ROWS, TEXT, TOLD, Room, clipped, told
from conformance.record import Record


def test_a_text_is_clipped_and_says_so() -> None:
    assert clipped("short") == "short"
    assert clipped("x" * (REASON + 3)) == f"{'x' * REASON}… (3 more characters)"


def test_room_is_used_up() -> None:
    room = Room(300, 3)
    assert room.fit("x" * 250, 0) == "x" * 250
    assert room.fit("y" * 250, 1) == f"{'y' * 200}… (50 more characters)"
    assert room.fit("z", 3) is None


def test_what_is_told_has_an_end_and_says_so_once() -> None:
    texts: list[str] = []
    for number in range(3 * TOLD):
        told(texts, str(number))
    assert texts[TOLD - 1 :] == [str(TOLD - 1), "and more of that kind, which is not told"]


def test_a_record_is_bounded_whatever_passes() -> None:
    record = Record(lambda: 0.0)
    for number in range(ROWS + 10):
        place = record.frame("sut", "x" * 2000, finding="", connection=1)
        assert (place is None) == (number >= ROWS)
        record.note("", "station", "", "y" * 2000)
        record.remark("", "z" * 2000)
    kept = record.transcript
    assert [len(kept.frames), len(kept.entries), len(kept.remarks)] == [ROWS] * 3
    assert kept.frames[-1].text == f"the record has {ROWS} frames: it ends here"
    assert sum(len(frame.text) for frame in kept.frames) < 2 * TEXT
    assert sum(len(e.got) for e in kept.entries) < 3 * TEXT
