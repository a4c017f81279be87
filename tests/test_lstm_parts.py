"""The LSTM with parts changed: a loop over the definitions, and complex steps."""

from typing import Any, NamedTuple

import numpy as np
import pytest

from lstm_course.arrays.gradcheck import complex_step_gradient, worst_entry
from lstm_course.experiments.lstm_parts import (
    ALL_PARTS,
    PartsParams,
    cell_with,
    with_parts,
)
from lstm_course.layers.fused.lstm import lstm_backward, lstm_forward
from lstm_course.layers.lstm import LSTMParams, LSTMState, lstm_init
from lstm_course.system.keras_import import import_keras

B, T, D, H = 4, 6, 3, 5


class Given(NamedTuple):
    """All that a forward pass takes."""

    x: Any
    params: PartsParams
    start: LSTMState


@pytest.fixture
def given():
    rng = np.random.default_rng(1)
    shapes = ((D, 4 * H), (H, 4 * H), (4 * H,), (3, H))
    params = PartsParams(*(rng.normal(size=shape) for shape in shapes))
    start = LSTMState(*rng.normal(size=(2, B, H)))
    return Given(rng.normal(size=(B, T, D)), params, start)


def without_peepholes(given):
    params = given.params
    return given._replace(params=params._replace(peepholes=0 * params.peepholes))


def by_definition(name, given):
    """Return h and c after each step, one unit of one sequence after the other."""
    x, (kernel, recurrent, b, p), start = given
    p = p if name == "peepholes" else 0 * p

    def sigma(z):
        return 1 / (1 + np.exp(-z))

    hs, cs = np.zeros((B, T, H)), np.zeros((B, T, H))
    for n in range(B):
        h, c = start.h[n], start.c[n]
        for t in range(T):
            z = [
                [
                    sum(x[n, t, d] * kernel[d, block * H + k] for d in range(D))
                    + sum(h[j] * recurrent[j, block * H + k] for j in range(H))
                    + b[block * H + k]
                    for k in range(H)
                ]
                for block in range(4)
            ]
            new_h, new_c = np.zeros(H), np.zeros(H)
            for k in range(H):
                i = sigma(z[0][k] + p[0, k] * c[k])
                f = sigma(z[1][k] + p[1, k] * c[k])
                i = 1 if name == "no input gate" else i
                f = {"no forget gate": 1, "coupled gates": 1 - i}.get(name, f)
                g = z[2][k] if name == "no candidate tanh" else np.tanh(z[2][k])
                new_c[k] = f * c[k] + i * g
                o = sigma(z[3][k] + p[2, k] * new_c[k])
                o = 1 if name == "no output gate" else o
                shown = new_c[k] if name == "no output tanh" else np.tanh(new_c[k])
                new_h[k] = o * shown
            h, c = new_h, new_c
            hs[n, t], cs[n, t] = h, c
    return hs, cs


@pytest.mark.parametrize("name", ALL_PARTS)
def test_it_computes_its_definition(name, given):
    cell = cell_with(ALL_PARTS[name])
    outputs, state, trace = cell.forward(
        given.x, given.params, initial_state=given.start
    )
    hs, cs = by_definition(name, given)
    np.testing.assert_allclose(outputs, hs, rtol=1e-12, atol=1e-14)
    np.testing.assert_allclose(state.h, hs[:, -1], rtol=1e-12, atol=1e-14)
    np.testing.assert_allclose(state.c, cs[:, -1], rtol=1e-12, atol=1e-14)
    np.testing.assert_allclose(trace.h, hs, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("name", ALL_PARTS)
def test_its_gradients_are_those_of_a_complex_step(name, given):
    cell = cell_with(ALL_PARTS[name])
    rng = np.random.default_rng(2)
    d_outputs, d_end = (
        rng.normal(size=(B, T, H)),
        LSTMState(*rng.normal(size=(2, B, H))),
    )

    def loss(tree):
        outputs, end, _ = cell.forward(tree.x, tree.params, initial_state=tree.start)
        into_end = np.sum(end.h * d_end.h) + np.sum(end.c * d_end.c)
        return np.sum(outputs * d_outputs) + into_end

    _, _, trace = cell.forward(given.x, given.params, initial_state=given.start)
    ours = Given(*cell.backward(d_outputs, trace, d_final_state=d_end))
    assert worst_entry(ours, complex_step_gradient(loss, given)).error < 1e-12
    unused = {
        "no input gate": slice(0, H),
        "no forget gate": slice(H, 2 * H),
        "coupled gates": slice(H, 2 * H),
        "no output gate": slice(3 * H, 4 * H),
    }
    if name in unused:  # what was taken out learns nothing
        assert not any(d[..., unused[name]].any() for d in ours.params[:3])
    assert ours.params.peepholes.any() == (name == "peepholes")


def test_the_full_cell_is_the_lstm(given):
    given = without_peepholes(given)
    cell = cell_with(ALL_PARTS["full"])
    usual = LSTMParams(*given.params[:3])
    ours = cell.forward(given.x, given.params, initial_state=given.start)
    theirs = lstm_forward(given.x, usual, initial_state=given.start)
    np.testing.assert_allclose(ours[0], theirs[0], rtol=1e-13)
    d_outputs = np.random.default_rng(3).normal(size=(B, T, H))
    d_x, d_params, d_start = cell.backward(d_outputs, ours[2], d_final_state=None)
    expected = lstm_backward(d_outputs, theirs[2])
    assert worst_entry(d_x, expected[0]).error < 1e-13
    assert worst_entry(LSTMParams(*d_params[:3]), expected[1]).error < 1e-13
    assert worst_entry(d_start, expected[2]).error < 1e-13


def test_without_its_tanh_the_output_is_keras_lstm_squashed_once(given):
    """Keras has one name for both tanh: with "linear" neither is left."""
    keras = import_keras()
    given = without_peepholes(given)
    layer = keras.layers.LSTM(
        H, activation="linear", return_sequences=True, dtype="float64"
    )
    layer.build((None, T, D))
    layer.set_weights(given.params[:3])
    parts = ALL_PARTS["full"]._replace(candidate_tanh=False, output_tanh=False)
    outputs, _, _ = cell_with(parts).forward(
        given.x, given.params, initial_state=given.start
    )
    theirs = layer(given.x, initial_state=[*given.start]).numpy()
    np.testing.assert_allclose(outputs, theirs, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("name", ALL_PARTS)
def test_all_start_from_the_weights_of_the_lstm(name):
    usual = lstm_init(np.random.default_rng(4), D, H)
    ours = cell_with(ALL_PARTS[name]).init(np.random.default_rng(4), D, H)
    np.testing.assert_array_equal(ours.kernel, usual.kernel)
    np.testing.assert_array_equal(ours.recurrent_kernel, usual.recurrent_kernel)
    assert not ours.peepholes.any()
    assert ours.peepholes.dtype == usual.bias.dtype
    i, f, g, o = np.split(ours.bias, 4)
    assert (i == (-1 if name == "coupled gates" else 0)).all()
    assert (f == 1).all()
    assert not g.any()
    assert not o.any()


def test_a_trace_of_the_usual_lstm_is_refused(given):
    _, _, trace = lstm_forward(given.x, LSTMParams(*given.params[:3]))
    with pytest.raises(TypeError, match="trace is a LSTMTrace; expected PartsTrace"):
        cell_with(ALL_PARTS["full"]).backward(None, trace, d_final_state=given.start)


def test_peepholes_of_another_size_are_refused(given):
    wrong = given.params._replace(peepholes=np.ones((3, H + 1)))
    with pytest.raises(ValueError, match=r"params\.peepholes has shape \(3, 6\)"):
        cell_with(ALL_PARTS["peepholes"]).forward(given.x, wrong)


def test_with_parts_changes_no_argument():
    usual = lstm_init(np.random.default_rng(4), D, H)
    kept = usual.bias.copy()
    with_parts(ALL_PARTS["coupled gates"], usual)
    np.testing.assert_array_equal(usual.bias, kept)
