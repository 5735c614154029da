from __future__ import annotations

import pytest

from reports.text import LONGEST, clipped, content, visible


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x00", "[U+0000]"),
        ("\x1b[31m", "[U+001B][31m"),
        ("\r", "[U+000D]"),
        ("\x7f\x85", "[U+007F][U+0085]"),
        ("\u202egnp.exe", "[U+202E]gnp.exe"),
        ("\u200b\ufeff", "[U+200B][U+FEFF]"),
        ("\ud800", "[U+D800]"),
        ("\ufffe\uffff", "[U+FFFE][U+FFFF]"),
    ],
)
def test_what_cannot_be_seen_is_shown(text: str, shown: str) -> None:
    assert visible(text) == shown


@pytest.mark.parametrize("text", ["a\tb\nc", "Müller №2", "日本語 עברית 🔌", "👩\u200d🔧", ""])
def test_what_can_be_seen_stays(text: str) -> None:
    assert visible(text) == text


def test_a_long_text_is_clipped_and_says_so() -> None:
    assert clipped("x" * 700, 600) == "x" * 600 + " … and 100 characters more"
    for whole in (600, 624):  # what is left out would not be longer than to say so
        assert clipped("x" * whole, 600) == "x" * whole
    assert content("x" * 2**20).endswith(f"x … and {2**20 - LONGEST} characters more")


def test_content_escapes_markup_and_leaves_quotes() -> None:
    assert content("<a href='\"'>&lt;\x00") == "&lt;a href='\"'&gt;&amp;lt;[U+0000]"
