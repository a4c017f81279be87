"""Lesson 05: long memory, vanishing and exploding, measured for RNN and LSTM."""

import numpy as np
import pytest
from scipy.stats import fisher_exact

from lstm_course.data.tasks import adding_batch
from lstm_course.experiments.verdict import compare, flaws
from lstm_course.layers.cells import CELLS
from lstm_course.study.gradient_flow import gradient_reach
from lstm_course.study.measurements import over_seeds, read_measurement

USUAL = ("rnn", "rnn, 34 units", "rnn, identity")  # with tanh


@pytest.fixture(scope="module")
def adding():
    return read_measurement("adding")


@pytest.fixture(scope="module")
def distance():
    return read_measurement("distance")


@pytest.fixture(scope="module")
def exploding():
    return read_measurement("exploding")


def solved(measurement, case):
    """How many runs solved the task, and how many did not."""
    runs = over_seeds(measurement, case, "solved")
    return [int(runs.sum()), int(runs.size - runs.sum())]


def last_reach(adding, case, when):
    assert adding["recipe"]["distances"][-1] == 99
    return over_seeds(adding, case, f"reach_{when}")[:, -1]


def test_c01_the_rnn_gives_up_between_10_and_50_steps_and_the_lstm_does_not(distance):
    assert distance["recipe"]["lengths"] == [10, 25, 50, 100]
    assert not any(
        flaws(distance, f"{network} {length}")
        for network in ("rnn", "lstm")
        for length in (10, 25, 50, 100)
    )
    lengths = (10, 25, 50, 100)
    assert [solved(distance, f"rnn {length}")[0] for length in lengths] == [9, 1, 0, 0]
    for length in (10, 25, 50, 100):
        assert solved(distance, f"lstm {length}") == [10, 0]
        pair = (f"lstm {length}", f"rnn {length}", "test_error")
        assert compare(distance, *pair, comparisons=4).word == "lower"


def test_c01_the_rnn_from_the_identity_took_the_edge_of_its_grid_at_100(distance):
    (flaw,) = flaws(distance, "rnn, identity 100")
    assert "0.0001 is at the edge" in flaw


def test_c01_but_an_rnn_with_another_start_reaches_over_100_steps(adding):
    assert solved(adding, "relu, identity") == [10, 0]


@pytest.mark.parametrize("rnn", USUAL)
def test_c03_the_lstm_solves_what_the_usual_rnn_does_not(adding, rnn):
    assert not flaws(adding, "lstm")
    assert not flaws(adding, rnn)
    counts = solved(adding, "lstm"), solved(adding, rnn)
    assert counts == ([10, 0], [0, 10])
    assert fisher_exact(counts).pvalue < 0.05 / len(USUAL)
    comparison = compare(adding, "lstm", rnn, "test_error", comparisons=len(USUAL))
    assert comparison.word == "lower"


def test_c03_from_the_identity_with_relu_an_rnn_solves_it_too_though_later(adding):
    assert solved(adding, "relu, identity") == solved(adding, "lstm") == [10, 0]
    assert compare(adding, "lstm", "relu, identity", "steps").word == "lower"
    sizes = [
        over_seeds(adding, case, "parameters")[0]
        for case in ("relu, identity", "rnn, 34 units", "lstm")
    ]
    assert sizes[0] < 0.3 * sizes[2] < sizes[2] < sizes[1]


def test_c22_new_the_lstms_gradient_is_shorter_and_trained_it_reaches(adding):
    new = {cell: last_reach(adding, cell, "before") for cell in ("rnn", "lstm")}
    trained = {cell: last_reach(adding, cell, "after") for cell in ("rnn", "lstm")}
    assert (new["lstm"] < new["rnn"]).all()
    assert np.median(new["rnn"]) > 1000 * np.median(new["lstm"])
    assert trained["lstm"].min() > 0.05
    assert trained["rnn"].max() < 1e-6


def test_c22_the_length_of_the_gradient_alone_does_not_decide(adding):
    larger = last_reach(adding, "rnn, 34 units", "after")
    assert larger.max() > last_reach(adding, "lstm", "after").max()
    assert solved(adding, "rnn, 34 units")[0] == 0
    assert np.median(last_reach(adding, "lstm", "before")) < 1e-7
    assert solved(adding, "lstm")[1] == 0


def test_c22_the_lstm_explodes_too_but_needs_larger_blocks(exploding):
    radii = over_seeds(exploding, "lstm", "radii")
    assert radii.shape == (10, 4)
    assert 0.4 < radii.min() < radii.max() < 0.7
    assert np.allclose(over_seeds(exploding, "rnn", "radii"), 1)
    assert np.allclose(over_seeds(exploding, "lstm blocks", "radii"), 1)
    cases = ("lstm blocks", "rnn")
    lstm, rnn = (over_seeds(exploding, case, "explodes_from") for case in cases)
    assert lstm.min() > rnn.max() == 1.5
    assert [np.median(lstm), np.median(rnn)] == [3.25, 1.5]


def test_c22_in_training_the_lstms_gradient_explodes_later(exploding):
    assert exploding["recipe"]["trained_times"] == [1, 2, 4, 8]
    rnn, lstm = (
        over_seeds(exploding, cell, "exploded_recurrent") for cell in ("rnn", "lstm")
    )
    assert np.median(rnn[:, 1]) > 0.9
    assert lstm[:, 1].max() <= 0.01
    assert np.median(lstm[:, 3]) > 0.05
    blocks = over_seeds(exploding, "lstm blocks", "exploded_recurrent")
    assert np.median(rnn[:, [1, 3]], axis=0).tolist() == [1, 1]
    assert np.median(blocks[:, [1, 3]], axis=0) == pytest.approx([0.01, 0.795])


@pytest.mark.parametrize(
    ("cell", "times", "low", "high"),
    [
        ("rnn", 1, 1e-6, 1e-3),
        ("rnn", 2, 1e3, 1e6),
        ("lstm", 1, 1e-11, 1e-5),
        ("lstm", 2, 1e-6, 1),
        ("lstm", 12, 1e3, 1e12),
    ],
)
def test_c22_measured_anew(cell, times, low, high):
    params = CELLS[cell].init(np.random.default_rng(1), 2, 16, dtype=np.float64)
    params = params._replace(recurrent_kernel=times * params.recurrent_kernel)
    inputs, _ = adding_batch(np.random.default_rng(0), 32, 100, dtype=np.float64)
    assert low < gradient_reach(inputs, params)[99] < high
