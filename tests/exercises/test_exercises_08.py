"""Other right answers to the exercises of lesson 08, and wrong ones that are named."""

from itertools import product
from types import SimpleNamespace

import numpy as np
import pytest
from variants import assert_all_pass, assert_named, assert_told

from lstm_course.exercises.check import verdict_on
from lstm_course.exercises.contents import find_exercise
from lstm_course.layers.lstm import LSTMState, lstm_forward, lstm_step

pytestmark = pytest.mark.usefixtures("in_this_process")


def put(name, seed, answer):
    """What is said of a quiz's answer, made from the numbers of the question."""
    exercise = find_exercise(name)
    numbers = exercise.draw(np.random.default_rng(seed))
    return verdict_on(name, answer(*numbers), {"": numbers})


# choose_outputs


@pytest.mark.parametrize("above", ["lstm", "dense once", "dense always"])
@pytest.mark.parametrize("goes_on", [True, False])
def test_every_wrong_choice_is_named(above, goes_on):
    right = above != "dense once", goes_on
    asked = {"": (above, goes_on, 32, 5, 8)}
    shapes = {True: (32, 5, 8), False: (32, 8)}
    for sequences, state in product([True, False], repeat=2):
        answer = sequences, state, shapes[sequences]
        verdict = verdict_on("choose_outputs", answer, asked)
        assert (verdict.outcome == "passed") == ((sequences, state) == right)
        assert bool(verdict.mistakes) == ((sequences, state) != right), verdict.text
    shape = shapes[right[0]]
    for same in (
        [*right, shape],
        (*right, list(shape)),
        (*right, np.array(shape)),
        (*map(int, right), str(shape)),
    ):
        assert verdict_on("choose_outputs", same, asked).outcome == "passed"
    other = verdict_on("choose_outputs", (*right, shapes[not right[0]]), asked)
    assert other.mistakes == ("outputs-of-the-other-choice",)


# stack_shapes


def shapes(s, *, axis=(), error="error"):
    """One layer upon another, as Keras would build them."""
    found = [(s.batch, s.steps, s.features)]
    layers = (s.lower, s.lower_hands_up_all), (s.upper, s.upper_hands_up_all)
    for units, all_steps in layers:
        shape = found[-1]
        if shape == error or len(shape) != 3:
            found.append(error)
        else:
            found.append((*shape[: 2 if all_steps else 1], units))
    below = found[-1]
    return [*found, below if below == error else (*below[:-1], s.outputs)]


@pytest.mark.parametrize("seed", range(8))
def test_stack_shapes(seed):
    kinds = {
        "lists": lambda rows: [r if r == "error" else list(r) for r in rows],
        "arrays": lambda rows: [r if r == "error" else np.array(r) for r in rows],
        "texts": lambda rows: tuple(str(row) for row in rows),
        "close texts": lambda rows: [str(row).replace(" ", "") for row in rows],
        "a dictionary": lambda rows: dict(zip("abcd", rows, strict=True)),
        "Error": lambda rows: ["Error" if row == "error" else row for row in rows],
    }
    for kind in kinds.values():
        verdict = put("stack_shapes", seed, lambda sizes, k=kind: k(shapes(sizes)))
        assert verdict.outcome == "passed", verdict.text


def test_wrong_shapes():
    def dense_once(sizes):
        return [*shapes(sizes)[:3], (sizes.batch, sizes.outputs)]

    def without_the_batch(sizes):
        return [shape if shape == "error" else shape[1:] for shape in shapes(sizes)]

    def said_of(answer):
        return [put("stack_shapes", seed, answer) for seed in range(8)]

    named = {verdict.mistakes for verdict in said_of(dense_once)}
    assert named == {
        (),
        ("shapes-dense-always-once",),
        ("shapes-dense-after-an-error",),
    }
    for verdict in said_of(without_the_batch):
        assert verdict.mistakes == ("shapes-without-the-batch",)
    verdict = put(  # seed 3: the first LSTM hands up its last step alone
        "stack_shapes",
        3,
        lambda sizes: shapes(
            sizes._replace(lower_hands_up_all=True, upper_hands_up_all=True)
        ),
    )
    assert verdict.mistakes == (
        "shapes-first-hands-up-all-always",
        "shapes-all-steps-always",
    )
    verdict = put("stack_shapes", 1, lambda sizes: [*shapes(sizes)[:3], (1, ...)])
    assert verdict.outcome == "not started"


# stack_forward


def step_by_step(x, lower, upper, states):
    """Up both layers at each step, then on."""
    first, second = states
    outputs = np.zeros((*x.shape[:2], second.h.shape[1]))
    for t in range(x.shape[1]):
        first, _ = lstm_step(x[:, t], first, lower)
        second, _ = lstm_step(first.h, second, upper)
        outputs[:, t] = second.h
    return outputs, [first, second]


def in_a_loop(x, lower, upper, states):
    """A stack of any height."""
    after = []
    for weights, state in zip([lower, upper], states, strict=True):
        x, state, _ = lstm_forward(x, weights, initial_state=state)
        after += [state]
    return x, after


def in_float32_by_hand(x, lower, upper, states):
    """No function of the course; names of one's own; plain tuples for the states."""

    def sigma(z):
        return 1 / (1 + np.exp(-z))

    new = []
    sequence = x.astype(np.float32)
    for (W, U, b), (h, c) in zip((lower, upper), states, strict=True):
        steps = []
        for x_t in sequence.swapaxes(0, 1):
            z = np.split(np.float32(x_t @ W + h @ U + b), 4, axis=1)
            c = sigma(z[1]) * c + sigma(z[0]) * np.tanh(z[2])
            h = sigma(z[3]) * np.tanh(c)
            steps.append(h)
        sequence = np.stack(steps, axis=1)
        new.append((h, c))
    return {"outputs": sequence, "states": tuple(new)}


def test_stack_forward():
    assert_all_pass("stack_forward", [step_by_step, in_a_loop, in_float32_by_hand])


def test_wrong_stacks():
    def h_alone(x, lower, upper, states):
        without_c = [LSTMState(state.h, np.zeros_like(state.c)) for state in states]
        return in_a_loop(x, lower, upper, without_c)

    def each_state_to_the_next(x, lower, upper, states):
        h_1, state, _ = lstm_forward(x, lower, initial_state=states[0])
        h_2, second, _ = lstm_forward(h_1, upper, initial_state=state)
        return h_2, (state, second)

    def mended_axis(x, lower, upper, states):
        _, first, _ = lstm_forward(x, lower, initial_state=states[0])
        last = first.h[:, np.newaxis]
        h_2, second, _ = lstm_forward(last, upper, initial_state=states[1])
        return h_2, (first, second)

    def old_states_from_zero(x, lower, upper, states):
        h_1, _, _ = lstm_forward(x, lower)
        h_2, _, _ = lstm_forward(h_1, upper)
        return h_2, states

    def with_a_residual(x, lower, upper, states):
        h_2, new = in_a_loop(x, lower, upper, states)
        return h_2 + x[..., :1], new

    def a_trace_for_c(x, lower, upper, states):
        h_1, h, c = lstm_forward(x, lower, initial_state=states[0])
        h_2, h_up, c_up = lstm_forward(h_1, upper, initial_state=states[1])
        return h_2, ((h, c), (h_up, c_up))

    assert_told("stack_forward", a_trace_for_c, "has a trace in it")
    two = "stack-without-states", "stack-old-states-returned"
    assert_named("stack_forward", h_alone, "stack-h-alone")
    upside = "stack-upper-goes-on-from-below"
    assert_named("stack_forward", each_state_to_the_next, upside)
    assert_named("stack_forward", mended_axis, "stack-last-step-goes-up")
    assert_named("stack_forward", old_states_from_zero, *two)
    assert_told("stack_forward", with_a_residual, "h_2 departs first at sequence 0")


# repair_the_stack


def by_the_final_state(x, lower, upper, kernel, bias):
    h_1, *_ = lstm_forward(x, lower)
    _, (h, _), _ = lstm_forward(h_1, upper)
    return np.dot(h, kernel) + bias


def by_all_answers(x, lower, upper, kernel, bias):
    h_1, _, _ = lstm_forward(x.astype(np.float32), lower)
    answers = lstm_forward(h_1, upper)[0] @ kernel + bias
    return answers[:, answers.shape[1] - 1, :].tolist()


def by_steps(x, lower, upper, kernel, bias):
    states = [
        LSTMState(*np.zeros((2, len(x), len(weights.recurrent_kernel))))
        for weights in (lower, upper)
    ]
    h_2, _ = step_by_step(x, lower, upper, states)
    return np.array([kernel.T @ last + bias for last in h_2[:, -1]])


def test_repair_the_stack():
    variants = [by_the_final_state, by_all_answers, by_steps]
    assert_all_pass("repair_the_stack", variants)


def test_half_repaired_stacks():
    def given(x, lower, upper, kernel, bias):
        h_1, _, _ = lstm_forward(x, lower)
        h_1 = h_1[:, -1:]
        h_2, _, _ = lstm_forward(h_1, upper)
        return h_2 @ kernel + bias

    def one_step(*arguments):
        return given(*arguments)[:, 0]

    def all_answers(x, lower, upper, kernel, bias):
        h_2, _, _ = lstm_forward(lstm_forward(x, lower)[0], upper)
        return h_2 @ kernel + bias

    def no_bias(x, lower, upper, kernel, bias):
        return by_the_final_state(x, lower, upper, kernel, 0 * bias)

    def with_the_state(x, lower, upper, kernel, bias):
        _, state, _ = lstm_forward(lstm_forward(x, lower)[0], upper)
        return state @ kernel + bias

    def last_step_cut_off(x, lower, upper, kernel, bias):
        h_2, _, _ = lstm_forward(lstm_forward(x, lower)[0][:, :-1], upper)
        return h_2[:, -1] @ kernel + bias

    def squeezed(x, lower, upper, kernel, bias):
        return all_answers(x, lower, upper, kernel, bias)[:, -1:].squeeze()

    assert_named("repair_the_stack", with_the_state, "mended-whole-state-answers")
    assert_named("repair_the_stack", last_step_cut_off, "mended-last-step-dropped")
    assert_named("repair_the_stack", squeezed, "mended-squeezed")
    assert verdict_on("repair_the_stack", given).outcome == "not started"
    assert_named("repair_the_stack", one_step, "mended-one-step-goes-up")
    assert_named("repair_the_stack", all_answers, "mended-answer-at-each-step")
    assert_told("repair_the_stack", no_bias, "the answer departs first at sequence 0")


# rebuild_the_model


class LSTM(SimpleNamespace):
    """What can be read of a layer of Keras that has not been built."""

    return_state = False


class Dense(SimpleNamespace):
    pass


class Dropout:
    def count_params(self):
        return 0


def keras_layers(features, *all_steps):
    lstms = [
        LSTM(units=units, return_sequences=sequences)
        for units, sequences in zip([12, 6, 10], all_steps, strict=True)
    ]
    return [SimpleNamespace(shape=(None, 30, features)), *lstms, Dense(units=2)]


def test_rebuild_the_model():
    layers = keras_layers(6, True, True, False)
    model = SimpleNamespace(layers=layers[1:], input_shape=(None, 30, 6))
    with_its_input = [SimpleNamespace(batch_shape=(None, 30, 6)), *layers[1:]]
    functional = SimpleNamespace(layers=with_its_input, input_shape=(None, 30, 6))
    answers = [layers, tuple(layers), model, with_its_input, functional]
    assert_all_pass("rebuild_the_model", answers)


def test_wrong_models():
    def named(answer, *mistakes):
        assert_named("rebuild_the_model", answer, *mistakes)

    named(keras_layers(6, False, False, False), "rebuilt-first-without-sequences")
    named(keras_layers(6, True, True, True), "rebuilt-all-with-sequences")
    named(keras_layers(7, True, True, False), "rebuilt-bias-counted-as-a-feature")
    named(keras_layers(19, True, True, False), "rebuilt-nothing-subtracted")
    named(keras_layers(63, True, True, False), "rebuilt-one-kernel-for-four")
    single_step = keras_layers(6, True, True, False)
    single_step[0].shape = (None, 6)
    named(single_step, "rebuilt-steps-left-out")
    two = "rebuilt-units-counted-as-features", "rebuilt-second-without-sequences"
    named(keras_layers(18, True, False, False), *two)

    def told(answer, *words):
        assert_told("rebuild_the_model", answer, *words)

    told(keras_layers(9, True, True, False), "LSTM (None, 30, 12) 1056")
    told([30, 12, 6, 10, 2], "holds 30, no layer of Keras")
    told(5, "1 part; expected 5")
    told(SimpleNamespace(layers=[Dense(units=2)]), "knows no input")
    told([Dropout], "holds Dropout, no layer of Keras")  # not called
    *layers, dense = keras_layers(6, True, True, False)
    told([*layers, Dropout(), dense], "6 parts; expected 5")
    layers[3].return_state = True
    told([*layers, dense], "LSTM, with its state (None, 10) 680")
    assert verdict_on("rebuild_the_model", [*layers, ...]).outcome == "not started"
