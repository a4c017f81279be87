"""The verdicts of lesson 10, on the figures that decide them."""

from unittest import mock

import numpy as np
import pytest

from lstm_course import build_sentiment_model
from lstm_course.arrays.trees import tree_leaves
from lstm_course.experiments.verdict import NOT_SETTLED, compare
from lstm_course.study.generalization_gap import loss_gap_at
from lstm_course.study.measurements import read_measurement
from lstm_course.system.keras_import import import_keras

pytestmark = pytest.mark.slow

ONE_ERROR = 0.008  # the standard error of an accuracy near 0.8 on 2,500 reviews
BOOK = {"loss": 0.4368, "accuracy": 0.7934}  # as printed, of the validation part
NEAR = {"loss": 0.02, "accuracy": 0.015}  # wished for before the runs
RERUNS = 0.4226, 0.4368  # the losses of the book's reruns


def of_all_seeds(name, case, key):
    """Return a number of each run of a case, in the order of the seeds."""
    runs = read_measurement(name)["results"][case].values()
    return np.array([run[key] for run in runs])


def lead_of_the_lstm(other, labels):
    return compare(
        read_measurement("training_size"),
        f"lstm {labels}",
        f"{other} {labels}",
        "test_accuracy",
        comparisons=4,  # sizes
    )


@pytest.mark.parametrize(
    ("labels", "word"),
    [(500, NOT_SETTLED), (2000, "higher"), (8000, NOT_SETTLED), (20000, "higher")],
)
def test_c17_where_the_lstm_is_better_than_a_plain_rnn(labels, word):
    assert lead_of_the_lstm("rnn", labels).word == word


@pytest.mark.parametrize(
    ("labels", "word"),
    [(500, NOT_SETTLED), (2000, "lower"), (8000, NOT_SETTLED), (20000, NOT_SETTLED)],
)
def test_c17_no_size_settles_that_it_beats_a_bag(labels, word):
    assert lead_of_the_lstm("bag", labels).word == word


def test_c17_with_8000_it_is_ahead_in_each_pair_by_little_or_by_very_much():
    lstm, rnn = (
        of_all_seeds("training_size", f"{cell} 8000", "test_accuracy")
        for cell in ("lstm", "rnn")
    )
    leads = np.sort(lstm - rnn)
    assert 0 < leads[0] < leads[6] < 0.05
    assert 0.2 < leads[7] < leads[9] < 0.25
    assert sorted(rnn)[2] < 0.56 < 0.73 < sorted(rnn)[3]  # which hardly learned


def test_c17_more_data_does_not_widen_the_lead():
    means = [
        lead_of_the_lstm("rnn", labels).difference.mean
        for labels in (2000, 8000, 20000)
    ]
    assert np.round(means, 2).tolist() == [0.16, 0.09, 0.03]


def test_c17_each_network_was_tuned_at_each_size_inside_the_grid():
    measured = read_measurement("training_size")
    grid = measured["recipe"]["tuning"]["grid"]
    for case, runs in measured["results"].items():
        assert len(runs) == 10
        (rate,) = {run["learning_rate"] for run in runs.values()}
        assert grid[0] < rate < grid[-1], case


def by_seed(name, case, key):
    runs = read_measurement(name)["results"][case]
    return {seed: run[key] for seed, run in runs.items()}


def of_seven_runs(key):
    return np.concatenate(
        [
            of_all_seeds(name, case, key)
            for name, case in (("book", "numpy"), ("book_keras", "keras"))
        ]
    )


def test_c30_the_recipe_gives_the_books_figures_on_the_test_part():
    params = build_sentiment_model(engine="numpy").params
    assert sum(array.size for _, array in tree_leaves(params)) == 8809
    assert len(of_seven_runs("test_loss")) == 7
    for key, printed in BOOK.items():
        away = np.abs(of_seven_runs(f"test_{key}") - printed)
        assert away.max() < NEAR[key]


def test_c30_on_the_validation_part_it_is_farther_off_on_the_better_side():
    losses = of_seven_runs("validation_loss")
    assert losses.max() < RERUNS[0]
    assert np.abs(losses - BOOK["loss"]).max() > NEAR["loss"]
    accuracies = of_seven_runs("validation_accuracy")
    assert accuracies.min() > BOOK["accuracy"]
    assert np.abs(accuracies - BOOK["accuracy"]).max() > NEAR["accuracy"]


def test_c30_one_seed_ends_alike_on_both_engines():
    engines = [
        by_seed(name, case, "validation_loss")["42"]
        for name, case in (("book", "numpy"), ("book_keras", "keras"))
    ]
    assert abs(engines[0] - engines[1]) < 0.005


def test_c30_a_bag_of_embeddings_cannot_be_told_from_it_and_costs_a_fraction():
    leads = {
        part: compare(read_measurement("book"), "numpy", "bag", f"{part}_accuracy")
        for part in ("validation", "test")
    }
    assert leads["validation"].over_seeds.word == "higher"
    assert leads["test"].word == NOT_SETTLED
    assert max(abs(bound) for bound in leads["test"].difference) < 0.011
    cost = [of_all_seeds("book", c, "cpu_seconds").mean() for c in ("numpy", "bag")]
    assert cost[0] > 3 * cost[1]


@pytest.mark.parametrize(
    ("words", "other", "word"),
    [
        (500, "shuffled", NOT_SETTLED),
        (500, "bag", NOT_SETTLED),
        (10000, "shuffled", NOT_SETTLED),
        (10000, "bag", "lower"),
    ],
)
def test_c30_nothing_settles_that_it_uses_the_order_or_is_ahead_of_a_bag(
    words, other, word
):
    found = compare(
        read_measurement("shuffled"),
        f"{words} words, in order",
        f"{words} words, {other}",
        "test_accuracy",
        comparisons=4,
    )
    assert found.word == word
    if other == "shuffled":
        assert found.difference.high < {500: 0.025, 10000: 0.02}[words]


def less_with_dropout(rate, key):
    """How much lower a number is with dropout; two rates are compared."""
    return compare(read_measurement("dropout"), "0.0", rate, key, comparisons=2)


@pytest.mark.parametrize("rate", ["0.3", "0.5"])
def test_c31_the_printed_gap_is_narrower_with_either_rate(rate):
    assert less_with_dropout(rate, "printed_gap").word == "higher"


@pytest.mark.parametrize(("rate", "word"), [("0.3", NOT_SETTLED), ("0.5", "higher")])
def test_c31_at_the_same_training_loss_it_is_settled_with_half_hidden(rate, word):
    found = less_with_dropout(rate, "gap_alike")
    assert found.word == word
    printed = less_with_dropout(rate, "printed_gap").over_seeds
    assert found.over_seeds.high < printed.low / 2  # most of it is gone


@pytest.mark.parametrize("rate", ["0.3", "0.5"])
def test_c31_whether_it_lowers_the_lowest_validation_loss_is_not_settled(rate):
    assert less_with_dropout(rate, "lowest_val_loss").word == NOT_SETTLED


def test_c31_the_gaps_are_those_of_the_curves():
    for runs in read_measurement("dropout")["results"].values():
        for run in runs.values():
            alike = loss_gap_at(0.39, run["train_loss"], run["val_loss"])
            assert run["gap_alike"] == pytest.approx(alike, abs=2e-5)
            printed = run["val_loss"][-1] - run["running_loss"][-1]
            assert run["printed_gap"] == pytest.approx(printed, abs=2e-6)


@pytest.fixture
def calls_of_the_kernel():
    """Pretend that there is a GPU, and note what its kernel is called with."""
    import_keras()
    import tensorflow as tf

    called = []

    def kernel(*, input, input_h, params, rnn_mode, **others):
        called.append(rnn_mode)
        h = input_h + 0 * tf.reduce_sum(params) + 0 * tf.reduce_sum(input)
        steps = tf.zeros([*tf.unstack(tf.shape(input)[:2]), 1])
        return steps + h, h, h, None, None

    backend = "keras.src.backend.tensorflow.rnn"
    with (
        mock.patch(f"{backend}._is_gpu_available", return_value=True),
        mock.patch.object(tf.raw_ops, "CudnnRNNV3", side_effect=kernel),
    ):
        yield called


def reader(cell, **options):
    layers = import_keras().layers
    model = import_keras().Sequential(
        [
            import_keras().Input((4,)),
            layers.Embedding(9, 3, mask_zero=True),
            getattr(layers, cell)(8, **options),
            layers.Dense(1),
        ]
    )
    model.compile("adam", "mse")
    return model


@pytest.mark.parametrize(
    ("cell", "options", "fast"),
    [
        ("LSTM", {}, True),
        ("LSTM", {"dropout": 0.3}, True),
        ("LSTM", {"recurrent_dropout": 0.3}, False),
        ("LSTM", {"activation": "relu"}, False),
        ("LSTM", {"recurrent_activation": "hard_sigmoid"}, False),
        ("LSTM", {"use_bias": False}, False),
        ("LSTM", {"unroll": True}, False),
        ("LSTM", {"use_cudnn": False}, False),
        ("GRU", {}, True),
        ("GRU", {"recurrent_dropout": 0.3}, False),
        ("GRU", {"reset_after": False}, False),
    ],
    ids=str,
)
def test_c32_what_gives_up_the_fast_kernel_goes_step_by_step(
    cell, options, fast, calls_of_the_kernel
):
    model = reader(cell, **options)
    ids = np.array([[4, 5, 0, 0]])
    model.fit(ids, np.zeros(1), verbose=0)
    assert bool(calls_of_the_kernel) == fast
    assert set(calls_of_the_kernel) <= {cell.lower()}
    assert model.predict(ids, verbose=0).shape == (1, 1)


@pytest.mark.parametrize("cell", ["LSTM", "GRU"])
def test_c32_on_a_gpu_a_mask_wants_padding_after_and_no_empty_row(
    cell, calls_of_the_kernel
):
    import tensorflow as tf

    model = reader(cell)
    before, after = np.array([[0, 0, 4, 5]]), np.array([[4, 5, 0, 0]])
    empty = np.array([[0, 0, 0, 0]])
    model.predict(after, verbose=0)
    assert calls_of_the_kernel
    for use in (model.predict, lambda ids, **how: model.fit(ids, np.zeros(1), **how)):
        for ids in (before, empty):
            with pytest.raises(tf.errors.InvalidArgumentError, match="right-padded"):
                use(ids, verbose=0)
    calls_of_the_kernel.clear()
    assert model(before).shape == (1, 1)  # called directly it does not stop,
    assert not calls_of_the_kernel  # and goes step by step without a word


def test_c32_a_model_with_recurrent_dropout_trains():
    keras = import_keras()
    keras.utils.set_random_seed(3)
    layer = keras.layers.LSTM(8, recurrent_dropout=0.3)
    model = keras.Sequential(
        [keras.Input((6, 4)), layer, keras.layers.Dense(1, activation="sigmoid")]
    )
    model.compile(keras.optimizers.Adam(0.05), "binary_crossentropy")
    x = np.random.default_rng(0).normal(size=(64, 6, 4)).astype(np.float32)
    labels = (x[:, 0, 0] > 0).astype(np.float32)  # to be remembered for six steps
    losses = model.fit(x, labels, epochs=40, verbose=0).history["loss"]
    assert losses[-1] < losses[0] / 2


def test_c32_recurrent_dropout_changes_what_dropout_draws():
    def share_that_sees_all(rate):
        layer = import_keras().layers.LSTM(
            200, dropout=0.3, recurrent_dropout=rate, seed=3
        )
        x = np.ones((300, 1, 200))
        layer.build(x.shape)
        kernel = np.tile(np.eye(200), 4)  # feature k for unit k, in i, f, g and o
        layer.set_weights([kernel, 0 * kernel, np.zeros(800)])
        h = layer(x, initial_state=[0 * x[:, 0], x[:, 0]], training=True).numpy()
        return np.mean(np.isclose(h, h.max()))

    assert share_that_sees_all(0.0) == pytest.approx(0.7, abs=0.01)
    assert share_that_sees_all(0.3) == pytest.approx(0.7**4, abs=0.01)


def test_c32_recurrent_dropout_never_masks_the_cell():
    layers, width = import_keras().layers, 8
    x, start = np.zeros((1, 100, 1)), np.full((1, width), 0.5)
    keep = {
        layers.LSTM: np.repeat([-1000.0, 1000, 0, 0], width),  # i, f, g, o
        layers.GRU: np.repeat([[1000.0, 0, 0], [0, 0, 0]], width, axis=1),  # z, r, n
    }
    for cell, bias in keep.items():
        layer = cell(width, recurrent_dropout=0.3, return_state=True, seed=1)
        layer.build(x.shape)
        columns = bias.shape[-1]
        layer.set_weights([np.zeros((1, columns)), np.zeros((width, columns)), bias])
        states = [start] * (2 if cell is layers.LSTM else 1)
        held = layer(x, initial_state=states, training=True)[-1]
        np.testing.assert_array_equal(held, start)
