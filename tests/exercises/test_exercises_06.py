"""Other right answers to the exercises of lesson 06, and wrong ones that are named."""

import numpy as np
import pytest
from variants import assert_all_pass, assert_named, assert_told

from lstm_course.exercises.check import verdict_on
from lstm_course.exercises.contents import find_exercise

pytestmark = pytest.mark.usefixtures("in_this_process")


def put(name, seed, answer):
    """What is said of a quiz's answer, made from the numbers of the question."""
    exercise = find_exercise(name)
    numbers = exercise.draw(np.random.default_rng(seed))
    return verdict_on(name, answer(*numbers), {"": numbers})


def layer(cell, features, units):
    """By the shapes of the three arrays."""
    columns = {"lstm": 4, "gru": 3, "rnn": 1}[cell] * units
    bias = (2 if cell == "gru" else 1, columns)
    return sum(
        np.prod(shape) for shape in [(features, columns), (units, columns), bias]
    )


# count_parameters


@pytest.mark.parametrize("seed", range(8))
def test_count_parameters(seed):
    for kind in (int, float, np.int32, str):
        verdict = put("count_parameters", seed, lambda *n, k=kind: k(layer(*n)))
        assert (verdict.outcome == "passed") == (kind is not str), verdict.text


@pytest.mark.parametrize(
    ("answer", "mistake"),
    [
        (4 * 5 * (9 + 1), "counted-without-recurrent-kernel"),
        (4 * (9 * 5 + 5 * 5), "counted-without-bias"),
        (9 * 5 + 5 * 5 + 5, "counted-one-block"),
        (4 * 9 * (9 + 5 + 1), "count-squares-the-inputs"),
        (20 * 4 * 5 * (9 + 5 + 1), "count-of-every-step"),
        (4 * 5 * (9 + 5 + 2), "count-second-biases-for-all"),
        (4 * 5 * 9 + 5 * 5 + 5, "count-blocks-of-the-kernel-alone"),
        (4 * 5 * (9 + 5) + 5, "count-bias-of-one-block"),
        (4 * (5 * (9 + 5) + 1), "count-bias-of-one-number"),
    ],
)
def test_the_mistakes_of_counting_an_lstm(answer, mistake):
    verdict = verdict_on("count_parameters", answer, {"": ("lstm", 9, 5)})
    assert verdict.mistakes == (mistake,)


# stack_ledger


def ledger(model, *, upper_reads=None, dense_bias=1):
    below = upper_reads or model.lower_units
    rows = [
        model.words * model.features,
        layer(model.lower, model.features, model.lower_units),
        layer(model.upper, below, model.upper_units),
        model.upper_units * model.outputs + model.outputs * dense_bias,
    ]
    return *rows, sum(rows)


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("kind", [tuple, list, np.array, np.float32, enumerate])
def test_stack_ledger(kind, seed):
    if kind is enumerate:  # a dictionary of the layers
        kind = lambda rows: dict(zip("abcde", rows, strict=True))  # noqa: E731
    verdict = put("stack_ledger", seed, lambda model: kind(ledger(model)))
    assert verdict.outcome == "passed", verdict.text


def test_wrong_ledgers():
    two = "ledger-upper-reads-the-data", "ledger-dense-without-bias"

    def one_mistake(model):
        return ledger(model, upper_reads=model.features)

    def two_mistakes(model):
        return ledger(model, upper_reads=model.features, dense_bias=0)

    def one_row_of_biases(model):
        rows = [*ledger(model)[:4]]
        rows[1] -= 3 * model.lower_units * (model.lower == "gru")
        rows[2] -= 3 * model.upper_units * (model.upper == "gru")
        return [*rows, sum(rows)]

    assert put("stack_ledger", 1, one_mistake).mistakes == two[:1]
    assert put("stack_ledger", 1, two_mistakes).mistakes == two
    found = {put("stack_ledger", seed, one_row_of_biases).mistakes for seed in range(6)}
    assert found == {(), ("count-gru-with-one-bias",)}  # some models have no GRU


def test_a_ledger_that_misses_a_line_or_counts_badly():
    verdict = put("stack_ledger", 1, lambda model: ledger(model)[:4])
    assert verdict.text.startswith("Your answer has 4 parts; expected 5: embedding,")
    verdict = put("stack_ledger", 1, lambda model: [*ledger(model)[:4], 7])
    assert verdict.text.startswith("together: 7 is not right")
    verdict = put("stack_ledger", 1, lambda model: [*ledger(model)[:3], ..., 2])
    assert verdict.outcome == "not started"


# features_of


def features_by_trying(kind, size, n):
    """The first number of features that gives the count."""
    D = 1
    while layer(kind, D, size) != n:
        D += 1
    return D


def features_by_arrays(cell, units, count):
    """What is left of the count when the other two arrays are gone."""
    gates = (cell == "rnn") + 3 * (cell == "gru") + 4 * (cell == "lstm")
    rest = count - gates * units**2 - (6 if cell == "gru" else gates) * units
    return np.float32(rest) / np.float32(gates * units)


def features_by_cases(cell, units, count):
    if cell == "rnn":
        return [count // units - units - 1]
    if cell == "gru":
        return [count // units // 3 - units - 2]
    return [count // 4 // units - (units + 1)]


def test_features_of():
    variants = [features_by_trying, features_by_arrays, features_by_cases]
    assert_all_pass("features_of", variants)


def test_wrong_features():
    def lesson_s_own(cell, units, count):
        return count / (4 * units) - units - 1

    def no_parentheses(cell, units, count):
        blocks = {"rnn": 1, "gru": 3, "lstm": 4}[cell]
        return count / blocks * units - units - (2 if cell == "gru" else 1)

    def swapped_dictionary(cell, units, count):
        blocks = {"rnn": 1, "gru": 4, "lstm": 3}[cell]
        return count / (blocks * units) - units - (2 if cell == "gru" else 1)

    def five_blocks(cell, units, count):
        blocks = {"rnn": 1, "gru": 5, "lstm": 4}[cell]
        return count / (blocks * units) - units - (2 if cell == "gru" else 1)

    both = "features-always-four-blocks", "features-gru-of-one-bias"
    assert_named("features_of", lesson_s_own, *both)
    assert_named("features_of", no_parentheses, "features-without-parentheses")
    name = "features-blocks-of-gru-and-lstm-swapped"
    assert_named("features_of", swapped_dictionary, name)
    assert_told("features_of", five_blocks, "With a GRU", "right with an LSTM")


# which_cell


def cell_by_ratio(kernel, recurrent, bias):
    """The bias squared over the recurrent kernel tells the form."""
    forms = {1: ("rnn", 1), 3: ("gru", 1), 12: ("gru", 2), 4: ("lstm", 1)}
    name, rows = forms[bias**2 // recurrent]
    H = recurrent * rows // bias
    return name, kernel * H // recurrent, H


def cell_by_trying(kernel, recurrent, bias):
    for H in range(1, 100):
        for D in range(1, 100):
            for name, n, biases in [
                ("LSTM", 4, [4]),
                ("GRU", 3, [3, 6]),
                ("RNN", 1, [1]),
            ]:
                sizes = [(n * D * H, n * H * H, b * H) for b in biases]
                if (kernel, recurrent, bias) in sizes:
                    return [name, np.int64(D), H]
    return None


def cell_by_roots(k, r, b):
    for n, cell in ((1, "rnn"), (3, "gru"), (4, "lstm")):
        H = np.sqrt(r / n)
        if np.isclose(H, round(H)) and b in (n * round(H), 6 * round(H) * (n == 3)):
            return {"cell": cell, "D": np.float32(k / n / H), "H": H}
    raise AssertionError


def test_which_cell():
    assert_all_pass("which_cell", [cell_by_ratio, cell_by_trying, cell_by_roots])


def test_wrong_cells():
    def one_bias_each(kernel, recurrent, bias):
        H = recurrent / bias
        return {1: "rnn", 3: "gru", 4: "lstm"}[bias / H], kernel / bias, H

    def kernel_of_one_block(kernel, recurrent, bias):
        cell, _, H = cell_by_ratio(kernel, recurrent, bias)
        return cell, kernel / H, H

    def always_an_lstm(kernel, recurrent, bias):
        return "lstm", kernel / bias, bias / 4

    assert_named("which_cell", one_bias_each, "which-default-gru-unknown")
    assert_named("which_cell", kernel_of_one_block, "which-kernel-of-one-block")
    assert_told("which_cell", always_an_lstm, "the cell is not 'lstm'")
