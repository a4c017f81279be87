"""The claims that lesson 08 settles: what a layer hands on, what a stack is worth."""

import numpy as np
import pytest

from lstm_course import LSTMParams, LSTMState, count_parameters, lstm_forward
from lstm_course.experiments.verdict import compare, mean_interval, verdict
from lstm_course.study.measurements import over_seeds, read_measurement
from lstm_course.system.keras_import import import_keras


@pytest.fixture(scope="module")
def keras():
    return import_keras()


@pytest.fixture(scope="module")
def layers(keras):
    return keras.layers


@pytest.fixture
def inputs():
    return np.random.default_rng(8).normal(size=(2, 5, 3)).astype(np.float32)


def test_c06_the_shapes_of_the_ladder(keras, layers, alternative_texts):
    ladder = keras.Sequential(
        [
            keras.Input((300, 100)),
            layers.LSTM(32, return_sequences=True),
            layers.LSTM(32, return_sequences=True),
            layers.LSTM(32),
            layers.Dense(10),
        ]
    )
    shapes = [layer.output.shape for layer in ladder.layers]
    assert shapes == [(None, 300, 32), (None, 300, 32), (None, 32), (None, 10)]
    (alt,) = alternative_texts["ladder_of_shapes.svg"]
    for shape in shapes:
        assert str(shape) in alt
    counts = [f"{layer.count_params():,}" for layer in ladder.layers]
    assert "{}, {}, {} and {}.".format(*counts) in alt


def test_c25_a_prediction_at_each_step_and_a_look_inside(keras, layers, inputs):
    def build(every_step):
        return keras.Sequential(
            [
                keras.Input((5, 3)),
                layers.LSTM(6, return_sequences=True),
                layers.LSTM(4, return_sequences=every_step),
                layers.Dense(1, activation="sigmoid"),
            ]
        )

    model, running = build(False), build(True)
    running.set_weights(model.get_weights())
    assert running.output_shape == (None, 5, 1)
    for steps in range(1, 6):  # each verdict is that of a review that ends there
        ends_here = model(inputs[:, :steps])
        np.testing.assert_allclose(
            running(inputs)[:, steps - 1], ends_here, rtol=0, atol=1e-6
        )
    inside = keras.Model(model.inputs, model.layers[0].output)
    hidden, _, _ = lstm_forward(inputs, LSTMParams(*model.layers[0].get_weights()))
    np.testing.assert_allclose(
        inside.predict(inputs, verbose=0), hidden, rtol=0, atol=1e-6
    )


def test_c25_a_layer_goes_on_from_h_and_c_but_not_from_h_alone(layers, inputs):
    reader = layers.LSTM(4, return_sequences=True, return_state=True)
    whole, _, _ = reader(inputs)
    _, h, c = reader(inputs[:, :3])
    for c_handed_on, same in ((c, True), (0 * c, False)):
        rest, _, _ = reader(inputs[:, 3:], initial_state=[h, c_handed_on])
        assert np.allclose(rest, whole[:, 3:], atol=1e-6) == same
        state = LSTMState(np.array(h), np.array(c_handed_on))
        params = LSTMParams(*reader.get_weights())
        ours, _, _ = lstm_forward(inputs[:, 3:], params, initial_state=state)
        np.testing.assert_allclose(rest, ours, rtol=0, atol=1e-6)


def test_c26_the_stack_has_55201_parameters(keras, layers):
    model = keras.Sequential(
        [
            keras.Input((24, 100)),
            layers.LSTM(64, return_sequences=True),
            layers.LSTM(32),
            layers.Dense(16, activation="relu"),
            layers.Dropout(0.5),
            layers.Dense(1, activation="sigmoid"),
        ]
    )
    counts = [layer.count_params() for layer in model.layers]
    assert counts == [42_240, 12_416, 528, 0, 17]
    lstms = count_parameters("lstm", 100, 64), count_parameters("lstm", 64, 32)
    assert counts[:2] == [*lstms]
    assert model.count_params() == 55_201
    assert model.output_shape == (None, 1)


def test_c26_the_stack_learns_and_its_lead_is_not_settled(root):
    measured = read_measurement("stacked_reviews")
    above_guessing = over_seeds(measured, "stack", "test_accuracy") - 0.5
    assert mean_interval(above_guessing).low > 0.25
    leads = [
        compare(measured, "stack", control, "test_accuracy", comparisons=3)
        for control in ("shuffled", "one layer", "counts")
    ]
    assert not any(lead.flaws for lead in leads)
    assert max(lead.difference.high for lead in leads) < 0.01  # if any, a small one
    word = verdict([lead.word for lead in leads], claimed="higher")
    page = (root / "notebooks/claims.md").read_text("utf-8")
    (row,) = [line for line in page.splitlines() if line.startswith("| C26 |")]
    assert f"gains anything: **{word}**" in row


def test_c28_h_goes_up_and_c_stays(keras, layers, inputs):
    model = keras.Sequential(
        [
            keras.Input((5, 3)),
            layers.LSTM(8, return_sequences=True),
            layers.LSTM(4, return_sequences=True),
        ]
    )
    lower, upper = (LSTMParams(*layer.get_weights()) for layer in model.layers)
    assert upper.kernel.shape == (8, 16)  # eight rows, for h: there is none for c
    h, _, trace = lstm_forward(inputs, lower)
    above = {}
    for name, handed_up in (("h", h), ("c", trace.c.copy())):
        outputs, _, _ = lstm_forward(handed_up, upper)
        above[name] = np.allclose(outputs, model(inputs), atol=1e-6)
    assert above == {"h": True, "c": False}


def test_c33_a_stacked_layer_needs_every_step(keras, layers):
    def build(every_step):
        return keras.Sequential(
            [
                keras.Input((100,)),
                layers.Embedding(500, 16),
                layers.LSTM(8, return_sequences=every_step),
                layers.LSTM(8, name="second"),
            ]
        )

    shapes = [layer.output.shape for layer in build(True).layers]
    assert shapes[1:] == [(None, 100, 8), (None, 8)]
    with pytest.raises(ValueError, match=r"'second'.*expected ndim=3, found ndim=2"):
        build(False)


def test_c33_a_mean_squared_error_does_not_notice_a_step_too_many(keras, layers):
    model = keras.Sequential(
        [
            keras.Input((5, 3)),
            layers.LSTM(4, return_sequences=True),
            layers.Dense(1, activation="sigmoid"),
        ]
    )
    rng = np.random.default_rng(3)
    many, targets = rng.normal(size=(6, 5, 3)), rng.normal(size=6)
    model.compile(loss="mse")
    every_answer_with_every_target = np.array(model(many)) - targets
    assert every_answer_with_every_target.shape == (6, 5, 6)
    np.testing.assert_allclose(
        model.evaluate(many, targets, verbose=0),
        np.mean(every_answer_with_every_target**2),
        rtol=1e-5,
    )
    model.compile(loss="binary_crossentropy")
    with pytest.raises(ValueError, match="same rank"):
        model.evaluate(many, targets, verbose=0)
