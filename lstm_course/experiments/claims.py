"""The word of each measured claim, from its measurements, by the rules of a verdict.

A claim rests on comparisons. Each is put so that it says "higher" where the claim is
right. The notes' claims begin with C, those that the course puts to itself with Q. All
others are proven, by a test each: they have no numbers that vary from seed to seed.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from lstm_course.arrays.shapes import Array
from lstm_course.experiments.verdict import (
    compare,
    compare_counts,
    mean_interval,
    paired_difference,
    verdict,
)
from lstm_course.layers.parameters import count_parameters
from lstm_course.study.measurements import over_seeds, read_measurement

Words = list[str]

_SHORTEST_READ = 10  # steps of the adding problem that an RNN still solves
_LONG = 100
_SIZES = (500, 2000, 8000, 20000)
_EVERYWHERE = ("numpy 8", "numpy 64", "keras 8")  # where a step's cost was measured
# What the book printed, and how near a reproduction has to come.
_BOOK = {"loss": (0.4368, 0.02), "accuracy": (0.793, 0.015)}


def rnn_works_over_short_sequences_only() -> Words:
    """C01: it solves more over 10 steps than over 100, where an LSTM solves more."""
    near, far = (
        _succeeded("distance", f"rnn {steps}") for steps in (_SHORTEST_READ, _LONG)
    )
    return [compare_counts(near, far), *lstm_does_better_on_long_sequences()]


def lstm_does_better_on_long_sequences() -> Words:
    """C03: it solves the adding problem more often than each of the plain RNNs."""
    others = [case for case in _runs("adding") if case not in ("lstm", "gru")]
    lstm = _succeeded("adding", "lstm")
    return [
        compare_counts(lstm, _succeeded("adding", case), comparisons=len(others))
        for case in others
    ]


def lstm_models_better_with_enough_data() -> Words:
    """C17: than a plain RNN, and than a bag of embeddings, after all reviews."""
    return [_more_accurate("lstm", other, _SIZES[-1]) for other in ("rnn", "bag")]


def gru_is_smaller_faster_thriftier_and_easier() -> Words:
    """C18: parameters, time of a step, accuracy on few reviews, rates that solve."""
    fewer = count_parameters("gru", 16, 8) < count_parameters("lstm", 16, 8)
    return [
        "higher" if fewer else "lower",
        *gru_is_faster(),
        *gru_learns_from_less_data(),
        *gru_is_easier_to_tune(),
    ]


def gru_is_faster() -> Words:
    """Return whether its step costs less than the LSTM's, wherever measured."""
    return [
        mean_interval(1 - _each("cell_cost", case, "gru_to_lstm")).word
        for case in _EVERYWHERE
    ]


def gru_learns_from_less_data() -> Words:
    """Return whether it beats the LSTM on 500 and on 2,000 reviews."""
    return [_more_accurate("gru", "lstm", size) for size in _SIZES[:2]]


def gru_is_easier_to_tune() -> Words:
    """Return whether more of the learning rates solve the adding problem, by seed."""
    gru, lstm = (_rates_that_solve(cell) for cell in ("gru", "lstm"))
    return [paired_difference(gru, lstm).word]


def rnn_is_cheap_and_so_trains_fast() -> Words:
    """C19: a step costs less than either other's; and training is over the sooner."""
    cheaper = [
        mean_interval(_each("cell_cost", case, ratio_to) - 1).word
        for case in _EVERYWHERE
        for ratio_to in ("gru_to_rnn", "lstm_to_rnn")
    ]
    solved = [_succeeded("adding", cell) for cell in ("rnn", "lstm")]
    return [*cheaper, compare_counts(*solved)]


def exploding_makes_training_diverge() -> Words:
    """C21: more is lost when nothing is clipped than when the gradient is."""
    lost, *of_clipped = (
        _each("runaway", case, "lost") > 0
        for case in ("nothing", "all clipped", "recurrent clipped")
    )
    return [compare_counts(lost, clipped, comparisons=2) for clipped in of_clipped]


def lstm_improves_vanishing_and_exploding() -> Words:
    """C22: longer gradients than the RNN's, new and trained; fewer that explode."""
    reach = [
        paired_difference(
            _logarithms("adding", "lstm", key),
            _logarithms("adding", "rnn", key),
            comparisons=2,
        ).word
        for key in ("reach_before", "reach_after")
    ]
    twice = read_measurement("exploding")["recipe"]["trained_times"].index(2)
    exploded = [
        paired_difference(
            _at("exploding", "rnn", "exploded_recurrent", twice),
            _at("exploding", case, "exploded_recurrent", twice),
            comparisons=2,
        ).word
        for case in ("lstm", "lstm blocks")
    ]
    return reach + exploded


def relu_is_worse_than_tanh() -> Words:
    """C27: its error is higher, clipped and not, over short windows and long ones."""
    measurement = read_measurement("relu")
    return [
        compare(
            measurement,
            f"relu {where}",
            f"tanh {where}",
            "test_log_error",
            comparisons=4,
        ).word
        for where in ("24 clipped", "24 unclipped", "100 clipped", "100 unclipped")
    ]


def the_recipe_gives_the_books_figures() -> Words:
    """C30: each run's loss and accuracy lies near the book's, on either part."""
    runs = [
        run
        for name in ("book", "book_keras")
        for case, seeds in _runs(name).items()
        if case != "bag"
        for run in seeds.values()
    ]
    return [
        "higher"
        if all(abs(run[f"{part}_{key}"] - printed) < near for run in runs)
        else "lower"
        for part in ("test", "validation")
        for key, (printed, near) in _BOOK.items()
    ]


def dropout_narrows_the_gap() -> Words:
    """C31: as printed, and at the same training loss, for each rate tried."""
    measurement = read_measurement("dropout")
    rates = [case for case in measurement["results"] if float(case)]
    return [
        compare(measurement, "0.0", rate, gap, comparisons=len(rates)).word
        for gap in ("printed_gap", "gap_alike")
        for rate in rates
    ]


def each_part_of_the_cell_is_needed() -> Words:
    """Q01: without it the adding problem takes more updates."""
    parts = "input gate", "forget gate", "output gate", "candidate tanh", "output tanh"
    more = "coupled gates", "peepholes"
    comparisons = len(parts) + len(more)
    return [
        _of("cell_parts", f"no {part}", "full", "log_steps", comparisons=comparisons)
        for part in parts
    ]


def forget_bias_makes_memory_quicker_to_learn() -> Words:
    """Q02: from a bias of 0 the adding problem takes more updates than from others."""
    starts = [start for start in _runs("forget_bias") if start != "0"]
    comparisons = len(starts) + 2  # the lesson holds chrono against two more
    return [
        _of("forget_bias", "0", start, "log_steps", comparisons=comparisons)
        for start in starts
    ]


def carried_state_helps() -> Words:
    """Q04: with it fewer bits are left, in reading (of either network), in learning."""
    zeros, carried = "from zeros", "carried"

    def bits(trained: str, read: str) -> dict[str, float]:
        runs = _runs("carried_state")[trained]
        return {seed: run[f"test_bits, {read}"] for seed, run in runs.items()}

    pairs = [((case, zeros), (case, carried)) for case in (zeros, carried)]
    pairs.append(((zeros, carried), (carried, carried)))
    return [
        paired_difference(bits(*more), bits(*fewer), comparisons=len(pairs)).word
        for more, fewer in pairs
    ]


def random_split_flatters() -> Words:
    """Q05: each model scores more where the films that it judges are known to it."""
    features = read_measurement("films")["recipe"]["features"]
    return [
        _of(
            "films",
            f"{name}, random",
            f"{name}, films",
            "test_accuracy",
            comparisons=len(features),
        )
        for name in features
    ]


def network_is_ahead_of_words_and_pairs() -> Words:
    """Q06: on other films, by itself and with n-grams beside it."""
    return [  # the lesson makes two comparisons more
        _of("ladder", case, "words and pairs", "test_accuracy", comparisons=4)
        for case in ("word vectors", "n-grams beside")
    ]


MEASURED: dict[str, Callable[[], Words]] = {
    "C01": rnn_works_over_short_sequences_only,
    "C03": lstm_does_better_on_long_sequences,
    "C17": lstm_models_better_with_enough_data,
    "C18": gru_is_smaller_faster_thriftier_and_easier,
    "C19": rnn_is_cheap_and_so_trains_fast,
    "C21": exploding_makes_training_diverge,
    "C22": lstm_improves_vanishing_and_exploding,
    "C27": relu_is_worse_than_tanh,
    "C30": the_recipe_gives_the_books_figures,
    "C31": dropout_narrows_the_gap,
    "Q01": each_part_of_the_cell_is_needed,
    "Q02": forget_bias_makes_memory_quicker_to_learn,
    "Q04": carried_state_helps,
    "Q05": random_split_flatters,
    "Q06": network_is_ahead_of_words_and_pairs,
}


def verdict_on_claim(claim: str) -> str:
    """Return the kind of verdict on a measured claim, "C17"."""
    return verdict(MEASURED[claim](), "higher")


def _runs(name: str) -> dict[str, dict[str, dict[str, Any]]]:
    results: dict[str, dict[str, dict[str, Any]]] = read_measurement(name)["results"]
    return results


def _of(name: str, first: str, second: str, key: str, *, comparisons: int = 1) -> str:
    """Return the word of a comparison: "higher" where the first case's number is."""
    measurement = read_measurement(name)
    return compare(measurement, first, second, key, comparisons=comparisons).word


def _each(name: str, case: str, key: str) -> Array:
    return over_seeds(read_measurement(name), case, key)


def _succeeded(name: str, case: str) -> Array:
    return _each(name, case, "solved") > 0


def _more_accurate(first: str, second: str, size: int) -> str:
    """Say of two networks which is ahead after so many reviews, of all the sizes."""
    measurement = read_measurement("training_size")
    cases = f"{first} {size}", f"{second} {size}"
    return compare(measurement, *cases, "test_accuracy", comparisons=len(_SIZES)).word


def _rates_that_solve(cell: str) -> dict[str, float]:
    """Return by seed how many of the learning rates solve the adding problem."""
    cases = [runs for case, runs in _runs("tuning").items() if case.split()[0] == cell]
    return {seed: sum(runs[seed]["solved"] for runs in cases) for seed in cases[0]}


def _logarithms(name: str, case: str, key: str) -> dict[str, float]:
    """Return by seed the logarithm of the last of a list of positive numbers."""
    least = np.finfo(float).tiny  # what has shrunk to 0
    return {
        seed: float(np.log10(max(run[key][-1], least)))
        for seed, run in _runs(name)[case].items()
    }


def _at(name: str, case: str, key: str, place: int) -> dict[str, float]:
    return {seed: run[key][place] for seed, run in _runs(name)[case].items()}
