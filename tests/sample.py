"""Makes docs/sample anew from a real run: `python -m tests.sample`. Only times and ids differ."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Final

from conformance.journal import SEAL
from reports import FORMATS, write
from reports.journal import read
from reports.review import remark_id
from tests.running import run

SAMPLE: Final = Path(__file__).parent.parent / "docs" / "sample"
CASES: Final = (
    *("TC_001_CS", "TC_003_CS", "TC_004_1_CS", "TC_010_CS", "TC_011_1_CS", "TC_012_CS"),
    *("TC_023_4_CS", "TC_026_CS", "TC_042_1_CS", "TC_054_CS", "TC_056_CS", "TC_066_CS"),
    "TC_067_CS",
)
FORMS: Final = ("html", "pdf", "markdown", "badge")


def make(folder: Path) -> None:
    """Run the cases, accept the first remark, and put into the sample what is left."""
    chosen = [word for case in CASES for word in ("--case", case)]
    sut = ("--sut", str(SAMPLE / "sut.toml"), "--place", "An example")
    run("run", *sut, *chosen, folder=folder)
    (results,) = (folder / "results").iterdir()
    case = next(case for case in read(results / "journal.jsonl").cases if case.remarks)
    remark = remark_id(case, case.remarks[0])
    words = ("--accept", remark, "--name", "A. Tester", "--comment", "The key is optional.")
    run("review", str(results), *words, folder=folder)
    for name in ("journal.jsonl", SEAL):
        shutil.copy(results / name, SAMPLE / name)
    for form in FORMS:
        (SAMPLE / FORMATS[form]).unlink(missing_ok=True)
        write(SAMPLE, form)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as scratch:
        make(Path(scratch))
