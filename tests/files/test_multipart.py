from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.files.multipart import Begin, Data, End, Event, Multipart, MultipartError

BOUNDARY = b"=b="


def body(parts: list[bytes], preamble: bytes = b"") -> bytes:
    head = b"Content-Disposition: form-data"
    whole = b"".join(b"\r\n--" + BOUNDARY + b"\r\n" + head + b"\r\n\r\n" + part for part in parts)
    return (
        preamble
        + whole.removeprefix(b"" if preamble else b"\r\n")
        + b"\r\n--"
        + BOUNDARY
        + b"--\r\n"
    )


def parsed(data: bytes, cuts: list[int]) -> list[bytes]:
    """Return the contents of the parts of a body that arrives in pieces."""
    form = Multipart(BOUNDARY)
    events: list[Event] = []
    begin = 0
    for cut in [*sorted(cuts), len(data)]:
        events += form.feed(data[begin:cut])
        begin = max(begin, cut)
    assert form.done
    contents: list[bytes] = []
    for event in events:
        if isinstance(event, Begin):
            assert event.headers == b"Content-Disposition: form-data"
            contents.append(b"")
        elif isinstance(event, Data):
            contents[-1] += event.data
    assert len([e for e in events if isinstance(e, End)]) == len(contents)
    return contents


CONTENT = st.binary(max_size=60).map(lambda b: b.replace(BOUNDARY, b"")) | st.sampled_from(
    [b"\r\n", b"\r\n--", b"\r\n--=b", b"--=b=x"[:4], b"\r", b"\n--", b"\r\n\r\n", b"\r\n--=b\r\n"]
)


@given(st.lists(CONTENT, max_size=4), st.lists(st.integers(0, 300), max_size=8))
def test_parts_come_out_as_they_went_in_however_they_arrive(
    parts: list[bytes], cuts: list[int]
) -> None:
    data = body(parts)
    assert parsed(data, [min(c, len(data)) for c in cuts]) == parts


def test_what_comes_before_and_after_is_no_part() -> None:
    assert parsed(body([b"x"], b"hello") + b"and more", []) == [b"x"]


def test_a_delimiter_may_be_followed_by_blanks() -> None:
    form = Multipart(BOUNDARY)
    events = list(form.feed(b"--=b= \t\r\n\r\nx\r\n--=b=--"))
    assert events == [Begin(b""), Data(b"x"), End()]


def test_a_form_without_its_end_is_not_done() -> None:
    form = Multipart(BOUNDARY)
    list(form.feed(body([b"x"])[:-6]))
    assert not form.done


@pytest.mark.parametrize(
    "data", [b"--=b=x\r\n", b"--=b=" + b" " * 9000, b"--=b=\r\n" + b"x" * 9000]
)
def test_what_is_no_form_is_refused(data: bytes) -> None:
    with pytest.raises(MultipartError):
        list(Multipart(BOUNDARY).feed(data))


@pytest.mark.parametrize("boundary", [b"", b"x" * 71])
def test_a_boundary_has_its_length(boundary: bytes) -> None:
    with pytest.raises(MultipartError):
        Multipart(boundary)
