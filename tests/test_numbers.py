"""Every number of a text stands in its place, and is the one that was computed.

What is held is the order of the numbers in each text, and where each comes from; the
files in tests/bound/ say so, and tests/binding.py makes them.
"""

import copy
import json
import re

import pytest
from binding import (
    BOUND,
    Shown,
    all_texts,
    bind,
    bound,
    holds,
    numbers,
    of_claims,
    of_lesson,
    of_page,
    output_text,
    said_of_pictures,
    same,
)

# What looks measured and is said all the same, and why.
SAID = {
    ("02", "exercise-10"): "-0.5 0.5",  # of the task
    ("03", "bptt-text"): "0.038 0.088 0.183 1.000 0.016 0.077 0.177",  # test_diagrams
    ("03", "clip-picture/alt"): "200",  # steps drawn
    ("04", "cell-text"): "0.50 1.00",  # what goes in; likewise test_diagrams
    ("04", "exercise-8"): "0.5 1000",  # of the task
    ("05", "distance-why"): "0.003",  # a bound, above 0.0022
    ("05", "train-text"): "100",  # the recipe of "exploding"
    ("05", "exercise-6"): "0.1",  # of the task
    ("07", "series/alt"): "300",  # steps drawn
    ("07", "ahead/alt"): "120",  # steps drawn
    ("07", "split-text"): "300",  # 1500 less 1200
    ("07", "three-why"): "800 1500",  # the recipe of "forecast"
    ("07", "table-why"): "800",
    ("07", "open-unit-why"): "800 300",  # the recipe of "relu"
    ("07", "relu-why"): "300",
    ("07", "kernel-why"): "300",
    ("08", "false-cure-why"): "0.693",  # ln 2, shown in lesson 09
    ("08", "five-text"): "0.5",  # guessing
    ("08", "five-why"): "1000",  # of a paper
    ("09", "lengths-plot/alt"): "1000 120 300",  # of the axis
    ("09", "kept-text"): "200",  # of the example that is quoted
    ("09", "pairs-text"): "100",  # about 102
    ("09", "order-text"): "100",  # "95 cases of 100"
    ("10", "twins-read-text"): "0.5",  # guessing
    ("10", "cost-read-text"): "0.5 100",
    ("10", "recipe-text"): "100",  # the recipe of "book"
    ("10", "shuffled-text"): "2.5",  # 2.45, rounded up
    ("10", "exercise-8"): "1.96",  # of the normal distribution
    ("11", "reset-text"): "-0.5",  # shown as -0.50
    ("11", "dimmer-why"): "-0.5 0.8",
    ("11", "parameters-why"): "100",  # the recipe of "cell_cost"
    ("11", "cost-why"): "100",  # of lesson 05
    ("11", "less-data-why"): "500 8000 3000",  # the vocabulary; a recipe
    ("11", "own-text"): "300 500",  # the split of lesson 07
    ("11", "exercise-6"): "78.1 74.9",  # made up
    ("12", "karpathy-text"): "0.1",  # the bound of "shares"
    ("12", "erase-why"): "0.5",  # guessing
    ("12", "units-why"): "0.9",  # the bound of "units"
    ("claims", "C27"): "300",  # the recipe of "relu"
    ("claims", "Q01"): "100",  # the recipe of "cell_parts"
    ("claims", "Q05"): "24663",  # reviews without a copy
    ("claims", "Q06"): "20000 2500",  # of the training part, and of the test part
    ("13", "held-predict"): "1000",  # the bias that holds a gate
    ("13", "held-why"): "100",  # the recipe of "forget_bias"
    ("13", "shares-why"): "100 0.003",  # the recipe of "cell_parts"
    ("13", "parts-why"): "100 0.27 0.5",  # likewise; the sigmoid of -1 and of 0
    ("13", "bias-why"): "0.01",  # the rate of lesson 05
    ("15", "films-text"): "25000",  # all reviews
    ("15", "neighbours-text"): "2500",  # of the test part
    ("15", "split-text"): "24663 337 500 10000",  # without copies; vocabularies
    ("15", "ladder-text"): "100 500 20000 0.869",  # the recipe of "ladder"; "shuffled"
    ("15", "more-text"): "100 500 10000 200 400",
    ("15", "climb-read"): "100",
    ("15", "both-text"): "400",
    ("15", "reach-plot/alt"): "300",  # steps drawn
    ("15", "hiding-text"): "20000",
    ("15", "live-text"): "20000 0.80",  # lesson 10
    ("15", "command-text"): "0.0",  # to be tried
    ("15", "two-films-read"): "500",
    ("15", "verdict-read"): "6000 763 2500 0.954 0.962",  # the search; in print
    ("15", "remember"): "10000 500",
}
# Likewise in the decks.
SAID_IN_DECKS = {
    # What a live change prints, tried in JupyterLab
    ("lecture_02", "answer-blind-notes"): "0.462 0.905",
    ("lecture_02", "memory-notes"): "-0.5 -0.363 0.721 -0.090",
    ("lecture_03", "first-answer-notes"): "0e+00",
    ("lecture_03", "descent-notes"): "0.25",
    ("lecture_03", "proof-notes"): "0.044 0.511 1.724",
    ("lecture_03", "reach-notes"): "8.9e-01 3.0e-01 2.3e-03 6.2e-06",
    ("lecture_04", "lost-notes"): "0.30 0.34 0.35",
    ("lecture_04", "step-code-notes"): "0.57 0.32",
    ("lecture_05", "guess-answer-notes"): "0.168",
    ("lecture_05", "adds-notes"): "0.12",
    ("lecture_06", "rnn-answer-notes"): "528",
    ("lecture_06", "which-notes"): "-3.0 0.05 -1.00",
    ("lecture_07", "ceiling-notes"): "4e6 4000000.0",
    ("lecture_07", "relu-answer-notes"): "220",
    ("lecture_09", "count-notes"): "81750",
    ("lecture_09", "lead-notes"): "0.40 0.025",
    ("lecture_10", "answer-weights-notes"): "160000 160809",
    ("lecture_10", "loss-notes"): "0.05 2.996",
    ("lecture_11", "keep-notes"): "0.95",
    ("lecture_12", "not-bad-notes"): "0.58 0.16 0.13",
    ("lecture_13", "slopes-notes"): "0.63",  # a sum of rounded numbers
    ("lecture_13", "shares-notes"): "100",  # the recipe
    ("lecture_13", "poll-parts"): "100",
    ("lecture_13", "parts-notes"): "100",
    ("lecture_13", "poll-bias-notes"): "100",
    ("lecture_13", "bias-notes"): "0.01",  # the rate of lesson 05
    ("lecture_13", "verdict-parts-notes"): "100",  # "9 times in 100"
    ("lecture_15", "title-notes"): "20000",  # sizes of parts, and the recipe
    ("lecture_15", "poll-name"): "25000",
    ("lecture_15", "poll-name-notes"): "25000",
    ("lecture_15", "answer-name-notes"): "500 10000",
    ("lecture_15", "whole-films-notes"): "2500",
    ("lecture_15", "poll-split"): "24663",
    ("lecture_15", "poll-split-notes"): "500",
    ("lecture_15", "answer-split-notes"): "500 10000",
    ("lecture_15", "poll-padding"): "400",
    ("lecture_15", "poll-padding-notes"): "180 400",
    ("lecture_15", "poll-reach"): "400 200",
    ("lecture_15", "poll-reach-notes"): "0.73",  # the sigmoid of 1
    ("lecture_15", "answer-reach-notes"): "400",
    ("lecture_15", "reach/alt"): "400",
    ("lecture_15", "poll-rungs"): "500 10000",
    ("lecture_15", "poll-rungs-notes"): "400",
    ("lecture_15", "answer-rungs-notes"): "10000 2500",
    ("lecture_15", "whose-notes"): "500",
    ("lecture_15", "price"): "0.954 0.962",  # in print
    # Options of polls
    ("lecture_02", "poll-step"): "0.500",
    ("lecture_06", "lstm-poll"): "1200",
    ("lecture_06", "gru-poll"): "608 648",
    ("lecture_06", "time-poll"): "1702400 26528 297",
    ("lecture_07", "relu-poll"): "1e35",
    ("lecture_12", "poll-unit"): "0.50",
    # Arithmetic on the slide, the lesson's text, a recipe, an example
    ("lecture_00", "setup"): "3.11 3.12 3.13",
    ("lecture_02", "step-3-notes"): "0.1815",
    ("lecture_03", "back-2-notes"): "0.635",
    ("lecture_03", "back-6-notes"): "0.635",
    ("lecture_05", "adding"): "1.54",
    ("lecture_05", "adding-notes"): "1.54",
    ("lecture_05", "poll-solve-notes"): "160000",
    ("lecture_05", "distance-answer-notes"): "0.0092",
    ("lecture_05", "new-answer"): "7e-15",
    ("lecture_05", "along-c-notes"): "0.37 6e-03",
    ("lecture_05", "learned-notes"): "0.09 0.06",
    ("lecture_05", "alone-notes"): "0.06",
    ("lecture_06", "formula-notes"): "440 12928 101 2614400 10348800",
    ("lecture_06", "ledger-answer-notes"): "55201 101",
    ("lecture_07", "near-answer-notes"): "8.1",
    ("lecture_07", "beat-notes"): "0.7",
    ("lecture_07", "three-notes"): "0.72",
    ("lecture_07", "raised-answer"): "1.8",
    ("lecture_07", "raised-answer-notes"): "1.8 1.2",
    ("lecture_07", "relu-poll-notes"): "0.75",
    ("lecture_07", "remember-notes"): "1e35",
    ("lecture_08", "stack-answer-notes"): "1.6",
    ("lecture_09", "pad-notes"): "200",
    ("lecture_09", "answer-bag-notes"): "0.8 0.2",
    ("lecture_10", "poll-bag-notes"): "0.80 0.83",
    ("lecture_10", "answer-bag-notes"): "0.80",
    ("lecture_10", "dropout-notes"): "0.7",
    ("lecture_10", "remember-notes"): "0.80",
    ("lecture_11", "tuning-notes"): "3000",
    ("lecture_11", "tuning-read"): "3000",
}
FILES = sorted(path.stem for path in BOUND.glob("*.json"))


def faults(texts, lines):
    """Return what does not hold, a sentence for each text."""
    found = []
    for place in texts | lines:
        said, shown = texts.get(place, ([], []))
        there = lines.get(place, [])
        if said != [line.split(" ")[0] for line in there]:
            found.append(f"{place}: has the numbers {said}; bound are {there}")
        found += [
            f"{place}: {line} does not show it"
            for number, line in zip(said, there, strict=False)
            if not holds(line, number, shown)
        ]
    return found


@pytest.fixture(scope="module")
def texts():
    return all_texts()


def test_every_lesson_and_page_is_bound(texts):
    assert {name for name in texts if any(texts[name])} == set(FILES)


@pytest.mark.parametrize("name", FILES)
def test_the_numbers_stand_where_they_are_bound(texts, name):
    assert faults(texts[name], bound(name)) == []


@pytest.mark.parametrize(
    "name", [n for n in FILES if n[0].isdigit() or n.startswith(("claims", "lecture"))]
)
def test_what_looks_measured_comes_from_somewhere(name):
    assert [
        f"{place}: {line}"
        for place, lines in bound(name).items()
        for line in lines
        if line.endswith("=")
        and looks_measured(line.split(" ")[0])
        and line.split(" ")[0]
        not in (SAID | SAID_IN_DECKS).get((name, place), "").split()
    ] == []


def looks_measured(number):
    """Say whether it is a decimal, or has three digits and is no year."""
    digits = re.sub(r"[^\d]", "", number)
    return (
        bool(digits)
        and ("." in number or "e" in number or len(digits) > 2)
        and (not re.fullmatch(r"(19|20)\d\d", number))
    )


# What a number is


def test_numbers_are_read_in_the_spellings_of_texts_and_outputs():
    text = (
        "From 1,250 steps to 2{,}500, −0.3 and 0.70 − 0.23, 36 % or 9%, 1e-08; five of "
        "six, half. [12](04_x.ipynb) C17 x_3 H2 3rd"
    )
    expected = [
        "1250",
        "2500",
        "-0.3",
        "0.70",
        "0.23",
        "36%",
        "9%",
        "1e-08",
        "five",
        "six",
        "half",
        "12",
    ]
    assert numbers(text) == expected


@pytest.mark.parametrize(
    ("said", "shown", "alike"),
    [
        ("five", "5", True),
        ("0.3", "-0.3", True),
        ("-0.3", "0.3", False),
        ("36%", "36", True),
        ("36", "36%", True),
        ("0.30", "0.3", False),
        ("five", "6", False),
        ("half", "0.5", False),
    ],
)
def test_a_word_a_sign_and_a_percentage_are_their_number(said, shown, alike):
    assert same(said, shown) is alike


# What is found: planted in a lesson made for it


def cell(kind, name, source, *outputs, tags=()):
    return {
        "cell_type": kind,
        "id": name,
        "metadata": {"tags": list(tags)},
        "source": [source],
        "outputs": list(outputs),
    }


def printed(text):
    return {"output_type": "stream", "name": "stdout", "text": [text]}


PICTURE = {"data": {"text/html": ['<img alt="From 0.25 down to 3 &amp; 0.125.">']}}


@pytest.fixture
def lesson():
    return {
        "cells": [
            cell("markdown", "title", "# 05 · Of 1997\n\nUse 16 units."),
            cell("code", "runs", "seeds = 5", printed("0.0169 0.0031\nsolved 4 of 5")),
            cell("code", "live", "go()", printed("0.77"), tags=["nbval-ignore-output"]),
            cell("markdown", "why", "0.0169 over 10, 0.0031 over 25: 4 of five, 80 %."),
            cell("code", "plot", 'show(figure, f"Up to 0.0169, 9 of {n}")', PICTURE),
            cell("markdown", "box", "**Claim C01 — holds.** It is 0.25, then 0.125."),
        ]
    }


def test_a_lesson_binds_to_what_it_shows(lesson):
    texts = of_lesson(lesson)
    assert {place: said for place, (said, _) in texts.items()} == {
        "title": ["05", "1997", "16"],
        "why": ["0.0169", "10", "0.0031", "25", "4", "five", "80%"],
        "plot/alt": ["0.0169", "9"],
        "box": ["0.25", "0.125"],
    }
    bindings = {place: bind(*texts[place], []) for place in texts}
    assert bindings["title"] == ["05 =", "1997 =", "16 ="]
    assert bindings["why"][::2] == [
        "0.0169 < runs:0",
        "0.0031 < runs:1",
        "4 =",  # small, and not in the nearest cell: a reader has to say which it is
        "80% =",
    ]
    assert bindings["plot/alt"] == ["0.0169 < runs:0", "9 ="]
    assert bindings["box"] == ["0.25 < plot:0", "0.125 < plot:2"]
    assert faults(texts, bindings) == []
    assert [shown.outputs for shown in texts["box"][1] if shown.id == "live"] == [[]]


@pytest.mark.parametrize("number", ["0.5", "1e-08", "-100", "2500"])
def test_decimals_and_three_digits_look_measured(number):
    assert looks_measured(number)
    assert not any(map(looks_measured, ["12%", "1987", "half", "five", "99"]))


EXCHANGES = {
    "two decimals": ("why", "0.0169 over 10, 0.0031", "0.0031 over 10, 0.0169"),
    "two sizes": ("why", "over 10, 0.0031 over 25", "over 25, 0.0031 over 10"),
    "counts": ("why", "4 of five", "5 of four"),
    "a count": ("why", "4 of five", "2 of five"),
    "a percentage": ("why", "80 %", "20 %"),
    "a year": ("title", "1997", "1987"),
    "a size": ("title", "16 units", "61 units"),
    "a description": ("plot", "0.0169", "0.0031"),
    "a claim's": ("box", "0.25, then 0.125", "0.125, then 0.25"),
    "a number more": ("box", "It is", "It is not 1 but"),
}


@pytest.mark.parametrize("exchange", EXCHANGES)
def test_an_exchange_is_found(lesson, exchange):
    name, old, new = EXCHANGES[exchange]
    texts = of_lesson(lesson)
    bindings = {place: bind(*texts[place], []) for place in texts}
    (planted,) = [one for one in lesson["cells"] if one["id"] == name]
    assert planted["source"][0].count(old) == 1
    planted["source"] = [planted["source"][0].replace(old, new)]
    assert faults(of_lesson(lesson), bindings)


def test_another_output_is_found_though_the_text_is_the_same(lesson):
    texts = of_lesson(lesson)
    bindings = {place: bind(*texts[place], []) for place in texts}
    lesson["cells"][1]["outputs"] = [printed("0.0031 0.0169\nsolved 4 of 5")]
    said = faults(of_lesson(lesson), bindings)
    assert said == [
        "why: 0.0169 < runs:0 does not show it",
        "why: 0.0031 < runs:1 does not show it",
        "plot/alt: 0.0169 < runs:0 does not show it",
    ]


def test_what_holds_is_kept_and_what_was_chosen_by_hand_too(lesson):
    texts = of_lesson(lesson)
    by_hand = [
        "0.0169 =",
        "10 =",
        "0.0031 < runs:1",
        "25 =",
        "4 < runs:2",
        "five =",
        "80% =",
    ]
    assert bind(*texts["why"], by_hand) == by_hand
    wrong = ["0.0169 < runs:1", "10 < runs/code:0"]
    assert bind(*texts["why"], wrong)[:2] == ["0.0169 < runs:0", "10 ="]
    gone = "5 < nowhere:0"
    assert not holds(gone, "5", [Shown("runs", ["5"], [])])
    assert not holds("5 < runs:1", "5", [Shown("runs", ["5"], [])])
    assert not holds("5 < runs/code:0", "5", [Shown("runs", ["5"], [])])
    assert not holds("5 from runs", "5", [Shown("runs", ["5"], [])])


def test_a_claim_is_bound_to_the_lessons_that_it_names(lesson):
    row = "| C01 | over 10 | **holds** | 0.0169, 0.0031 | [05](05_a.ipynb) | [t](x) |"
    lessons = {"05_a.ipynb": lesson, "06_b.ipynb": {"cells": []}}
    texts = of_claims(f"# Claims, 34\n\n{row}\n", lessons)
    bindings = {place: bind(*texts[place], []) for place in texts}
    assert bindings == {"C01": ["10 =", "0.0169 < 05 runs:0", "0.0031 < 05 runs:1"]}
    exchanged = row.replace("0.0169, 0.0031", "0.0031, 0.0169")
    assert faults(of_claims(exchanged, lessons), bindings)
    elsewhere = row.replace("05_a", "06_b")
    assert faults(of_claims(elsewhere, lessons), bindings)


def test_a_page_is_held_section_by_section():
    page = (
        "# A page\n\nTwo commands, 300 MB.\n\n## Then\n\n25,000 reviews in two parts.\n"
    )
    texts = of_page(page)
    assert texts == {"A page": (["300"], []), "Then": (["25000", "two"], [])}
    bindings = {place: bind(*texts[place], []) for place in texts}
    assert faults(of_page(page.replace("25,000", "250,000")), bindings)
    assert faults(of_page(page.replace("two parts", "four parts")), bindings)


def test_numbers_of_a_picture_that_are_computed_are_not_typed(lesson):
    plot = copy.deepcopy(lesson["cells"][4])
    assert said_of_pictures(plot) == ["0.0169", "9"]
    plot["source"] = ["show(figure, f'Up to {top:.4f}, ' + str(count(3)))"]
    assert said_of_pictures(plot) == []
    assert numbers(output_text([PICTURE])) == ["0.25", "3", "0.125"]


def test_the_files_are_as_the_tool_writes_them():
    for name in FILES:
        text = (BOUND / f"{name}.json").read_text("utf-8")
        assert text == json.dumps(json.loads(text), ensure_ascii=False, indent=1) + "\n"
        for lines in json.loads(text).values():
            assert all(re.fullmatch(r"\S+ (=|< .+:\d+)", line) for line in lines)
