"""The verdicts of lesson 10, on the figures that decide them."""

from unittest import mock

import numpy as np
import pytest

from lstm_course import build_sentiment_model
from lstm_course.arrays.trees import tree_leaves
from lstm_course.study.generalization_gap import loss_gap_at
from lstm_course.study.measurements import read_measurement
from lstm_course.system.keras_import import import_keras

pytestmark = pytest.mark.slow

ONE_ERROR = 0.008  # the standard error of an accuracy near 0.8 on 2,500 reviews
BOOK = {"validation_loss": 0.4368, "validation_accuracy": 0.7934}  # as printed


def of_all_seeds(name, case, key):
    """Return a number of each run of a case, in the order of the seeds."""
    runs = read_measurement(name)["results"][case].values()
    return np.array([run[key] for run in runs])


def by_size(network):
    """Return the mean test accuracies after 500, 2,000, 8,000 and 20,000 reviews."""
    return np.array(
        [
            of_all_seeds("training_size", f"{network} {size}", "test_accuracy").mean()
            for size in (500, 2000, 8000, 20000)
        ]
    )


def test_c17_an_lstm_is_better_than_a_plain_rnn_at_every_size():
    ahead = by_size("lstm") - by_size("rnn")
    assert np.all(ahead > 2 * ONE_ERROR)
    assert ahead[0] > 0.09 > 0.04 > ahead[-1]  # most of all with little data


def test_c17_a_bag_wins_with_little_data_and_with_much_the_lstm_draws_level():
    behind = by_size("bag") - by_size("lstm")
    assert behind[0] > 0.06
    assert behind[1] > 0.02
    assert np.all(np.abs(behind[2:]) < ONE_ERROR)


def test_c30_the_recipe_gives_the_books_figures_on_both_engines():
    params = build_sentiment_model(engine="numpy").params
    assert sum(array.size for _, array in tree_leaves(params)) == 8809
    for name, case in (("book", "numpy"), ("book_keras", "keras")):
        for key, within in (("validation_loss", 0.03), ("validation_accuracy", 0.02)):
            reached = of_all_seeds(name, case, key)
            assert np.abs(reached - BOOK[key]).max() < within
    engines = [
        of_all_seeds(name, case, "validation_loss")[0]  # seed 42 of each
        for name, case in (("book", "numpy"), ("book_keras", "keras"))
    ]
    assert abs(engines[0] - engines[1]) < 0.01


def test_c30_a_bag_of_embeddings_nearly_ties_it_for_a_fraction_of_the_cost():
    lstm, bag = (
        of_all_seeds("book", case, "test_accuracy") for case in ("numpy", "bag")
    )
    assert abs(lstm.mean() - bag.mean()) < ONE_ERROR
    assert bag.max() > lstm.min()
    cost = [
        of_all_seeds("book", case, "cpu_seconds").mean() for case in ("numpy", "bag")
    ]
    assert cost[0] > 3 * cost[1]


def test_c30_the_lstm_needs_the_order_and_a_bag_reaches_as_much_without():
    in_order, shuffled, bag = (
        of_all_seeds("shuffled", f"10000 words, {case}", "test_accuracy")
        for case in ("in order", "shuffled", "bag")
    )
    lost = in_order - shuffled
    assert lost.mean() > 2 * lost.std(ddof=1) / np.sqrt(len(lost))
    assert lost.mean() > 0.01
    assert np.all(bag > in_order)
    in_order, bag = (
        of_all_seeds("shuffled", f"500 words, {case}", "test_accuracy").mean()
        for case in ("in order", "bag")
    )
    assert abs(in_order - bag) < ONE_ERROR


def test_c31_the_printed_gap_is_narrower_in_every_pair_of_runs():
    without, dropped = (
        of_all_seeds("dropout", case, "val_loss")[:, -1]
        - of_all_seeds("dropout", case, "running_loss")[:, -1]
        for case in ("0.0", "0.3")
    )
    assert np.all(dropped < without - 0.015)
    assert np.mean(without) > 0.03 > 0.01 > np.mean(dropped)


def test_c31_at_the_same_training_loss_hardly_anything_is_left_of_it():
    without, dropped = (
        np.array(
            [
                loss_gap_at(0.39, run["train_loss"], run["val_loss"])
                for run in read_measurement("dropout")["results"][case].values()
            ]
        )
        for case in ("0.0", "0.3")
    )
    saved = without - dropped
    assert saved.mean() < 2 * saved.std(ddof=1) / np.sqrt(len(saved))
    assert saved.mean() < 0.007  # of 0.031, as printed
    lowest = [
        of_all_seeds("dropout", case, "val_loss").min(axis=1) for case in ("0.0", "0.3")
    ]
    assert lowest[1].mean() > lowest[0].mean() - 0.002


@pytest.mark.parametrize(
    ("options", "fast"),
    [
        ({}, True),
        ({"dropout": 0.3}, True),
        ({"recurrent_dropout": 0.3}, False),
        ({"activation": "relu"}, False),
        ({"recurrent_activation": "hard_sigmoid"}, False),
        ({"use_bias": False}, False),
        ({"unroll": True}, False),
    ],
    ids=str,
)
@pytest.mark.parametrize("cell", ["LSTM", "GRU"])
def test_c32_what_gives_up_the_fast_kernel_goes_step_by_step(cell, options, fast):
    keras = import_keras()
    import tensorflow as tf

    backend = "keras.src.backend.tensorflow.rnn"
    no_gpu = tf.errors.NotFoundError(None, None, "no GPU")
    layer = getattr(keras.layers, cell)(8, **options)
    with (
        mock.patch(f"{backend}._is_gpu_available", return_value=True),
        mock.patch(f"{backend}._cudnn_{cell.lower()}", side_effect=no_gpu) as kernel,
    ):
        outputs = layer(np.ones((2, 5, 16), np.float32), training=True)
    assert kernel.called == fast
    assert outputs.shape == (2, 8)


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
    keras = import_keras()
    shapes = []
    for rate in (0.0, 0.3):
        layer = keras.layers.LSTM(8, dropout=0.3, recurrent_dropout=rate)
        masks = layer.cell.get_dropout_mask(keras.ops.ones((2, 16)))
        shapes.append(np.shape(masks))
    assert shapes == [(2, 16), (4, 2, 16)]
