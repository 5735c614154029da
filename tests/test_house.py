"""The rules of the house, each with its reason, how to mend it, and proof that it bites."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from conformance.catalogue import load, own

ROOT = Path(__file__).parent.parent
SKIPPED = {".git", "node_modules", "results", "build", "dist", "__pycache__"}
GENERATED = re.compile(r"conformance/ocpp\d+/messages\.py")
FILE_LINES, FUNCTION_LINES = 400, 50
ROLES = {"charge_point": "CS", "charging_station": "CS", "central_system": "CSMS", "csms": "CSMS"}
FOLDERS = {"ocpp16": "1.6", "ocpp201": "2.0.1"}
OWN = {**own("1.6"), **own("2.0.1")}

WORDS = re.compile(
    r"conformance(\.(ocpp\d+(\.\w+)?|boot|message|metering|operators\.actions))?|testcases(\.\w+)*"
)
PYTEST_SIDE = {
    f"conformance/{name}.py"
    for name in ("plugin", "cli", "run", "collect", "progress", "scheduling", "allure_steps")
}
OURS = ("conformance", "testcases", "reports", "tests")
ONE_WAY = {  # folder: what of ours it may import
    "conformance/wire/": re.compile(r"conformance\.wire(\.\w+)*"),
    "conformance/reference/": re.compile(r"conformance\.reference(\.\w+)*"),
    "conformance/operators/": re.compile(r"conformance\.(operators(\.\w+)*|sut(_\w+)?)"),
    "conformance/": re.compile(r"(conformance|reports)(\.\w+)*"),
    "reports/": re.compile(r"reports(\.\w+)*|conformance\.(catalogue|verdict|journal)"),
}
STEPPED = {"expect", "expect_pages", "expect_every", "expect_optional", "expect_samples", "call"}
WAITING = {"expect_none", "expect_connection", "expect_available"}
WAITING |= {"expect_admission", "expect_refusal"}
NUMBERED = {*STEPPED, *WAITING, "execute", "match", "check", "skip"}
OF_A_MACHINE = re.compile(
    r"(?<![\w.])/(root|home|work|Users)/\w|(?<![\w.{}])/tmp/\w|[A-Z]:\\Users"
    r"|pypi\.org/simple|pythonhosted\.org|registry\.(npmjs|yarnpkg)|index-ur[l]|art[i]factory",
)


@dataclass(frozen=True)
class Source:
    """A file of the project: its path from the root, with "/", and its text."""

    path: str
    text: str

    @property
    def nodes(self) -> list[ast.AST]:
        """Every node of the syntax tree."""
        return list(ast.walk(_tree(self.text)))

    @property
    def functions(self) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
        """Every function, methods and inner ones too."""
        return [n for n in self.nodes if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)]

    @property
    def is_case_file(self) -> bool:
        """Tell whether cases or states are here."""
        return self.path.startswith("testcases/") and self.path.endswith(".py")


@dataclass(frozen=True)
class Rule:
    """One rule; `broken` yields a line for each place where a file breaks it."""

    name: str
    reason: str
    mend: str
    broken: Callable[[Source], Iterator[str]]
    bad: tuple[Source, ...]


@cache
def _tree(text: str) -> ast.Module:
    return ast.parse(text)


def sources(*suffixes: str) -> list[Source]:
    """Return the project's own files with one of these suffixes (none: every text)."""
    found = []
    for path in sorted(ROOT.rglob("*")):
        parts = path.relative_to(ROOT).parts
        hidden = any(p.startswith(".") and p != ".ci" for p in parts[:-1])
        made = parts[-1].startswith(".coverage")  # what a run leaves, as git ignores it
        if hidden or made or SKIPPED & set(parts) or not path.is_file():
            continue
        if not suffixes or path.suffix in suffixes:
            text = path.read_bytes().decode("utf-8", errors="replace")
            found.append(Source(path.relative_to(ROOT).as_posix(), text))
    return found


# The checks


def _imports(source: Source) -> Iterator[tuple[str, int]]:
    for node in source.nodes:
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module, node.lineno


def _foreign_words(source: Source) -> Iterator[str]:
    if source.is_case_file:
        for name, line in _imports(source):
            if name.partition(".")[0] in OURS and not WORDS.fullmatch(name):
                yield f"{line}: {name}"


def _upward(source: Source) -> Iterator[str]:
    allowed = next((a for folder, a in ONE_WAY.items() if source.path.startswith(folder)), None)
    for name, line in _imports(source) if allowed else ():
        if name.partition(".")[0] in OURS and allowed and not allowed.fullmatch(name):
            yield f"{line}: {name}"


def _pytest_below(source: Source) -> Iterator[str]:
    inside = source.path.startswith(("conformance/", "testcases/", "reports/"))
    if inside and source.path not in PYTEST_SIDE:
        for name, line in _imports(source):
            if name.partition(".")[0] in {"pytest", "_pytest", "xdist", "allure_pytest"}:
                yield f"{line}: {name}"


def _unseen_waits(source: Source) -> Iterator[str]:
    if not source.is_case_file:
        return
    for node in source.nodes:
        match node:
            case ast.Assert():
                yield f"{node.lineno}: assert"
            case ast.Name(id="print" | "sleep" | "environ" | "getenv") as name:
                yield f"{name.lineno}: {name.id}"
            case ast.Attribute(attr="sleep" | "environ" | "getenv") as used:
                yield f"{used.lineno}: {used.attr}"
            case ast.ExceptHandler(body=[ast.Pass()]):
                yield f"{node.lineno}: except: pass"
            case ast.ImportFrom(names=[ast.alias(name="*")]):
                yield f"{node.lineno}: import *"


def _disordered(source: Source) -> Iterator[str]:
    for function in source.functions if source.is_case_file else ():
        calls = [n for n in ast.walk(function) if isinstance(n, ast.Call) and _numbered(n)]
        seen: set[int] = set()
        for call in sorted(calls, key=lambda c: (c.lineno, c.col_offset)):
            verb = call.func.attr if isinstance(call.func, ast.Attribute) else ""
            for argument in call.args if verb == "skip" else call.args[:1]:
                number = argument.value if isinstance(argument, ast.Constant) else None
                if not isinstance(number, int | str):
                    yield f"{call.lineno}: step {ast.unparse(argument)} is no constant"
                elif isinstance(number, int):
                    if number not in seen and number < max(seen, default=0):
                        yield f"{call.lineno}: step {number} after step {max(seen)}"
                    seen |= {number, number + 1} if verb in STEPPED else {number}


def _numbered(call: ast.Call) -> bool:
    on_peer = isinstance(call.func, ast.Attribute) and isinstance(call.func.value, ast.Name)
    return (
        on_peer
        and isinstance(call.func, ast.Attribute)
        and call.func.attr in NUMBERED
        and ast.unparse(call.func.value) in {"station", "csms"}
    )


def _case_id(function: ast.FunctionDef | ast.AsyncFunctionDef) -> str | None:
    for decorator in function.decorator_list:
        match decorator:
            case ast.Call(func=ast.Name(id="case"), args=[ast.Constant(value=str(identity)), *_]):
                return identity
    return None


def _misnamed(source: Source) -> Iterator[str]:
    for function in source.functions if source.is_case_file else ():
        identity = _case_id(function)
        if identity is None:
            if function.name.startswith("test"):
                yield f"{function.lineno}: {function.name} is no case of the catalogue"
            continue
        _, folder, role, *_ = source.path.split("/")
        known = load(FOLDERS[folder]) if folder in FOLDERS else OWN
        entry = known.get(identity)
        if function.name != f"test_{identity.lower()}":
            yield f"{function.lineno}: {function.name} is {identity}"
        if entry is None or entry.role != ROLES[role]:
            yield f"{function.lineno}: {identity} is no case of {folder}/{role}"


def _idle(source: Source) -> Iterator[str]:
    for function in source.functions if source.is_case_file else ():
        awaits = any(isinstance(n, ast.Await) for n in ast.walk(function))
        if _case_id(function) and not awaits:
            yield f"{function.lineno}: {function.name} awaits nothing"


def _long_file(source: Source) -> Iterator[str]:
    lines = source.text.count("\n")
    if lines >= FILE_LINES and not GENERATED.fullmatch(source.path):
        yield f"{lines} lines"


def _long_function(source: Source) -> Iterator[str]:
    for function in source.functions:
        # A case is as long as the step table that it follows; a docstring is for readers.
        first = function.body[1 if ast.get_docstring(function) else 0 :][:1]
        length = (function.end_lineno or 0) - first[0].lineno + 1 if first else 0
        if length >= FUNCTION_LINES and _case_id(function) is None:
            yield f"{function.lineno}: {function.name} has {length} lines"


def _of_a_machine(source: Source) -> Iterator[str]:
    for number, line in enumerate(source.text.splitlines(), 1):
        if found := OF_A_MACHINE.search(line):
            yield f"{number}: {found[0]}"


# The rules, each with what breaks it

A_CASE = "testcases/ocpp16/charge_point/s02_01.py"


def _case(body: str, name: str = "TC_001_CS", function: str = "test_tc_001_cs") -> Source:
    return Source(A_CASE, f'@case("{name}")\nasync def {function}(station):\n    {body}\n')


RULES = (
    Rule(
        "cases speak the words",
        "a case that reaches into the engine changes what a verdict means",
        "import from conformance, conformance.ocpp*, .boot, .metering, or from testcases",
        _foreign_words,
        (
            Source(A_CASE, "from conformance.peer import Peer\n"),
            Source(A_CASE, "from conformance.wire.frames import Call\n"),
            Source(A_CASE, "import reports.html\n"),
        ),
    ),
    Rule(
        "imports go one way",
        "a lower layer that knows a higher one cannot be tested or replaced alone",
        "hand the thing in as an argument, or move it down",
        _upward,
        (
            Source("conformance/wire/frames.py", "from conformance.verdict import Failed\n"),
            Source("conformance/reference/link_16.py", "import conformance.message\n"),
            Source("conformance/operators/http.py", "from conformance.bench import Bench\n"),
            Source("conformance/bench.py", "from testcases.ocpp16 import states\n"),
            Source("reports/html.py", "from conformance.peer import Peer\n"),
        ),
    ),
    Rule(
        "pytest stays above",
        "a case has to run as a plain function, for the proofs and the command",
        "take what is needed as an argument; pytest belongs in plugin, run, collect, progress",
        _pytest_below,
        (
            Source("conformance/bench.py", "import pytest\n"),
            Source("conformance/wire/frames.py", "def f():\n    from _pytest import nodes\n"),
            Source(A_CASE, "import pytest\n"),
        ),
    ),
    Rule(
        "cases wait by expecting and judge by checking",
        "a sleep slows every device down, and an assert leaves no step in the record",
        "expect, expect_none, check, match; what is configured comes from sut",
        _unseen_waits,
        (
            _case("await asyncio.sleep(1)"),
            _case("await sleep(1)"),
            _case("assert station"),
            _case("print(station)"),
            _case("os.environ['X']"),
            _case("try:\n        f()\n    except OSError:\n        pass"),
            Source(A_CASE, "from conformance.ocpp16.messages import *\n"),
        ),
    ),
    Rule(
        "steps are constants, in order",
        "the plan is read off the source, and a reader holds the document beside it",
        "write the document's number; give a helper no number",
        _disordered,
        (
            _case("await station.expect(n, Heartbeat.req())"),
            _case("await station.call(3, a)\n    await station.call(1, b)"),
            _case("await station.call(5, a)\n    station.skip(3, 4, because='x')"),
        ),
    ),
    Rule(
        "a case does something",
        "a case that awaits nothing passes whatever the system under test does",
        "await station.execute, expect or call",
        _idle,
        (_case("station.check('post', 'all is well', ok=True)"),),
    ),
    Rule(
        "cases are named after their id",
        "results are found by id, and an id in the wrong folder judges the wrong role",
        "test_<id in small letters>, in the folder of its version and role",
        _misnamed,
        (
            _case("await x", function="test_cold_boot"),
            _case("await x", name="TC_001_CSMS", function="test_tc_001_csms"),
            _case("await x", name="TC_999_CS", function="test_tc_999_cs"),
            Source(A_CASE, "async def test_tc_001_cs(station):\n    await x\n"),
        ),
    ),
    Rule(
        "files fit into the head",
        f"a file of {FILE_LINES} lines is about more than one thing",
        "split it by what its parts are about",
        _long_file,
        (Source("conformance/peer.py", "\n" * FILE_LINES),),
    ),
    Rule(
        "functions fit on a screen",
        f"a function of {FUNCTION_LINES} lines is not read, but searched",
        "name the parts",
        _long_function,
        (Source("conformance/x.py", "def f():\n" + "    g()\n" * FUNCTION_LINES),),
    ),
)
PLACES = Rule(
    "no machine is special",
    "what names a folder or an index of one machine does not work on another",
    "build the path from __file__ or tmp_path; leave the index to the user's own settings",
    _of_a_machine,
    tuple(
        Source("docs/x.md", line)
        for line in (
            "see /home" + "/me/x",
            "cd /root" + "/x",
            "in /tmp" + "/x",
            "pip install --index" + "-url x",
            "https://registry" + ".npmjs.org/x",
        )
    ),
)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_the_rule_is_kept(rule: Rule) -> None:
    found = [f"{s.path}:{line}" for s in sources(".py") for line in rule.broken(s)]
    assert not found, f"{rule.name}: {rule.reason}. To mend: {rule.mend}."


def test_no_file_names_a_machine() -> None:
    found = [f"{s.path}:{line}" for s in sources() for line in PLACES.broken(s)]
    assert not found, f"{PLACES.reason}. To mend: {PLACES.mend}."


@pytest.mark.parametrize(
    ("rule", "source"),
    [(rule, bad) for rule in (*RULES, PLACES) for bad in rule.bad],
    ids=lambda x: x.name if isinstance(x, Rule) else "",
)
def test_the_rule_bites(rule: Rule, source: Source) -> None:
    assert list(rule.broken(source))


@pytest.mark.parametrize(
    "source",
    [
        _case("await station.call(1, a)\n    await station.expect(3, b)\n    station.skip(4)"),
        Source(A_CASE, "from conformance import Station, case\nimport asyncio\n"),
        Source("conformance/run.py", "import pytest\nfrom conformance.cases import Case\n"),
        Source("reports/html.py", "from conformance.verdict import Verdict\n"),
        Source("conformance/ocpp16/messages.py", "\n" * (FILE_LINES + 1)),
        Source("x.md", "bind 0.0.0.0:80/root, results/home/x and https://example.org/tmp\n"),
    ],
)
def test_what_is_right_is_left_alone(source: Source) -> None:
    rules = RULES if source.path.endswith(".py") else (PLACES,)
    assert not [line for rule in rules for line in rule.broken(source)]
