"""What the page of claims is held to: to the lessons, and to the tests of the claims.

A check takes the rows of the page and the course's folder, and returns what is wrong.
That a check finds what it is for is shown at the end, on a page made for it.
"""

import ast
import re
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import nbformat
import pytest
from nbformat.v4 import (
    new_code_cell,
    new_markdown_cell,
    new_notebook,
    new_output,
)
from test_notebooks import MARKDOWN, markdown, read

from lstm_course.experiments import claims
from lstm_course.experiments.claims import MEASURED, verdict_on_claim
from lstm_course.study.measurements import read_measurement

PAGE = "notebooks/claims.md"
NOTES = [f"C{number:02}" for number in range(1, 35)]
OWN = [f"Q{number:02}" for number in range(1, 7)]  # the course's own questions
CLAIMS = NOTES + OWN
VERDICT = re.compile(
    r"holds (?=when|for|only|in part)|holds|outdated|wrong|not settled"
)
CELLS_OF_A_ROW = 6


class Row(NamedTuple):
    """A row of the table: what is claimed, and who settles it."""

    claim: str
    verdict: str
    lessons: list[str]  # the deciding one first
    tests: list[tuple[str, str]]  # file and name


# Reading ------------------------------------------------------------------------


def rows_of(text: str) -> list[Row]:
    """The rows of the table of claims."""
    tokens = MARKDOWN.parse(text)
    cells = [
        token.children for before, token in pairwise(tokens) if before.type == "td_open"
    ]
    assert len(cells) % CELLS_OF_A_ROW == 0
    return [
        row_of(cells[start : start + CELLS_OF_A_ROW])
        for start in range(0, len(cells), CELLS_OF_A_ROW)
    ]


def row_of(cells) -> Row:
    claim, _, verdict, _, lessons, tests = cells
    bold = re.search(r"\*\*(.*)\*\*", "".join(map(written, verdict)))
    return Row(
        claim="".join(token.content for token in claim),
        verdict=bold[1] if bold else "",
        lessons=[link["href"] for link in links(lessons)],
        tests=[(link["href"], link.get("title", "")) for link in links(tests)],
    )


def written(token) -> str:
    return token.markup if token.type.startswith("strong") else token.content


def links(cell) -> list[dict[str, str]]:
    return [token.attrs for token in cell if token.type == "link_open"]


def verdict_of(text: str) -> str:
    """The kind of verdict that words begin with: "holds " has a condition."""
    kind = VERDICT.match(text)
    return kind[0] if kind else ""


def boxes(root: Path) -> dict[str, dict[str, str]]:
    """For each claim the lessons with a box for it, and the verdict that it says."""
    found: dict[str, dict[str, str]] = {}
    for path in sorted((root / "notebooks").glob("*.ipynb")):
        text = markdown(read(path))
        for claim, verdict in re.findall(r"> \*\*Claim ([CQ]\d\d) — ([^*]*)", text):
            found.setdefault(claim, {})[path.name] = verdict_of(verdict)
    return found


def functions_in(path: Path) -> list[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [node.name for node in tree.body if isinstance(node, ast.FunctionDef)]


# Checks -------------------------------------------------------------------------


def has_each_claim_once(rows: list[Row], root: Path) -> list[str]:
    named = [row.claim for row in rows]
    faults = [f"{claim} has no row" for claim in CLAIMS if claim not in named]
    faults += [f"{claim} is no claim" for claim in named if claim not in CLAIMS]
    return faults + ([] if named == sorted(set(named)) else ["not in order, or twice"])


def says_what_the_lesson_says(rows: list[Row], root: Path) -> list[str]:
    boxed = boxes(root)
    faults = []
    for row in rows:
        verdict = verdict_of(row.verdict)
        if not verdict:
            faults.append(f"{row.claim} has no verdict: {row.verdict!r}")
        settled = boxed.get(row.claim, {})
        deciding = settled.get(row.lessons[0]) if row.lessons else None
        if verdict != deciding:
            faults.append(
                f"{row.claim}: {verdict!r}, {deciding!r} in {row.lessons[:1]}"
            )
    return faults


def names_the_lessons_with_a_box(rows: list[Row], root: Path) -> list[str]:
    boxed = boxes(root)
    return [
        f"{row.claim} names {row.lessons}, and boxes have {sorted(settled)}"
        for row in rows
        if set(row.lessons) != set(settled := boxed.get(row.claim, {}))
    ]


def names_tests_of_the_claim(rows: list[Row], root: Path) -> list[str]:
    faults = []
    for row in rows:
        if not row.tests:
            faults.append(f"{row.claim} has no test")
        for target, name in row.tests:
            path = root / "notebooks" / target
            if not path.is_file() or name not in functions_in(path):
                faults.append(f"{row.claim}: no test {name} in {target}")
            if path.parent.resolve() != (root / "tests/claims").resolve():
                faults.append(f"{row.claim}: {target} is not among the claims' tests")
            if not name.startswith(f"test_{row.claim.lower()}_"):
                faults.append(f"{row.claim}: {name} is not a test of it")
    return faults


CHECKS = [
    has_each_claim_once,
    says_what_the_lesson_says,
    names_the_lessons_with_a_box,
    names_tests_of_the_claim,
]


# What is proven, or counted: the words are here a third time, so that page and lesson
# do not turn round together. Those of what was measured are computed.
PROVEN = dict.fromkeys(map("C{:02}".format, (2, 4, 5, 6, 9, 12, 13, 14, 15)), "holds")
PROVEN |= dict.fromkeys(["C16", "C20", "C25", "C26", "C28", "C33", "C34"], "holds")
PROVEN |= {"C07": "holds when", "C08": "holds when", "C10": "holds when"}
PROVEN |= {"C11": "outdated", "C23": "holds when", "C24": "wrong"}
PROVEN |= {"C29": "holds when", "C32": "holds when", "Q03": "holds when"}


# The page -----------------------------------------------------------------------


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_the_page(root, check):
    rows = rows_of((root / PAGE).read_text(encoding="utf-8"))
    assert check(rows, root) == []


@pytest.mark.parametrize("claim", CLAIMS)
def test_the_word_is_what_the_rules_make_of_the_measurement(root, claim):
    (row,) = (r for r in rows_of((root / PAGE).read_text("utf-8")) if r.claim == claim)
    expected = verdict_on_claim(claim) if claim in MEASURED else PROVEN[claim]
    assert verdict_of(row.verdict) == expected.replace(" when", " ")


def test_every_claim_is_measured_or_proven():
    assert sorted([*MEASURED, *PROVEN]) == CLAIMS


# A falsified measurement, and what the rules make of it: (claim, name, change).
TURNED = {
    "the RNNs solve it, too": ("C03", "adding", ("r", "solved", 1), "not settled"),
    "the bag is far behind": ("C17", "training_size", ("bag 2", "", 0.5), "holds"),
    "nothing is lost": ("C21", "runaway", ("nothing", "lost", 0), "not settled"),
    "relu is better": ("C27", "relu", ("relu", "test_log_error", -9.0), "wrong"),
    "no gap with dropout": ("C31", "dropout", ("0.3", "gap_alike", 0.0), "holds"),
}


@pytest.mark.parametrize("turned", TURNED)
def test_another_measurement_has_another_word(monkeypatch, turned):
    claim, name, (cases, key, value), word = TURNED[turned]
    document = read_measurement(name)
    for case, runs in document["results"].items():
        for n, run in enumerate(runs.values() if case.startswith(cases) else ()):
            if key:
                run[key] = value * (1 + n / 1000)
            else:  # an accuracy, with the hits that go with it
                run["test_accuracy"] = value + n / 1000
                run["test_hits"] = "00" * (len(run["test_hits"]) // 2)
    monkeypatch.setattr(
        claims,
        "read_measurement",
        lambda n: document if n == name else read_measurement(n),
    )
    assert verdict_on_claim(claim) == word


@pytest.mark.parametrize("claim", CLAIMS)
def test_each_claim_has_a_test(root, claim):
    paths = (root / "tests/claims").glob("test_*.py")
    names = [name for path in paths for name in functions_in(path)]
    assert [name for name in names if name.startswith(f"test_{claim.lower()}_")]


# What the checks find -----------------------------------------------------------

ROW = (
    "| C07 | short | **holds when** long | 0.25 of it | [01](01_a.ipynb) "
    '| [c07](../tests/claims/test_lesson_01.py "test_c07_it") |'
)


@pytest.fixture
def course(tmp_path):
    """A course of two lessons: the first settles all claims, and the other none."""
    claims = [f"> **Claim {claim} — holds.** Yes." for claim in CLAIMS]
    claims[6] = "> **Claim C07 — holds when** it is long. Yes."
    output = new_output("stream", name="stdout", text="0.25 and 1,234 of them")
    cells = [new_markdown_cell("\n\n".join(claims)), new_code_cell(outputs=[output])]
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "tests/claims").mkdir(parents=True)
    for name, content in (("01_a", cells), ("02_b", [new_markdown_cell("# B")])):
        notebook = new_notebook(cells=content)
        nbformat.write(notebook, tmp_path / f"notebooks/{name}.ipynb")
    tests = "".join(f"def test_{c.lower()}_it():\n    pass\n" for c in CLAIMS)
    for path in ("tests/claims/test_lesson_01.py", "tests/test_others.py"):
        (tmp_path / path).write_text(tests, encoding="utf-8")
    return tmp_path


@pytest.fixture
def page():
    """A page without a fault."""
    table = (
        "| | claim | verdict | figure | lesson | test |\n|---|---|---|---|---|---|\n"
    )
    rows = [ROW.replace("C07", claim).replace("c07", claim.lower()) for claim in CLAIMS]
    rows = [row if "C07" in row else row.replace(" when** long", "**") for row in rows]
    return "# Claims\n\n" + table + "\n".join(rows) + "\n"


FAULTS = {
    "a row gone": (has_each_claim_once, ROW, ""),
    "a row twice": (has_each_claim_once, ROW, ROW + "\n" + ROW),
    "out of order": (has_each_claim_once, "| C07 |", "| C08 |"),
    "no verdict": (says_what_the_lesson_says, "**holds when**", "holds when"),
    "another verdict": (says_what_the_lesson_says, "holds when", "wrong"),
    "a condition gone": (says_what_the_lesson_says, "**holds when** l", "**holds** l"),
    "a lesson gone": (names_the_lessons_with_a_box, "01_a", "03_c"),
    "a lesson without a box": (
        names_the_lessons_with_a_box,
        "[01](01_a.ipynb)",
        "[01](01_a.ipynb), [02](02_b.ipynb)",
    ),
    "a test gone": (names_tests_of_the_claim, "test_c07_it", "test_c07_this"),
    "a test of another claim": (names_tests_of_the_claim, "test_c07_", "test_c08_"),
    "a test that is elsewhere": (
        names_tests_of_the_claim,
        "claims/test_lesson_01",
        "test_others",
    ),
    "no test": (names_tests_of_the_claim, "[c07](", "c07 ("),
}
# What is a fault in more than one way.
ALSO = {
    "out of order": {says_what_the_lesson_says, names_tests_of_the_claim},
    "a lesson gone": {says_what_the_lesson_says},
}


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_the_sample_has_no_fault(course, page, check):
    assert check(rows_of(page), course) == []


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_found_by_its_own_check(course, page, fault):
    check, old, new = FAULTS[fault]
    row = ROW.replace(old, new, 1)
    assert row != ROW
    assert page.count(ROW + "\n") == 1
    rows = rows_of(page.replace(ROW + "\n", row + "\n" if row else ""))
    found = {check for check in CHECKS if check(rows, course)}
    assert found - ALSO.get(fault, set()) == {check}
