"""The exercises of lesson 07: a network to train, rules to beat, borders to find."""

from functools import partial

import numpy as np
from numpy.random import Generator

from lstm_course.arrays.shapes import Array
from lstm_course.checker.exercise import Cases, Exercise, Quiz
from lstm_course.checker.planting import Mistake
from lstm_course.data.series import cut_windows
from lstm_course.training.forecasting import fit_least_squares, roll_out
from lstm_course.training.losses import mean_squared_error
from lstm_course.training.optimizers import adam_update, optimizer_init
from lstm_course.training.regression import (
    RegressionParams,
    regression_backward,
    regression_forward,
    regression_init,
)

# forecast_ceiling ---------------------------------------------------------------


def forecast_ceiling(weights: tuple[float, ...], bias: float) -> tuple[float, float]:
    """Return the floor and the ceiling of w · h + b, for each h between -1 and 1."""
    reach = sum(abs(w) for w in weights)
    return bias - reach, bias + reach


def draw_dense(rng: Generator) -> tuple[tuple[float, ...], float]:
    """Draw three weights of a dense layer, not all of one sign, and its bias."""
    sizes = rng.choice(np.arange(2, 20), size=3, replace=False) / 10
    signs = rng.permutation([1, -1, rng.choice([1, -1])])
    return tuple(float(w) for w in sizes * signs), float(rng.integers(10, 60)) / 10


def ask_for_ceiling(weights: tuple[float, ...], bias: float) -> str:
    """Return the question."""
    return (
        "An LSTM of 3 units, with its usual tanh, hands its last h to a dense layer "
        f"with the weights {', '.join(f'{w:.1f}' for w in weights)} and the bias "
        f"{bias:.1f}. Its forecast is w · h + b.\n"
        "Which two numbers can no forecast pass, whatever comes in? Give (floor, "
        "ceiling), to one decimal."
    )


def derive_ceiling(weights: tuple[float, ...], bias: float) -> str:
    """Return why no forecast can lie farther out."""
    floor, ceiling = forecast_ceiling(weights, bias)
    sizes = " + ".join(f"{abs(w):.1f}" for w in weights)
    return (
        "Each h = o tanh(c) lies between -1 and 1. The sum is largest where each h "
        f"has the sign of its weight: {bias:.1f} + {sizes} = {ceiling:.1f}.\n"
        "It is smallest where each has the other sign: "
        f"{bias:.1f} - ({sizes}) = {floor:.1f}."
    )


FORECAST_CEILING = Quiz(
    able="find the border beyond which it is worth nothing",
    solution=forecast_ceiling,
    draw=draw_dense,
    question=ask_for_ceiling,
    derivation=derive_ceiling,
    parts={"floor": "", "ceiling": ""},
    hints=(
        "Between which two numbers does h = o tanh(c) lie? Each h may lie anywhere "
        "there, whatever the others do: where does it push the sum farthest up?",
        "",
    ),
    tolerance=0.01,
    mistakes={
        "ceiling-with-every-h-at-1": Mistake(
            right="return bias - reach, bias + reach",
            wrong="return bias - abs(sum(weights)), bias + abs(sum(weights))",
            hint="Your sum has every h at 1, or every h at -1: each may have a "
            "sign of its own. At the ceiling, h has the sign of its weight.",
        ),
        "ceiling-before-floor": Mistake(
            right="return bias - reach, bias + reach",
            wrong="return bias + reach, bias - reach",
            hint="Your two numbers are in the other order: the floor comes first.",
        ),
        "bounds-of-h": Mistake(
            right="return bias - reach, bias + reach",
            wrong="return -1.0, 1.0",
            hint="Your bounds are those of h: the dense layer multiplies each h "
            "by a weight, and adds them up.",
        ),
        "weights-left-out": Mistake(
            right="reach = sum(abs(w) for w in weights)",
            wrong="reach = len(weights)",
            hint="Your sum leaves out the weights: each h is multiplied by its own.",
        ),
        "ceiling-without-the-bias": Mistake(
            right="return bias - reach, bias + reach",
            wrong="return -reach, reach",
            hint="Your bounds leave out the bias: it is added whatever h is.",
        ),
        "ceiling-with-h-from-0": Mistake(
            right="return bias - reach, bias + reach",
            wrong="return (bias + sum(min(w, 0) for w in weights), "
            "bias + sum(max(w, 0) for w in weights))",
            hint="Your h lies between 0 and 1: so does a gate, but h = o tanh(c) "
            "goes down to -1.",
        ),
        "ceiling-without-a-sign": Mistake(
            right="return bias - reach, bias + reach",
            wrong="return -bias - reach, bias + reach",
            hint="Your floor is the ceiling with a minus sign: the bias keeps its own.",
        ),
    },
    reasoning="$h = o \\odot \\tanh(c)$ lies between $-1$ and $1$, so "
    "$w \\cdot h + b$ lies within $\\sum |w|$ of $b$. Beyond that border the "
    "network cannot even say the right answer.",
)


# repair_the_training ----------------------------------------------------------------


def train_network(
    inputs: Array, targets: Array, units: int, epochs: int
) -> RegressionParams:
    """Return the weights of an LSTM and a dense layer, trained two windows at a time.

    Args:
        inputs: (N, T, 1).
        targets: (N, 1).
        units: H.
        epochs: how many times over all windows, which come in order.
    """
    params = regression_init(np.random.default_rng(1), "lstm", 1, units)
    state = optimizer_init(params)
    for _ in range(epochs):
        for start in range(0, len(inputs), 2):
            x, y = inputs[start : start + 2], targets[start : start + 2]
            forecasts, trace = regression_forward(x, params)
            _, d_forecasts = mean_squared_error(forecasts, y)
            grads = regression_backward(d_forecasts, trace)
            params, state = adam_update(params, grads, state, learning_rate=0.01)
    return params


def training_cases() -> Cases:
    """Return few windows, for the steps to be few: most cases have two or three."""
    series = np.random.default_rng(7).normal(size=9).astype(np.float32)

    def first(count: int) -> tuple[Array, Array]:
        inputs, targets = cut_windows(series, 4)
        return np.array(inputs[:count]), np.array(targets[:count])

    return {
        "three windows and two epochs": (*first(3), 5, 2),
        "two windows and one epoch: a single step": (*first(2), 3, 1),
        "two windows and two epochs": (*first(2), 3, 2),
        "four windows and one epoch": (*first(4), 2, 1),
    }


REPAIR_THE_TRAINING = Exercise(
    able="build a network that forecasts",
    solution=train_network,
    cases=training_cases,
    given=("training-from-the-first-weights", "optimizer-begins-anew-each-epoch"),
    parts={
        "the LSTM's kernel": "D 4H",
        "the LSTM's recurrent kernel": "H 4H",
        "the LSTM's bias": "4H",
        "the dense kernel": "H K",
        "the dense bias": "K",
    },
    tolerance=1e-4,
    mistakes={
        "training-from-the-first-weights": Mistake(
            right="params, state = adam_update(params, grads, state, "
            "learning_rate=0.01)\n    return params",
            wrong="trained, state = adam_update(params, grads, state, "
            "learning_rate=0.01)\n    return trained",
            hint="Your every step begins with the first weights: hand the new "
            "ones on to the next step.",
        ),
        "handed-on-once-an-epoch": Mistake(
            right="params, state = adam_update(params, grads, state, "
            "learning_rate=0.01)\n    return params",
            wrong="trained, state = adam_update(params, grads, state, "
            "learning_rate=0.01)\n        params = trained\n    return params",
            hint="Your weights are handed on once an epoch, after its last step: "
            "within an epoch, too, each step needs those of the step before.",
        ),
        "forward-with-the-first-weights": Mistake(
            right="regression_forward(x, params)",
            wrong="regression_forward(x, "
            'regression_init(np.random.default_rng(1), "lstm", 1, units))',
            hint="Your gradients are those of the first weights, at each step: the "
            "forward pass needs the trained ones as well.",
        ),
        "training-thrown-away": Mistake(
            right="params, state = adam_update(params, grads",
            wrong="_, state = adam_update(params, grads",
            hint="Your weights are still those from before the training: keep what "
            "adam_update returns.",
        ),
        "optimizer-begins-anew": Mistake(
            right="grads, state,",
            wrong="grads, optimizer_init(params),",
            hint="Your Adam forgets at each step what it has seen: make its state "
            "once, before the loops, and hand it on.",
        ),
        "optimizer-begins-anew-each-epoch": Mistake(
            right="for start in range(0",
            wrong="state = optimizer_init(params)\n        for start in range(0",
            hint="Your Adam begins anew in each epoch: make its state once, "
            "before both loops.",
        ),
        "steps-go-uphill": Mistake(
            right="regression_backward(d_forecasts,",
            wrong="regression_backward(-d_forecasts,",
            hint="Your steps go uphill, towards a larger loss: which sign has the "
            "gradient? adam_update subtracts by itself.",
        ),
        "one-epoch-only": Mistake(
            right="range(epochs)",
            wrong="range(1)",
            hint="Your training goes over the windows once: where do the epochs "
            "come in?",
        ),
        "last-batch-dropped": Mistake(
            right="range(0, len(inputs), 2)",
            wrong="range(0, len(inputs) - 1, 2)",
            hint="Your last batch is missing where the windows are odd in number: "
            "a batch of one counts, too.",
        ),
        "all-windows-in-one-batch": Mistake(
            right="for start in range(0, len(inputs), 2):\n"
            "            x, y = inputs[start : start + 2], "
            "targets[start : start + 2]",
            wrong="for x, y in [(inputs, targets)]:",
            hint="Your batch holds all windows, so that an epoch is a single step: "
            "take two at a time.",
        ),
    },
    hints=(
        "Ask of each line in the loops: which weights does the second step work "
        "on? And what does Adam know at its beginning?",
        "Two things must go from step to step, and on into the next epoch: the "
        "weights, params, and what Adam remembers, state.",
    ),
    reasoning="What goes from step to step are the weights and what Adam "
    "remembers; all else is made anew. This loop is what `model.fit` does "
    "with `shuffle=False`. Train it on the windows of 1, 2, …, 7, ask it about 5, 6, "
    "7 with `regression_forward`, and then about 50, 60, 70.",
)


# baseline_errors ----------------------------------------------------------------


def baseline_errors(series: Array, known: int, length: int) -> tuple[float, float]:
    """Return the errors of the last value and of least squares, on later values.

    Args:
        series: (N,).
        known: how many values there are to learn from. What follows is forecast.
        length: T, of the windows.
    """
    past, later = series[:known], series[known:]
    inputs, targets = cut_windows(past, length)
    unseen, truth = cut_windows(later, length)

    def columns(x: Array) -> Array:
        return np.column_stack([x[:, :, 0], np.ones(len(x))])

    weights, *_ = np.linalg.lstsq(columns(inputs), targets, rcond=None)
    of_last = unseen[:, -1] - truth  # (B, 1) - (B, 1)
    of_rule = columns(unseen) @ weights - truth
    spread = past.std()
    last, rule = (np.sqrt(np.mean((d / spread) ** 2)) for d in (of_last, of_rule))
    return float(last), float(rule)


def baseline_cases() -> Cases:
    """Return series of which later values are no copy of the past."""
    rng = np.random.default_rng(17)
    wander = 3 + np.cumsum(rng.normal(size=40))
    even = rng.normal(size=26)
    even /= even[:14].std()
    return {
        "a series that wanders": (wander, 27, 3),
        "windows of one value": (wander, 25, 1),
        "a series that counts": (np.arange(1.0, 31.0), 20, 1),
        "known values with a spread of 1": (even, 14, 2),
        "a single window to judge": (wander[:24], 20, 3),
    }


BASELINE_ERRORS = Exercise(
    able="hold it against forecasts that need no training",
    solution=baseline_errors,
    cases=baseline_cases,
    parts={"the last value's error": "", "least squares' error": ""},
    tolerance=1e-5,
    mistakes={
        "first-value-for-last": Mistake(
            right="unseen[:, -1] - truth",
            wrong="unseen[:, 0] - truth",
            hint="Your last value is the first of each window: the newest stands "
            "at the end.",
        ),
        "no-column-of-ones": Mistake(
            right="np.column_stack([x[:, :, 0], np.ones(len(x))])",
            wrong="x[:, :, 0]",
            hint="Your least squares have no constant: the rule is a weighted sum "
            "of the window, and 1.",
        ),
        "last-known-value-for-all": Mistake(
            right="unseen[:, -1] - truth",
            wrong="past[-1] - truth",
            hint="Your last value is the last known one, for all windows: each "
            "window has a last value of its own.",
        ),
        "windows-before-the-cut": Mistake(
            right="inputs, targets = cut_windows(past, length)\n"
            "    unseen, truth = cut_windows(later, length)",
            wrong="x, y = cut_windows(series, length)\n"
            "    inputs, targets, unseen, truth = x[:known], y[:known], "
            "x[known:], y[known:]",
            hint="Your windows are made first and cut afterwards: the last of "
            "those you learn from reach beyond the known values. Cut the series "
            "first.",
        ),
        "fitted-on-the-later-values": Mistake(
            right="cut_windows(past, length)",
            wrong="cut_windows(later, length)",
            hint="Your least squares are fitted on the values they are judged by: "
            "fit on the known ones.",
        ),
        "each-part-scaled-by-itself": Mistake(
            right="past, later = series[:known], series[known:]",
            wrong="past, later = ((part - part.mean()) / part.std() "
            "for part in (series[:known], series[known:]))",
            hint="Your later values are scaled by their own mean and spread, which "
            "nobody knows yet: take those of the known values.",
        ),
        "baselines-swapped": Mistake(
            right="return float(last), float(rule)",
            wrong="return float(rule), float(last)",
            hint="Your two errors have changed places: the last value's comes first.",
        ),
        "future-in-the-fit": Mistake(
            right="cut_windows(past, length)",
            wrong="cut_windows(series, length)",
            hint="Your least squares have seen the values they are judged by: fit "
            "on the known ones alone.",
        ),
        "judged-on-the-past": Mistake(
            right="cut_windows(later, length)",
            wrong="cut_windows(past, length)",
            hint="Your errors are those on the known values, which were learned "
            "from: judge by the later ones.",
        ),
        "windows-across-the-cut": Mistake(
            right="cut_windows(later, length)",
            wrong="cut_windows(series[known - length :], length)",
            hint="Your first windows reach back across the cut. That is no "
            "cheating, but here the series is cut first and then made into "
            "windows.",
        ),
        "target-inside-the-window": Mistake(
            right="unseen, truth = cut_windows(later, length)",
            wrong="unseen, truth = cut_windows(later, length)\n"
            "    targets, truth = inputs[:, -1], unseen[:, -1]",
            hint="Your targets are off by one: they stand inside their own "
            "windows, so that nothing is forecast.",
        ),
        "spread-by-pandas": Mistake(
            right="spread = past.std()",
            wrong="spread = past.std(ddof=1)",
            hint="Your spread divides by n - 1, as .std() of pandas does: that of "
            "NumPy, which is asked for, divides by n (ddof=0).",
        ),
        "spread-of-the-whole-series": Mistake(
            right="spread = past.std()",
            wrong="spread = series.std()",
            hint="Your unit is the spread of the whole series: the future has no "
            "say in it.",
        ),
        "spread-of-the-later-values": Mistake(
            right="spread = past.std()",
            wrong="spread = later.std()",
            hint="Your unit is the spread of the values to be forecast, which "
            "nobody knows yet.",
        ),
        "error-not-in-spreads": Mistake(
            right="spread = past.std()",
            wrong="spread = 1.0",
            hint="Your errors are in units of the series: divide by the spread of "
            "the known values.",
        ),
        "spread-under-the-root": Mistake(
            right="np.sqrt(np.mean((d / spread) ** 2))",
            wrong="np.sqrt(np.mean(d**2) / spread)",
            hint="Your spread stands under the root: take the root of the mean "
            "square first, then divide.",
        ),
        "mean-square-by-spread": Mistake(
            right="np.sqrt(np.mean((d / spread) ** 2))",
            wrong="np.mean(d**2) / spread",
            hint="Your error is the mean square, without its root: take it before "
            "you divide.",
        ),
        "root-forgotten": Mistake(
            right="np.sqrt(np.mean((d / spread) ** 2))",
            wrong="np.mean((d / spread) ** 2)",
            hint="Your error is the mean square, without its root.",
        ),
        "absolute-error": Mistake(
            right="np.sqrt(np.mean((d / spread) ** 2))",
            wrong="np.mean(np.abs(d / spread))",
            hint="Your error is the mean of the absolute differences: here it is "
            "the root of the mean square.",
        ),
        "root-of-a-sum": Mistake(
            right="np.sqrt(np.mean((d / spread) ** 2))",
            wrong="np.sqrt(np.sum((d / spread) ** 2))",
            hint="Your error is the root of a sum, as np.linalg.norm takes it, and "
            "grows with the number of windows: take the mean of the squares.",
        ),
        "rule-all-against-all": Mistake(
            right="columns(unseen) @ weights - truth",
            wrong="(columns(unseen) @ weights)[:, 0] - truth",
            hint="Your least squares and the truth have shapes (B,) and (B, 1), "
            "and NumPy takes each with each, (B, B): print both shapes.",
        ),
        "all-against-all": Mistake(
            right="unseen[:, -1] - truth",
            wrong="unseen[:, -1, 0] - truth",
            hint="Your last values (B,) meet the truth (B, 1), and NumPy takes "
            "each with each, (B, B): print the shapes on both sides of the minus.",
        ),
    },
    hints=(
        "In this order: cut the series at known, make windows of each part, fit "
        "on the first, forecast the second.",
        "fit_least_squares(inputs, targets) gives a function of windows; the other "
        "forecast is unseen[:, -1]. Each error is np.sqrt(np.mean((forecast - "
        "truth) ** 2)) / series[:known].std().",
    ),
    reasoning="Whatever comes after the cut is used once, at the end. The unit "
    "comes from the known values, too. A network whose error is not below both "
    "numbers has no claim to be kept.",
)


# roll_out ------------------------------------------------------------


def fading_sum(x: Array, fading: float) -> Array:
    """Forecast a sum of a window (B, T, 1) in which older values count less."""
    ages = np.arange(x.shape[1])[::-1, np.newaxis]
    said: Array = 0.2 + np.sum(fading**ages * np.sin(x), axis=1)
    return said


def roll_out_cases() -> Cases:
    """Return a forecast that takes windows of any length, and where to start."""
    rng = np.random.default_rng(27)
    forecast = partial(fading_sum, fading=-0.7)
    return {
        "random windows": (forecast, rng.normal(size=(3, 4, 1)), 5),
        "a single step": (forecast, rng.normal(size=(3, 4, 1)), 1),
        "two steps": (forecast, rng.normal(size=(2, 4, 1)), 2),
        "windows of one value": (forecast, rng.normal(size=(2, 1, 1)), 3),
        "windows of zeros": (forecast, np.zeros((2, 3, 1)), 4),
    }


ROLL_OUT = Exercise(
    able="find the border beyond which it is worth nothing",
    solution=roll_out,
    by_hand=(roll_out,),
    cases=roll_out_cases,
    parts={"the forecast": "B T"},
    mistakes={
        "forecast-put-in-front": Mistake(
            right="[windows[:, 1:], found[-1][:, np.newaxis]]",
            wrong="[found[-1][:, np.newaxis], windows[:, 1:]]",
            hint="Your new value stands at the front of the window, as if it were "
            "the oldest: it belongs at the end.",
        ),
        "newest-value-dropped": Mistake(
            right="windows[:, 1:]",
            wrong="windows[:, :-1]",
            hint="Your window gives up its newest value and keeps its oldest: "
            "print one window before and after a step.",
        ),
        "first-forecast-fed-back": Mistake(
            right="found[-1][:, np.newaxis]",
            wrong="found[0][:, np.newaxis]",
            hint="Your window is fed the first forecast again and again: which "
            "one is new?",
        ),
        "last-value-fed-back": Mistake(
            right="found[-1][:, np.newaxis]",
            wrong="windows[:, -1:]",
            hint="Your window is fed its own last value: feed it what was just "
            "forecast.",
        ),
        "window-never-moves": Mistake(
            right="windows = np.concatenate(",
            wrong="_ = np.concatenate(",
            hint="Your window never moves, so that each forecast is the first one "
            "again.",
        ),
        "window-grows": Mistake(
            right="[windows[:, 1:],",
            wrong="[windows,",
            hint="Your window grows by a value at each step: let the oldest go.",
        ),
        "stacked-step-by-step": Mistake(
            right="np.concatenate(found, axis=1)",
            wrong="np.array(found)",
            hint="Your forecasts are stacked upon one another, (steps, B, 1): "
            "each is a column (B, 1), so join them side by side, along axis 1.",
        ),
        "stacked-with-an-axis-more": Mistake(
            right="np.concatenate(found, axis=1)",
            wrong="np.stack(found, axis=1)",
            hint="Your forecasts have an axis more, (B, steps, 1): each is a "
            "column (B, 1) already, so join them along axis 1.",
        ),
        "joined-one-below-the-other": Mistake(
            right="np.concatenate(found, axis=1)",
            wrong="np.concatenate(found)",
            hint="Your forecasts are joined one below the other, along axis 0: "
            "each is a column (B, 1), so join them side by side, along axis 1.",
        ),
        "read-off-the-window": Mistake(
            right="np.concatenate(found, axis=1)",
            wrong="windows[:, -steps:, 0]",
            hint="Your forecasts are read off the last window, which has room for "
            "T of them only: keep each one.",
        ),
    },
    hints=(
        "Follow one window by hand: it holds 1, 2, 3, the forecasts are 9, then 8. "
        "What should stand in it after one step, and after two?",
        "In a loop: new = forecast(windows), (B, 1); keep it; then windows = "
        "np.concatenate([windows[:, 1:], new[:, :, np.newaxis]], axis=1). At the "
        "end np.concatenate the (B, 1) kept, along axis 1.",
    ),
    reasoning="The window gives up its oldest value, the first along axis 1, and "
    "takes the latest forecast at its end. From step $T$ on it holds nothing but "
    "forecasts: that is why errors feed on themselves.",
)


# forecast_any_height ------------------------------------------------------------


def forecast_any_height(inputs: Array, targets: Array, asked: Array) -> Array:
    """Return forecasts (B, 1) by a rule that sees neither level nor height.

    Args:
        inputs: (N, T, 1) to learn from.
        targets: (N, 1), what followed.
        asked: (B, T, 1), the windows to forecast from.
    """

    def level_and_height(x: Array) -> tuple[Array, Array]:
        return x[:, -1:], x.std(axis=1, keepdims=True)  # (N, 1, 1) each

    level, height = level_and_height(inputs)
    scaled_targets = (targets - level[:, 0]) / height[:, 0]
    rule = fit_least_squares((inputs - level) / height, scaled_targets)

    level, height = level_and_height(asked)
    said: Array = level[:, 0] + height[:, 0] * rule((asked - level) / height)
    return said


def height_cases() -> Cases:
    """Return windows to learn from and to ask, some of which all look alike in part."""
    rng = np.random.default_rng(37)
    x, y = rng.normal(size=(24, 5, 1)), rng.normal(size=(24, 1))
    height = rng.uniform(0.5, 4, size=(24, 1, 1))
    level = 3 * rng.normal(size=(24, 1, 1))

    def ask(level: Array, height: Array) -> tuple[Array, Array, Array]:
        inputs, targets = level + height * x, level[:, 0] + height[:, 0] * y
        return inputs[:20], targets[:20], inputs[20:]

    spread = x.std(axis=1, keepdims=True)
    raised = ask(0 * level, 1 + 0 * height)
    return {
        "windows of all levels and heights": ask(level, height),
        "a height of 1 everywhere": ask(level, 1 / spread),
        "windows that all end at 0": ask(-height * x[:, -1:], height),
        "the windows asked raised by 5": (*raised[:2], raised[2] + 5),
        "the windows asked twice as high": (*raised[:2], raised[2] * 2),
    }


FORECAST_ANY_HEIGHT = Exercise(
    able="find the border beyond which it is worth nothing",
    solution=forecast_any_height,
    cases=height_cases,
    parts={"the forecast": "B K"},
    tolerance=1e-5,
    mistakes={
        "level-not-given-back": Mistake(
            right="= level[:, 0] + height",
            wrong="= height",
            hint="Your forecast is the change alone: add the level of the window "
            "that was asked.",
        ),
        "height-not-given-back": Mistake(
            right="height[:, 0] * rule(",
            wrong="rule(",
            hint="Your forecast comes in units of the height: multiply by the "
            "height of the window that was asked.",
        ),
        "level-given-back-first": Mistake(
            right="level[:, 0] + height[:, 0] * rule((asked - level) / height)",
            wrong="height[:, 0] * (level[:, 0] + rule((asked - level) / height))",
            hint="Your way back is in the wrong order: what was subtracted first "
            "is added last.",
        ),
        "targets-with-their-level": Mistake(
            right="(targets - level[:, 0]) / height[:, 0]",
            wrong="targets / height[:, 0]",
            hint="Your targets still have their level: subtract that of their window.",
        ),
        "targets-with-their-height": Mistake(
            right="(targets - level[:, 0]) / height[:, 0]",
            wrong="targets - level[:, 0]",
            hint="Your targets still have their height: divide by that of their "
            "window.",
        ),
        "level-flat-each-with-each": Mistake(
            right="(targets - level[:, 0]) / height[:, 0]",
            wrong="(targets - level[:, 0, 0]) / height[:, 0, 0]",
            hint="Your targets (N, 1) meet a level or a height (N,), and NumPy "
            "takes each with each, (N, N): print the shapes on both sides.",
        ),
        "asked-as-they-came": Mistake(
            right="rule((asked - level) / height)",
            wrong="rule(asked)",
            hint="Your rule is asked about windows as they came: it has learned "
            "from windows without level and height.",
        ),
        "rule-used-as-it-is": Mistake(
            right="said: Array = level[:, 0] + height[:, 0] * rule("
            "(asked - level) / height)",
            wrong="said = rule(asked)",
            hint="Your rule has learned well, but it knows windows without level "
            "and height only: take both from those that are asked, and put both "
            "back.",
        ),
        "targets-as-they-came": Mistake(
            right="(targets - level[:, 0]) / height[:, 0]",
            wrong="targets",
            hint="Your targets are as they came: do to each what was done to its "
            "window.",
        ),
        "windows-alone": Mistake(
            right="said: Array = level[:, 0] + height[:, 0] * rule("
            "(asked - level) / height)",
            wrong="rule = fit_least_squares((inputs - inputs[:, -1:]) / "
            "inputs.std(axis=1, keepdims=True), targets)\n"
            "    said = rule((asked - level) / height)",
            hint="Your level and height are taken from the windows alone: do the "
            "same to the targets, and take both steps back at the end.",
        ),
        "height-plays-no-part": Mistake(
            right="x.std(axis=1, keepdims=True)",
            wrong="inputs.std(keepdims=True)",
            hint="Your forecast is as if there were no heights: one number for all "
            "cancels out. Each window has its own, and so has each that is asked.",
        ),
        "one-height-for-all": Mistake(
            right="x.std(axis=1, keepdims=True)",
            wrong="x.std(keepdims=True)",
            hint="Your height is one number for all windows: each has its own, "
            "along axis 1.",
        ),
    },
    hints=(
        "Each window gets a level, its last value, and a height, its standard "
        "deviation. What is done to a window is done to its target, with the same "
        "two numbers: as (N, 1, 1) to windows, as (N, 1) to targets.",
        "rule = fit_least_squares((inputs - level) / height, (targets - level) / "
        "height); then level and height anew, of asked, and level + height * "
        "rule((asked - level) / height), with level[:, 0] and height[:, 0] "
        "wherever they meet (N, 1).",
    ),
    reasoning="What the rule sees is the same at every level and every height, so "
    "both borders are gone, by construction. (With the mean of a window as its "
    "level, least squares come to the same forecasts.) The price is paid as "
    "before: the rule no longer knows how high the waves were.",
)


EXERCISES: dict[str, Exercise] = {
    "forecast_ceiling": FORECAST_CEILING,
    "repair_the_training": REPAIR_THE_TRAINING,
    "baseline_errors": BASELINE_ERRORS,
    "roll_out": ROLL_OUT,
    "forecast_any_height": FORECAST_ANY_HEIGHT,
}
