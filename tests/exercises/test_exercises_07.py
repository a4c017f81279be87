"""Other right answers to the exercises of lesson 07, and wrong ones that are named."""

from functools import partial

import numpy as np
import pytest
from variants import assert_all_pass, assert_named, assert_told

from lstm_course.arrays.trees import tree_map
from lstm_course.data.series import cut_windows as cut
from lstm_course.exercises.contents import find_exercise
from lstm_course.layers.dense import dense_backward, dense_forward
from lstm_course.layers.lstm import LSTMState, lstm_backward, lstm_forward
from lstm_course.training.forecasting import (
    fit_changes,
    fit_least_squares,
    last_value,
    rms_error,
)
from lstm_course.training.losses import mean_squared_error
from lstm_course.training.optimizers import adam_update, optimizer_init
from lstm_course.training.regression import (
    regression_backward,
    regression_forward,
    regression_init,
    train_regression,
)

pytestmark = pytest.mark.usefixtures("in_this_process")

# repair_the_training


def build(units, dtype=np.float32):
    return regression_init(np.random.default_rng(1), "lstm", 1, units, dtype=dtype)


def step(params, state, x, y):
    forecasts, trace = regression_forward(x, params)
    _, d_forecasts = mean_squared_error(forecasts, y)
    grads = regression_backward(d_forecasts, trace)
    return adam_update(params, grads, state, learning_rate=0.01)


def train_by_the_package(inputs, targets, units, epochs):
    """The course's own loop, handed one batch after the other."""
    pairs = [slice(n, n + 2) for n in range(0, len(inputs), 2)] * epochs
    batches = iter([(inputs[pair], targets[pair]) for pair in pairs])
    for done in train_regression(build(units), lambda: next(batches), steps=len(pairs)):
        params = done.params
    return params


def train_by_counting(inputs, targets, units, epochs):
    """A while loop; the gradient of the loss by hand; nested lists."""
    params = build(units)
    state, n = optimizer_init(params), 0
    while n < epochs * len(inputs):
        place = n % len(inputs)
        x, y = inputs[place:][:2], targets[place:][:2]
        forecasts, trace = regression_forward(x, params)
        grads = regression_backward((forecasts - y) * 2 / len(x), trace)
        params, state = adam_update(params, grads, state, learning_rate=0.01)
        n += len(x)
    return [[array.tolist() for array in layer] for layer in params]


def train_with_an_adam_of_ones_own(inputs, targets, units, epochs):
    """Layer by layer, in double precision, by the formulas of Adam's paper."""
    params = build(units, np.float64)
    mean = square = tree_map(np.zeros_like, params)
    t = 0
    for _ in range(epochs):
        for n in range((len(inputs) + 1) // 2):
            x = inputs[2 * n : 2 * n + 2].astype(float)
            y = targets[2 * n : 2 * n + 2].astype(float)
            _, last, trace = lstm_forward(x, params.recurrent)
            forecast, head_trace = dense_forward(last.h, params.head)
            d_h, d_head = dense_backward(2 * (forecast - y) / len(y), head_trace)
            end = LSTMState(d_h, np.zeros_like(d_h))
            _, d_lstm, _ = lstm_backward(None, trace, d_final_state=end)
            g = type(params)(d_lstm, d_head)
            t += 1
            mean = tree_map(lambda m, g: 0.9 * m + 0.1 * g, mean, g)
            square = tree_map(lambda s, g: 0.999 * s + 0.001 * g**2, square, g)
            rate = 0.01 * np.sqrt(1 - 0.999**t) / (1 - 0.9**t)
            move = tree_map(lambda m, s: m / (np.sqrt(s) + 1e-7), mean, square)
            params = tree_map(lambda w, m, rate=rate: w - rate * m, params, move)
    return params


def test_repair_the_training():
    variants = [
        train_by_the_package,
        train_by_counting,
        train_with_an_adam_of_ones_own,
    ]
    assert_all_pass("repair_the_training", variants)


def test_trainings_that_are_none():
    def forgets_the_weights(inputs, targets, units, epochs):
        params = build(units)
        state = optimizer_init(params)
        for _ in range(epochs):
            for n in range(0, len(inputs), 2):
                trained, state = step(
                    params, state, inputs[n : n + 2], targets[n : n + 2]
                )
        return trained

    def returns_too_early(inputs, targets, units, epochs):
        params = build(units)
        state = optimizer_init(params)
        for epoch in range(epochs):
            for n in range(0, len(inputs), 2):
                params, state = step(
                    params, state, inputs[n : n + 2], targets[n : n + 2]
                )
            if epoch == 0:  # the return stands too far to the right
                break
        return params

    def adam_forgets_and_one_epoch(inputs, targets, units, epochs):
        params = build(units)
        for n in range(0, len(inputs), 2):
            state = optimizer_init(params)
            params, state = step(params, state, inputs[n : n + 2], targets[n : n + 2])
        return params

    def builds_for_the_steps(inputs, targets, units, epochs):
        rng = np.random.default_rng(1)
        params = regression_init(rng, "lstm", inputs.shape[1], units)
        return step(params, optimizer_init(params), inputs, targets)[0]

    def shuffles(inputs, targets, units, epochs):
        rows = np.random.default_rng(2).permutation(len(inputs))
        return train_by_the_package(inputs[rows], targets[rows], units, epochs)

    def hands_on_once_an_epoch(inputs, targets, units, epochs):
        params = build(units)
        state = optimizer_init(params)
        for _ in range(epochs):
            for n in range(0, len(inputs), 2):
                new, state = step(params, state, inputs[n : n + 2], targets[n : n + 2])
            params = new
        return new

    def renamed_but_for_the_forward_pass(inputs, targets, units, epochs):
        params = trained = build(units)
        state = optimizer_init(params)
        for _ in range(epochs):
            for n in range(0, len(inputs), 2):
                x, y = inputs[n : n + 2], targets[n : n + 2]
                forecasts, trace = regression_forward(x, params)
                _, d_forecasts = mean_squared_error(forecasts, y)
                grads = regression_backward(d_forecasts, trace)
                trained, state = adam_update(trained, grads, state, learning_rate=0.01)
        return trained

    name = "repair_the_training"
    assert_named(
        name, renamed_but_for_the_forward_pass, "forward-with-the-first-weights"
    )
    assert_named(name, hands_on_once_an_epoch, "handed-on-once-an-epoch")
    assert_named(name, forgets_the_weights, "training-from-the-first-weights")
    assert_named(name, returns_too_early, "one-epoch-only")
    assert_named(
        name, adam_forgets_and_one_epoch, "optimizer-begins-anew", "one-epoch-only"
    )
    assert_told(name, builds_for_the_steps, "raises ValueError", "expected (B, T, D)")
    assert_told(name, shuffles, "three windows", "departs", "a single step")


# baseline_errors


def baselines_by_the_package(series, known, length):
    past, later = cut(series[:known], length), cut(series[known:], length)
    forecasts = last_value, fit_least_squares(*past)
    spread = series[:known].std()
    return [rms_error(forecast(later[0]), later[1]) / spread for forecast in forecasts]


def baselines_in_plain_loops(series, known, length):
    """No windows at all: sums, and the normal equations."""
    series = [float(value) for value in series]
    past, later = series[:known], series[known:]
    mean = sum(past) / known
    variance = sum((value - mean) ** 2 for value in past) / known
    rows, following = [], []
    for start in range(known - length):
        rows.append([1.0, *past[start : start + length]])
        following.append(past[start + length])
    X = np.array(rows)
    weights = np.linalg.solve(X.T @ X, X.T @ np.array(following))
    squares = [0.0, 0.0]
    count = len(later) - length
    for start in range(count):
        window, value = later[start : start + length], later[start + length]
        said = weights[0] + sum(w * x for w, x in zip(weights[1:], window, strict=True))
        squares[0] += (window[-1] - value) ** 2
        squares[1] += (said - value) ** 2
    return tuple((square / count / variance) ** 0.5 for square in squares)


def baselines_scaled_first(series, known, length):
    """The series is scaled as in the lesson; one array for both numbers."""
    scaled = (series - series[:known].mean()) / series[:known].std()
    x, y = cut(scaled[:known], length)
    rule = fit_least_squares(x, y)
    unseen, truth = cut(scaled[known:], length)
    last = np.sqrt(np.mean(np.square(unseen[:, -1, 0] - truth[:, 0])))
    norm = np.linalg.norm(rule(unseen) - truth)
    return np.array([last, norm / np.sqrt(len(truth))])


def test_baseline_errors():
    variants = [
        baselines_by_the_package,
        baselines_in_plain_loops,
        baselines_scaled_first,
    ]
    assert_all_pass("baseline_errors", variants)


def test_baselines_that_know_the_future():
    def scaled_by_all(series, known, length):
        scaled = (series - series.mean()) / series.std()
        past, later = cut(scaled[:known], length), cut(scaled[known:], length)
        rule = fit_least_squares(*past)
        return rms_error(later[0][:, -1], later[1]), rms_error(rule(later[0]), later[1])

    def split_after_the_windows(series, known, length):
        x, y = cut(series, length)
        rule = fit_least_squares(x[: known - length], y[: known - length])
        unseen, truth = x[known - length :], y[known - length :]
        spread = series[:known].std()
        return (
            rms_error(unseen[:, -1], truth) / spread,
            rms_error(rule(unseen), truth) / spread,
        )

    def truth_is_flat(series, known, length):
        x, y = cut(series[:known], length)
        rule = fit_least_squares(x, y)
        unseen, truth = cut(series[known:], length)
        spread = series[:known].std()
        last = unseen[:, -1, 0] - truth
        return np.sqrt(np.mean(last**2)) / spread, rms_error(
            rule(unseen), truth
        ) / spread

    def no_constant_and_no_root(series, known, length):
        x, y = cut(series[:known], length)
        weights, *_ = np.linalg.lstsq(x[:, :, 0], y, rcond=None)
        unseen, truth = cut(series[known:], length)
        spread = series[:known].std()
        errors = unseen[:, -1] - truth, unseen[:, :, 0] @ weights - truth
        return [np.mean((error / spread) ** 2) for error in errors]

    def shuffled(series, known, length):
        series = np.random.default_rng(0).permutation(series)
        return baselines_by_the_package(series, known, length)

    def cut_after_the_windows(series, known, length):
        x, y = cut(series, length)
        rule = fit_least_squares(x[:known], y[:known])
        unseen, truth = x[known:], y[known:]
        spread = series[:known].std()
        return (
            rms_error(unseen[:, -1], truth) / spread,
            rms_error(rule(unseen), truth) / spread,
        )

    def each_scaled(series, known, length):
        past, later = (
            cut((part - part.mean()) / part.std(), length)
            for part in (series[:known], series[known:])
        )
        rule = fit_least_squares(*past)
        return rms_error(later[0][:, -1], later[1]), rms_error(rule(later[0]), later[1])

    def swapped(series, known, length):
        return baselines_by_the_package(series, known, length)[::-1]

    name = "baseline_errors"
    assert_named(name, cut_after_the_windows, "windows-before-the-cut")
    assert_named(name, each_scaled, "each-part-scaled-by-itself")
    assert_named(name, swapped, "baselines-swapped")
    assert_named(name, scaled_by_all, "spread-of-the-whole-series")
    assert_named(name, split_after_the_windows, "windows-across-the-cut")
    assert_named(name, truth_is_flat, "all-against-all")
    assert_named(name, no_constant_and_no_root, "no-column-of-ones", "root-forgotten")
    assert_told(name, shuffled, "With a series that wanders: the last value's error")


# roll_out


def roll_out_on_a_growing_series(forecast, windows, steps):
    """Everything is kept, and the forecast is given the end of it."""
    length = windows.shape[1]
    for _ in range(steps):
        new = forecast(windows[:, -length:])
        windows = np.append(windows, new[:, :, None], axis=1)
    return windows[:, length:, 0]


def roll_out_by_np_roll(forecast, windows, steps):
    windows = windows.copy()
    found = np.empty((len(windows), steps))
    for step in range(steps):
        found[:, step] = forecast(windows)[:, 0]
        windows = np.roll(windows, -1, axis=1)
        windows[:, -1, 0] = found[:, step]
    return found


def roll_out_one_sequence_at_a_time(forecast, windows, steps):
    rows = []
    for window in windows:
        values = window[:, 0].astype(np.float32).tolist()
        for _ in range(steps):
            start = np.array(values[-len(window) :], np.float32)
            values.append(float(forecast(start.reshape(1, -1, 1))[0, 0]))
        rows.append(values[len(window) :])
    return rows


def test_roll_outs():
    variants = [
        roll_out_on_a_growing_series,
        roll_out_by_np_roll,
        roll_out_one_sequence_at_a_time,
    ]
    assert_all_pass("roll_out", variants)


def roll_out_with(move):
    """The code of the lesson, with another line for the new window."""

    def answer(forecast, windows, steps):
        found = [forecast(windows)]
        for _ in range(steps - 1):
            windows = move(windows, [new[:, np.newaxis] for new in found])
            found.append(forecast(windows))
        return np.concatenate(found, axis=1)

    return answer


@pytest.mark.parametrize(
    ("move", "mistakes"),
    [
        (lambda w, found: np.hstack([w[:, 1:], found[0]]), ["first-forecast-fed-back"]),
        (lambda w, found: np.hstack([w[:, :-1], found[-1]]), ["newest-value-dropped"]),
        (lambda w, found: np.hstack([w, found[-1]]), ["window-grows"]),
        (
            lambda w, found: np.hstack([found[-1], w[:, :-1]]),
            ["forecast-put-in-front", "newest-value-dropped"],
        ),
        (lambda w, _: np.hstack([w[:, 1:], w[:, -1:]]), ["last-value-fed-back"]),
    ],
)
def test_windows_that_move_the_wrong_way(move, mistakes):
    assert_named("roll_out", roll_out_with(move), *mistakes)


def test_a_roll_out_that_is_wrong_in_a_new_way():
    def answer(forecast, windows, steps):
        mean = windows.mean(axis=1, keepdims=True)
        return roll_out_with(lambda w, _: np.hstack([w[:, 1:], mean]))(
            forecast, windows, steps
        )

    assert_told("roll_out", answer, "step 1", "right with a single step")


def test_forecasts_read_off_the_last_window():
    def answer(forecast, windows, steps):
        for _ in range(steps):
            new = forecast(windows)[:, np.newaxis]
            windows = np.concatenate([windows[:, 1:], new], axis=1)
        return windows[:, -steps:, 0]

    assert_named("roll_out", answer, "read-off-the-window")


@pytest.mark.parametrize(
    ("join", "mistake"),
    [
        (np.array, "stacked-step-by-step"),
        (partial(np.stack, axis=1), "stacked-with-an-axis-more"),
        (np.vstack, "joined-one-below-the-other"),
    ],
)
def test_forecasts_joined_the_wrong_way(join, mistake):
    def answer(forecast, windows, steps):
        found = []
        for _ in range(steps):
            found.append(forecast(windows))
            windows = np.hstack([windows[:, 1:], found[-1][:, np.newaxis]])
        return join(found)

    assert_named("roll_out", answer, mistake)


# forecast_any_height


def height_with_the_mean_as_level(inputs, targets, asked):
    def apart(x):
        return x.mean(1, keepdims=True), x.std(1, keepdims=True)

    level, height = apart(inputs)
    rule = fit_least_squares(
        (inputs - level) / height, (targets - level[:, 0]) / height[:, 0]
    )
    level, height = apart(asked)
    return level[:, 0] + height[:, 0] * rule((asked - level) / height)


def height_window_by_window(inputs, targets, asked):
    rows = [
        [(value - window[-1, 0]) / np.std(window) for value in window[:, 0]]
        for window in inputs
    ]
    right = [
        (target[0] - window[-1, 0]) / np.std(window)
        for window, target in zip(inputs, targets, strict=True)
    ]
    rule = fit_least_squares(np.array(rows)[:, :, None], np.array(right)[:, None])
    answers = []
    for window in asked:
        said = rule(((window - window[-1]) / np.std(window))[None])[0, 0]
        answers.append([said * np.std(window) + window[-1, 0]])
    return answers


def height_by_changes(inputs, targets, asked):
    """Heights first; then the lesson's own cure for the levels."""

    def height(x):
        return x.std(axis=1)

    rule = fit_changes(
        fit_least_squares, inputs / height(inputs)[:, None], targets / height(inputs)
    )
    return rule(asked / height(asked)[:, None]) * height(asked)


def test_forecast_any_height():
    variants = [
        height_with_the_mean_as_level,
        height_window_by_window,
        height_by_changes,
    ]
    assert_all_pass("forecast_any_height", variants)


def test_heights_that_are_lost():
    def changes_only(inputs, targets, asked):
        return fit_changes(fit_least_squares, inputs, targets)(asked)

    def one_height_and_no_way_back(inputs, targets, asked):
        level, height = inputs[:, -1:], inputs.std()
        rule = fit_least_squares(
            (inputs - level) / height, (targets - level[:, 0]) / height
        )
        return rule((asked - asked[:, -1:]) / asked.std()) * asked.std()

    def no_way_back(inputs, targets, asked):
        level, height = inputs[:, -1], inputs.std(axis=1)
        rule = fit_least_squares(
            (inputs - level[:, None]) / height[:, None], (targets - level) / height
        )
        level, height = asked[:, -1:], asked.std(axis=1, keepdims=True)
        return rule((asked - level) / height)

    def from_top_to_bottom(inputs, targets, asked):
        height, new = np.ptp(inputs, axis=1), np.ptp(asked, axis=1)
        rule = fit_changes(
            fit_least_squares, inputs / height[:, None], targets / height
        )
        return rule(asked / new[:, None]) * new

    def like_a_scaler(inputs, targets, asked):
        """Fitted on what there is to learn from, then used on what is asked."""
        height = inputs.std()
        rule = fit_changes(fit_least_squares, inputs / height, targets / height)
        return rule(asked / height) * height

    def windows_alone(inputs, targets, asked, *, back):
        def apart(x):
            return x[:, -1:], x.std(axis=1, keepdims=True)

        level, height = apart(inputs)
        rule = fit_least_squares((inputs - level) / height, targets)
        level, height = apart(asked)
        said = rule((asked - level) / height)
        return said * height[:, 0] + level[:, 0] if back else said

    def half_finished(inputs, targets, asked):
        level, height = inputs[:, -1:], inputs.std(axis=1, keepdims=True)
        scaled = (targets - level[:, 0]) / height[:, 0]
        return fit_least_squares((inputs - level) / height, scaled)(asked)

    name = "forecast_any_height"
    assert_named(name, half_finished, "rule-used-as-it-is")
    assert_named(name, like_a_scaler, "height-plays-no-part")
    assert_named(name, partial(windows_alone, back=False), "windows-alone")
    assert_named(name, partial(windows_alone, back=True), "targets-as-they-came")
    assert_named(name, no_way_back, "level-not-given-back", "height-not-given-back")
    assert_named(name, changes_only, "height-plays-no-part")
    assert_told(name, from_top_to_bottom, "With windows of all levels and heights")
    assert_named(
        name, one_height_and_no_way_back, "one-height-for-all", "level-not-given-back"
    )


# forecast_ceiling


def test_the_ceiling_is_reached_and_not_passed():
    exercise = find_exercise("forecast_ceiling")
    rng = np.random.default_rng(3)
    for _ in range(20):
        weights, bias = exercise.draw(rng)
        floor, ceiling = exercise.solution(weights, bias)
        h = rng.choice([-1, 1], size=(500, 3)) * rng.choice([1, 0.5], size=(500, 3))
        said = h @ np.array(weights) + bias
        assert np.isclose(said.max(), ceiling)
        assert np.isclose(said.min(), floor)
