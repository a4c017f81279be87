"""Lesson 07's verdicts: counting on, the spelling of a shape, and relu."""

import numpy as np
import pytest

from lstm_course.data.series import cut_windows
from lstm_course.experiments import counting_on
from lstm_course.experiments.verdict import (
    NOT_SETTLED,
    compare,
    compare_counts,
    verdict,
)
from lstm_course.study.measurements import read_measurement
from lstm_course.system.keras_import import import_keras
from lstm_course.training.forecasting import fit_least_squares

pytestmark = pytest.mark.slow
CLIPPING = "clipped", "unclipped"


@pytest.fixture(scope="module")
def keras():
    return import_keras()


def of_runs(name, case, key):
    """One figure of every seed; nan where it was not finite."""
    runs = read_measurement(name)["results"][case].values()
    return np.array([run[key] for run in runs], float)


def test_c10_counts_on_by_one_step_and_no_farther():
    relu, tanh = (of_runs("counting_on", case, "asked") for case in ("relu", "tanh"))
    assert len(relu) == len(tanh) == 20
    assert np.sum(np.abs(relu - 8) < 0.5) == 9  # fewer than half
    assert np.all((relu > 7) & (relu < 10))
    assert tanh.max() < 7.5  # never near 8
    starts = read_measurement("counting_on")["recipe"]["starts"]
    right = np.array(starts) + 3
    forecasts = of_runs("counting_on", "relu", "forecasts")
    inside = (right >= 4) & (right <= 7)
    assert np.abs(forecasts - right)[:, inside].max() < 1.1
    far = right >= 20
    assert np.median(np.abs(forecasts - right)[:, far]) > 4
    ceiling = of_runs("counting_on", "tanh", "forecasts")
    assert ceiling.max() < 10 < right.max()


def test_c10_least_squares_counts_on_exactly():
    rule = fit_least_squares(*cut_windows(np.arange(1.0, 8.0), 3))
    asked = np.array([[5, 6, 7], [97, 98, 99]], float)[..., np.newaxis]
    assert rule(asked) == pytest.approx(np.array([[8], [100]]))


def test_c10_was_measured_by_what_fit_does():
    """The experiment trains batch by batch: to the weights that ``fit`` comes to."""
    recipe = counting_on.RECIPE | {"epochs": 3}
    ours, theirs = (counting_on.build(recipe, "relu", 5) for _ in range(2))
    counting_on.train(ours, recipe, None)
    learned = np.array(recipe["learned"], np.float32)
    inputs, targets = learned[:, :-1, np.newaxis], learned[:, -1]
    batch, epochs = recipe["batch"], recipe["epochs"]
    theirs.fit(
        inputs, targets, batch_size=batch, epochs=epochs, shuffle=False, verbose=0
    )
    for ours_now, theirs_now in zip(
        ours.get_weights(), theirs.get_weights(), strict=True
    ):
        assert ours_now == pytest.approx(theirs_now, abs=1e-6)


def test_c11_input_shape_warns_and_input_length_is_refused(keras):
    with pytest.warns(UserWarning, match="Do not pass an `input_shape`/`input_dim`"):
        model = keras.Sequential([keras.layers.LSTM(10, input_shape=(3, 1))])
    assert model.count_params() == 480
    with (
        pytest.warns(UserWarning, match="Do not pass"),
        pytest.raises(
            ValueError, match="Unrecognized keyword arguments passed to LSTM"
        ),
    ):
        keras.layers.LSTM(10, input_dim=1, input_length=3)
    with (
        pytest.warns(UserWarning, match="Do not pass"),
        pytest.raises(ValueError, match="expected ndim=3, found ndim=2"),
    ):
        keras.Sequential([keras.layers.LSTM(10, input_dim=1)])


@pytest.mark.filterwarnings("error")
def test_c11_an_input_in_front_is_what_to_write(keras):
    model = keras.Sequential([keras.Input((3, 1)), keras.layers.LSTM(10)])
    assert model.count_params() == 480


def test_c27_tanh_is_ahead_where_windows_are_long_or_nothing_is_clipped(root):
    measured = read_measurement("relu")
    settings = [f"{length} {clip}" for length in (24, 100) for clip in CLIPPING]
    found = {
        setting: compare(
            measured,
            f"relu {setting}",
            f"tanh {setting}",
            "test_log_error",
            comparisons=len(settings),
        )
        for setting in settings
    }
    assert not any(comparison.flaws for comparison in found.values())
    words = {setting: comparison.word for setting, comparison in found.items()}
    assert words.pop("24 clipped") == NOT_SETTLED
    assert {*words.values()} == {"higher"}
    word = verdict([*words.values(), NOT_SETTLED], claimed="higher")
    page = (root / "notebooks/claims.md").read_text("utf-8")
    (row,) = [line for line in page.splitlines() if line.startswith("| C27 |")]
    assert f"**{word}** windows are long or the gradient is not clipped" in row


def test_c27_over_three_steps_relu_counts_on_more_often():
    near = [
        np.abs(of_runs("counting_on", case, "asked") - 8) < 0.5
        for case in ("relu", "tanh")
    ]
    assert compare_counts(*near) == "higher"


def test_c27_relu_tolerates_small_rates_and_only_if_clipped():
    def tried(case):
        """Return the mean error of the trials by rate; nan where one ran off."""
        trials = read_measurement("relu")["trials"][case].items()
        return {
            float(rate): np.array([*errors.values()], float).mean()
            for rate, errors in trials
        }

    relu, tanh = (tried(f"{kind} 100 clipped") for kind in ("relu", "tanh"))
    assert max(rate for rate, error in relu.items() if error < 0.3) == 0.01
    assert all(np.isnan(relu[rate]) for rate in (0.03, 0.1, 0.3))
    for rate in (0.003, 0.01):  # at the same rate they score alike
        assert relu[rate] == pytest.approx(tanh[rate], abs=0.005)
    for clipping in CLIPPING:
        assert max(tried(f"tanh 100 {clipping}").values()) < 0.25  # even at 0.3
    unclipped = [*tried("relu 100 unclipped").values()]
    assert np.nanmin(unclipped) > 0.5


def test_c27_five_seeds_in_keras_settle_the_worst_setting_and_cost_the_same(keras):
    measured = read_measurement("relu_keras")
    for length in (24, 100):
        for clipping in CLIPPING:
            pair = f"relu {length} {clipping}", f"tanh {length} {clipping}"
            found = compare(measured, *pair, "test_log_error", comparisons=4)
            worst = (length, clipping) == (100, "unclipped")
            assert found.word == ("higher" if worst else NOT_SETTLED)
        relu, tanh = (
            np.median(of_runs("relu_keras", f"{kind} {length} clipped", "cpu_seconds"))
            for kind in ("relu", "tanh")
        )
        assert 0.8 < relu / tanh < 1.25
    assert np.isnan(of_runs("relu_keras", "relu 100 clipped", "test_error")).sum() == 1


def test_c27_keras_cannot_clip_what_has_no_square(keras):
    weights = []
    for length in (1e10, 1e20):
        weight = keras.Variable([0.0])
        optimizer = keras.optimizers.SGD(1.0, global_clipnorm=1.0)
        optimizer.apply([keras.ops.array([length])], [weight])
        weights.append(weight.numpy()[0])
    assert weights[0] == pytest.approx(-1)
    assert np.isnan(weights[1])


def test_c27_relu_lets_the_cell_grow_without_bound(keras):
    """One unit, its gates open, the candidate half of h: half as much again a step."""

    def outputs(activation):
        layer = keras.layers.LSTM(1, activation=activation, return_sequences=True)
        layer.build((1, 260, 1))
        weights = [[0.0, 0, 1, 0]], [[0.0, 0, 0.5, 0]], [20.0, 20, 0, 20]
        layer.set_weights([np.array(w) for w in weights])
        pulse = np.zeros((1, 260, 1), np.float32)
        pulse[0, 0] = 1
        return layer(pulse).numpy()[0, :, 0]

    relu, tanh = outputs("relu"), outputs("tanh")
    assert relu[199] == pytest.approx(1.5**199, rel=1e-4)
    assert np.isfinite(relu).sum() == 219
    assert np.isnan(relu[-1])
    assert np.all(tanh <= 1)


def test_c27_relu_gives_up_the_fast_kernel(keras):
    assert "1. `activation` == `tanh`" in keras.layers.LSTM.__doc__
