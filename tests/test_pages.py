"""What the glossary and the page of further reading are held to.

A check takes the text of the glossary and the lessons by number, and returns what is
wrong. That a check finds what it is for is shown at the end.
"""

import re
from itertools import pairwise
from typing import Any

import pytest
from test_notebooks import MARKDOWN, broken_links, markdown, read

from lstm_course.system.keras_import import import_keras

HANGUL = re.compile(r"[가-힣](?:[가-힣 ]*[가-힣])?")
TITLES = "Terms", "Terms that only the notes use", "Symbols"

# What lessons print in bold without making a term of it.
EMPHASIS = {
    *(
        "0.80",
        "0.89",
        "compare",
        "difference",
        "end",
        "ends",
        "intervene",
        "keep, write nothing",
    ),
    *("look", "learned equally much", "multiplied", "never keep", "not", "opens"),
    *(
        "predict",
        "rnn's",
        "shift + enter",
        "squashed",
        "stays",
        "sum",
        "tally",
        "while",
    ),
    *("guessing", "its own spread", "positive", "negative"),
    *("common mistake", "this model keeps a tally of words"),
    *("f = 0", "f = 1", "i = 0", "o = 0", "quotes", "the sentence", "the word"),
    *("reading", "untrained", "whole words"),
}
OTHER_FORMS = {
    "a baseline": "baseline",
    "axes": "axis",
    "decoder": "encoder, decoder",
    "dense": "dense layer",
    "exploding": "exploding gradient",
    "padded": "padding",
    "pair": "pair of words",
    "pairs": "pair of words",
    "rate": "learning rate",
    "rounding": "rounding error",
    "tf-idf and logistic regression": "tf-idf",
    "vanish": "vanishing gradient",
}


# Reading ------------------------------------------------------------------------


def sections(text: str) -> dict[str, str]:
    """The text under each heading of the second level."""
    _, *parts = re.split(r"(?m)^## (.*)$", text)
    return dict(zip(parts[::2], parts[1::2], strict=True))


def table(text: str) -> list[list[str]]:
    """The cells of all tables in a text, row by row, without the headings."""
    tokens = MARKDOWN.parse(text)
    rows: list[list[str]] = []
    for before, token in pairwise(tokens):
        if before.type == "tr_open":
            rows.append([])
        if before.type == "td_open":
            rows[-1].append(token.content)
    return [row for row in rows if row]


def terms(text: str) -> list[list[str]]:
    """The rows of the glossary: term, Korean, symbol, meaning, number of the lesson."""
    rows = table(sections(text)["Terms"])
    return [
        [term.strip("`"), *cells, re.sub(r"\[(\d\d)\].*", r"\1", lesson)]
        for term, *cells, lesson in rows
    ]


def only_in_the_notes(text: str) -> list[str]:
    rows = table(sections(text)["Terms that only the notes use"])
    return [term for row in rows for term in row[0].split(", ")]


def shapes(text: str) -> dict[str, str]:
    """The shape of each symbol; where a table counts letters, what each counts."""
    found = {}
    for symbols, *cells in table(text):
        if not symbols.startswith("$"):
            continue
        names = re.split(r",\s*(?:\\ )?", symbols.replace("$", ""))
        for name in names:
            found[name.strip()] = cells[1] if len(cells) > 2 else "counts"
    return found


def is_known(phrase: str, known: set[str]) -> bool:
    forms = {phrase, phrase.removesuffix("s"), OTHER_FORMS.get(phrase, phrase)}
    return bool(forms & known)


def bold_terms(text: str) -> set[str]:
    """The phrases in bold that name something: no headings, boxes or sentences."""
    text = re.sub(r"(?m)^>.*\n?", "", text)
    phrases = {
        " ".join(found.split()) for found in re.findall(r"\*\*([^*]+)\*\*", text)
    }
    phrases = {p.lower() for p in phrases if not re.search(r"[.:?](\s|$)", p)}
    opening = ("predict", "you will be able to", "you need", "time")
    short = {phrase for phrase in phrases if len(phrase.split()) <= 4}
    return short - {*opening} - EMPHASIS


# Checks of the glossary ---------------------------------------------------------


def is_sorted(text: str, lessons: dict[str, str]) -> list[str]:
    names = [row[0].lower() for row in terms(text)]
    korean = [row[0] for row in table(sections(text)[TITLES[1]])]
    return [
        f"{after!r} after {before!r}"
        for before, after in [*pairwise(names), *pairwise(korean)]
        if not before < after
    ]


def names_where_a_term_occurs(text: str, lessons: dict[str, str]) -> list[str]:
    return [
        f"{term!r} is not in lesson {lesson}"
        for term, *_, lesson in terms(text)
        for word in re.sub(" of words$", "", term).split(", ")
        if not re.search(rf"\b{re.escape(word)}", lessons.get(lesson, ""), re.I)
    ]


def has_korean_from_somewhere(text: str, lessons: dict[str, str]) -> list[str]:
    everywhere = " ".join(lessons.values())
    notes = only_in_the_notes(text)
    return [
        f"{korean} is in no lesson, nor among the notes' own"
        for row in terms(text)
        for korean in filter(None, row[1].split(", "))
        if korean not in everywhere and korean not in notes
    ]


def has_every_term_of_the_lessons(text: str, lessons: dict[str, str]) -> list[str]:
    known = {row[0].lower() for row in terms(text)}
    known |= {word for term in known for word in term.split(", ")}
    faults = [
        f"{phrase!r} of lesson {number} is missing"
        for number, lesson in lessons.items()
        for phrase in sorted(bold_terms(lesson))
        if not is_known(phrase, known)
    ]
    return faults + [
        f"{korean} of lesson {number} is missing"
        for number, lesson in lessons.items()
        for korean in sorted(set(HANGUL.findall(lesson)))
        if korean not in text
    ]


def has_the_symbols_of_lesson_00(text: str, lessons: dict[str, str]) -> list[str]:
    here = shapes(sections(text)["Symbols"])
    return [
        f"{symbol} is {shape} in lesson 00 and {here.get(symbol)} here"
        for symbol, shape in shapes(lessons["00"]).items()
        if here.get(symbol) != shape
    ]


CHECKS = [
    is_sorted,
    names_where_a_term_occurs,
    has_korean_from_somewhere,
    has_every_term_of_the_lessons,
    has_the_symbols_of_lesson_00,
]


@pytest.fixture(scope="module")
def lessons(root):
    """The prose of each lesson, by its number."""
    paths = sorted((root / "notebooks").glob("[0-9]*.ipynb"))
    return {path.name[:2]: markdown(read(path)) for path in paths}


@pytest.fixture(scope="module")
def glossary(root):
    return (root / "notebooks/glossary.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_the_glossary(glossary, lessons, check):
    assert check(glossary, lessons) == []


def test_its_sections_are_those_that_are_looked_at(glossary):
    assert [*sections(glossary)] == [*TITLES]
    assert len(shapes(sections(glossary)["Symbols"])) > 20


@pytest.mark.parametrize("page", ["claims", "glossary", "further_reading"])
def test_the_links(root, page):
    path = root / "notebooks" / f"{page}.md"
    assert broken_links(path.read_text(encoding="utf-8"), path.parent) == []


# Further reading ----------------------------------------------------------------


def slips(root) -> list[list[str]]:
    """The slips of the notes' code: what stands there, what happens, what to write."""
    text = (root / "notebooks/further_reading.md").read_text(encoding="utf-8")
    rows = table(sections(text)["When the code of a note does not run"])
    return [[re.findall(r"`+ ?([^`]+?) ?`+", cell) for cell in row] for row in rows]


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_the_slips_fail_as_the_page_says_and_their_cures_run(
    root, tmp_path, monkeypatch
):
    keras = import_keras()
    import tensorflow as tf

    monkeypatch.chdir(tmp_path)
    known: dict[str, Any] = {"keras": keras, "tf": tf, "LSTM": keras.layers.LSTM}
    known |= {"c": [tf.ones((2, 3))] * 3, "t": 2, "f": tf.ones((2, 3))}
    known |= {"inputs": tf.ones((2, 4)), "input_weights": tf.ones((4, 3))}
    rows = slips(root)
    assert len(rows) >= 7
    for (slip,), problems, cures in rows:
        for problem in problems:
            with pytest.raises(Exception) as raised:  # noqa: PT011 which is in the row
                exec(slip, dict(known))  # noqa: S102
            assert type(raised.value).__name__ == problem, slip
        if not problems:
            exec(slip, dict(known))  # noqa: S102
        for cure in cures:
            exec(cure, dict(known))  # noqa: S102


# What the checks find -----------------------------------------------------------

SAMPLE = """
## Terms

| term | in Korean | symbol | meaning | lesson |
|---|---|---|---|---|
| cell | 셀 | $c$ | what lasts | [01](01_a.ipynb) |
| mask | 마스크 | | what counts | [01](01_a.ipynb) |

## Terms that only the notes use

| notes | literally | here |
|---|---|---|
| 마스크 | mask | mask |
| 패딩 | padding | mask |

## Symbols

| letter | counts |
|---|---|
| $B$ | sequences |

| symbol | in code | shape | name |
|---|---|---|---|
| $c$ | `c` | $(B, H)$ | cell |
| $g$ | `g` | $(B, H)$ | gate |
"""
SAMPLE_LESSONS = {
    "00": "| letter | counts |\n|---|---|\n| $B$ | sequences |\n\n"
    "| symbol | in code | shape | name |\n|---|---|---|---|\n"
    "| $c,\\ g$ | `c`, `g` | $(B, H)$ | both |\n",
    "01": "A **cell** (셀) has a **mask**.\n\n> **Claim C01 — holds.** It has.\n\n"
    "**Predict:** what?\n\nIt does **not**.\n",
}
FAULTS = {
    "out of order": (is_sorted, "| mask | 마", "| bask, mask | 마"),
    "twice": (is_sorted, "| mask | 마", "| cell | 마"),
    "the notes' out of order": (is_sorted, "| 패딩 |", "| 가딩 |"),
    "a lesson gone": (names_where_a_term_occurs, "[01]", "[07]"),
    "another lesson": (names_where_a_term_occurs, "[01]", "[00]"),
    "no such Korean": (has_korean_from_somewhere, "| 마스크 | |", "| 마스코 | |"),
    "a term gone": (has_every_term_of_the_lessons, "| mask | 마", "| task, mask? | 마"),
    "Korean gone": (has_every_term_of_the_lessons, "| 셀 |", "| |"),
    "another shape": (has_the_symbols_of_lesson_00, "$(B, H)$ | gate", "$(H,)$ | gate"),
    "a symbol gone": (has_the_symbols_of_lesson_00, "| $g$ |", "| $k$ |"),
    "a letter gone": (has_the_symbols_of_lesson_00, "| $B$ |", "| $C$ |"),
}


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_the_sample_has_no_fault(check):
    assert check(SAMPLE, SAMPLE_LESSONS) == []


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_found(fault):
    check, old, new = FAULTS[fault]
    assert old in SAMPLE
    assert check(SAMPLE.replace(old, new, 1), SAMPLE_LESSONS) != []


def test_each_check_has_a_fault_that_it_finds():
    assert {check for check, *_ in FAULTS.values()} == set(CHECKS)
