"""The verdicts of lesson 11, held by what they were drawn from."""

import numpy as np
import pytest

from lstm_course import GRUParams, GRUState, count_parameters, gru_forward, gru_init
from lstm_course.arrays.activations import sigmoid
from lstm_course.experiments.verdict import (
    NOT_SETTLED,
    compare,
    mean_interval,
    paired_difference,
)
from lstm_course.layers.cells import CELLS
from lstm_course.study.measurements import read_measurement
from lstm_course.system.keras_import import import_keras

B, T, D, H = 4, 20, 3, 5


@pytest.fixture
def rng():
    return np.random.default_rng(11)


@pytest.fixture
def inputs(rng):
    return rng.normal(size=(B, T, D))


def of_all_runs(name, case, key):
    """Return a number of each run of a case, in the order of the seeds."""
    runs = read_measurement(name)["results"][case].values()
    return np.array([run[key] for run in runs])


def by_hand(inputs, params, *, one_keeps=True):
    """The last h by the notes' four equations, each block with weights of its own."""
    w, u = (np.split(weights, 3, axis=1) for weights in params[:2])
    b = np.split(params.bias, 3, axis=-1)
    h = np.zeros((len(inputs), len(u[0])))
    for x in inputs.swapaxes(0, 1):
        if params.bias.ndim == 2:
            z, r = (sigmoid(x @ w[k] + b[k][0] + h @ u[k] + b[k][1]) for k in (0, 1))
            n = np.tanh(x @ w[2] + b[2][0] + r * (h @ u[2] + b[2][1]))
        else:
            z, r = (sigmoid(x @ w[k] + b[k] + h @ u[k]) for k in (0, 1))
            n = np.tanh(x @ w[2] + b[2] + (r * h) @ u[2])
        h = z * h + (1 - z) * n if one_keeps else (1 - z) * h + z * n
    return h


def some_params(rng, units, reset_after):
    params = gru_init(rng, D, units, reset_after=reset_after, dtype=np.float64)
    return params._replace(bias=rng.normal(size=params.bias.shape))


# Structure ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "gates", "candidates"),
    [("lstm", "ifo", "g"), ("gru", "zr", "n")],
)
def test_c16_gates_stay_above_zero_and_candidates_do_not(
    name, gates, candidates, rng, inputs
):
    cell = CELLS[name]
    params = cell.init(rng, D, H, dtype=np.float64)
    params = cell.params(*(10 * weights for weights in params))
    _, _, trace = cell.forward(inputs, params)
    low = {key: gate.min() for key, gate in trace.gates._asdict().items()}
    assert "".join(key for key in low if low[key] >= 0) == gates
    assert "".join(key for key in low if low[key] < -0.5) == candidates


@pytest.mark.parametrize("reset_after", [True, False])
def test_c34_either_form_is_keras_gru(reset_after, rng, inputs):
    params = some_params(rng, H, reset_after)
    layer = import_keras().layers.GRU(H, reset_after=reset_after, dtype="float64")
    layer.build((None, T, D))
    layer.set_weights([*params])
    ours, state, _ = gru_forward(inputs, params)
    assert np.allclose(layer(inputs).numpy(), state.h, rtol=0, atol=1e-12)
    assert np.allclose(by_hand(inputs, params), state.h, rtol=0, atol=1e-12)
    assert ours.shape == (B, T, H)


def test_c34_reset_after_is_kerass_default():
    layer = import_keras().layers.GRU(8)
    layer.build((None, None, 16))
    assert layer.reset_after
    assert layer.count_params() == 624


@pytest.mark.parametrize(("units", "same"), [(1, True), (H, False)])
def test_c34_the_forms_differ_where_units_mix(units, same, rng, inputs):
    after = gru_init(rng, D, units, dtype=np.float64)
    before = after._replace(bias=np.zeros(3 * units))
    one, other = (gru_forward(inputs, params)[0] for params in (after, before))
    assert np.allclose(one, other) == same


def test_c34_the_other_convention_is_the_same_model_with_z_negated(rng, inputs):
    params = some_params(rng, H, reset_after=True)
    turned = GRUParams(*(np.repeat([-1, 1, 1], H) * weights for weights in params))
    _, state, _ = gru_forward(inputs, params)
    assert not np.allclose(by_hand(inputs, params, one_keeps=False), state.h)
    assert np.allclose(by_hand(inputs, turned, one_keeps=False), state.h)


def test_an_update_gate_of_one_keeps_to_the_last_bit():
    start = GRUState(np.array([[0.2], [0.5], [0.9]]))
    silence = np.zeros((3, 100, 1))
    ends = {}
    for b in (0, 9, 1000):
        params = GRUParams(np.zeros((1, 3)), np.zeros((1, 3)), np.array([b, 0.0, 0.0]))
        _, end, _ = gru_forward(silence, params, initial_state=start)
        ends[b] = end.h
    assert np.array_equal(ends[1000], start.h)
    assert np.allclose(ends[9], start.h, rtol=0.02)
    assert not np.array_equal(ends[9], start.h)
    assert np.abs(ends[0]).max() < 1e-12


def test_without_a_reset_gate_a_candidate_hears_what_it_should_not():
    kinds = [0, 2, 1, 2, 0, 2, 1, 1, 2, 0]
    x = np.eye(3)[kinds][np.newaxis]
    flip = np.array([[0, 0, -np.log(3)]])

    def set_to(r):
        orders = np.array([[-99, r, np.log(3) / 2], [-99, 99, 0], [99, 99, 0]])
        outputs, _, _ = gru_forward(x, GRUParams(orders, flip, np.zeros(3)))
        return outputs[0, np.array(kinds) == 0, 0]

    assert np.allclose(set_to(-99), 0.5)
    first, *others = set_to(+99)
    assert np.isclose(first, 0.5)
    assert np.abs(np.array(others) - 0.5).min() > 0.05


# The comparison -----------------------------------------------------------------


def test_c18_fewer_parameters_by_a_quarter_or_nearly():
    lstm, gru = (count_parameters(cell, 16, 8) for cell in ("lstm", "gru"))
    assert (gru, lstm) == (624, 800)
    assert 4 * count_parameters("gru", 16, 8, reset_after=False) == 3 * lstm
    for size in (8, 64, 256):
        share = count_parameters("gru", 16, size) / count_parameters("lstm", 16, size)
        assert 0.75 < share <= 0.78


def test_c18_a_step_is_cheaper_in_larger_layers_only_and_by_less_than_a_quarter():
    small, large, keras = (
        mean_interval(of_all_runs("cell_cost", case, "gru_to_lstm") - 1)
        for case in ("numpy 8", "numpy 64", "keras 8")
    )
    assert [each.sign() for each in (small, large, keras)] == [0, -1, 1]
    assert small.high < 0.05  # if there is a difference, it is small
    assert large.low > -0.25


@pytest.mark.parametrize("key", ["steps", "cpu_seconds"])
def test_c18_on_the_adding_problem_it_needs_fewer_steps_and_less_time(key):
    measured = read_measurement("adding")
    assert of_all_runs("adding", "gru", "solved").all()
    assert of_all_runs("adding", "lstm", "solved").all()
    assert compare(measured, "gru", "lstm", key).word == "lower"


def test_c19_a_step_of_the_rnn_is_the_cheapest_everywhere():
    for case in ("numpy 8", "numpy 64", "keras 8"):
        assert of_all_runs("cell_cost", case, "rnn_is_cheapest").all()
        assert of_all_runs("cell_cost", case, "lstm_to_rnn").min() > 1.3
    small, large = (
        np.median(of_all_runs("cell_cost", f"numpy {units}", "lstm_to_rnn"))
        for units in (8, 64)
    )
    assert small < 3 < large < 4  # a quarter of the parameters


def test_c19_and_yet_it_comes_to_no_result():
    assert not of_all_runs("adding", "rnn", "solved").any()
    measured = read_measurement("adding")
    assert compare(measured, "rnn", "lstm", "cpu_seconds").word == "higher"


@pytest.mark.parametrize(
    ("labels", "word"),
    [(500, NOT_SETTLED), (2000, "lower"), (8000, "higher"), (20000, NOT_SETTLED)],
)
def test_c18_with_few_labels_the_gru_is_not_ahead_and_with_8000_it_is(labels, word):
    found = compare(
        read_measurement("training_size"),
        f"gru {labels}",
        f"lstm {labels}",
        "test_accuracy",
        comparisons=4,  # sizes
    )
    assert found.word == word


def test_c18_of_the_three_cells_the_rnn_has_the_lowest_mean_at_every_size():
    for labels in (500, 2000, 8000, 20000):
        rnn, gru, lstm = (
            of_all_runs("training_size", f"{cell} {labels}", "test_accuracy").mean()
            for cell in ("rnn", "gru", "lstm")
        )
        assert rnn < min(gru, lstm)


RATES = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0)


def rates_that_do(cell):
    """Return by seed how many of the rates solve the adding problem over 25 steps."""
    results = read_measurement("tuning")["results"]
    runs = [results[f"{cell} {rate}"] for rate in RATES]
    return {seed: sum(each[seed]["solved"] for each in runs) for seed in runs[0]}


def test_c18_whether_more_rates_do_for_the_gru_is_not_settled():
    gru, lstm = rates_that_do("gru"), rates_that_do("lstm")
    assert len(gru) == 10
    assert paired_difference(gru, lstm).word == NOT_SETTLED
    always = {
        cell: [
            rate
            for rate in RATES
            if of_all_runs("tuning", f"{cell} {rate}", "solved").all()
        ]
        for cell in ("rnn", "gru", "lstm")
    }
    assert always["gru"] == always["lstm"] == [0.001, 0.003, 0.01, 0.03, 0.1]
    assert always["rnn"] == []


@pytest.mark.parametrize("rate", [0.001, 0.003, 0.01, 0.03, 0.1])
def test_c18_at_each_rate_that_does_the_gru_needs_about_half_of_the_steps(rate):
    gru, lstm = (
        of_all_runs("tuning", f"{cell} {rate}", "solved_after").astype(float)
        for cell in ("gru", "lstm")
    )
    assert mean_interval(lstm - gru, comparisons=5).word == "higher"
    assert np.median(gru) < 0.55 * np.median(lstm)
