"""How much a system under test can make the tool keep: what is beyond it is counted, not kept."""

from __future__ import annotations

from typing import Final

ROWS: Final = 20_000
"""So many frames, lines and remarks each are kept of a case; no honest run comes near it."""

TEXT: Final = 16 * 2**20
"""So many characters of frames and of lines are kept of a case; beyond it each is clipped."""

CLIPPED: Final = 200
"""So many characters are kept of a text for which there is no room."""

HELD: Final = 5000
"""So many messages wait for the step that may claim them; of large ones, no more than TEXT."""

LARGE: Final = 10_000
"""A message is large that has as many characters."""

REASON: Final = 4000
"""So many characters of a message are said in a reason; the frame itself is in the record."""

TOLD: Final = 100
"""So many broken rules between two cases, and connections that were refused, are told."""

UNSENT: Final = 20_000
"""So many answers may wait for a system that does not read them; then it is cut off."""

RETIRING: Final = 50
"""So many connections that were replaced are closed with a close frame; more are just cut."""


def clipped(text: str, most: int = REASON) -> str:
    """Return a text of at most `most` characters and a word that says what is left out."""
    left = len(text) - most
    return text if left <= 0 else f"{text[:most]}… ({left} more characters)"


class Room:
    """The room that one case has for what a system under test says."""

    def __init__(self, text: int = TEXT, rows: int = ROWS) -> None:
        self._text, self._most = text, rows

    def fit(self, text: str, rows: int) -> str | None:
        """Return as much of a text as there is room for; None where there are `rows` already."""
        if rows >= self._most:
            return None
        fitting = text if len(text) <= self._text else clipped(text, CLIPPED)
        self._text = max(0, self._text - len(fitting))
        return fitting


def told(texts: list[str], text: str) -> None:
    """Append a text to a list that has an end, and say once that it has one."""
    if len(texts) < TOLD:
        texts.append(text)
    elif len(texts) == TOLD:
        texts.append("and more of that kind, which is not told")
