"""Every known mistake is noticed: the mutation test of the recurrences and their kin.

The checks below know nothing of the package's code: they hold it against the equations
written out once more, complex steps through those, definitions and sums by hand.
"""

import math
import re
from functools import cache, partial
from itertools import combinations

import numpy as np
import pytest
from fixtures import FUSED, LAYERS, B, Results, T, assert_close, make_example, run
from fused_mistakes import FUSED_MISTAKES

import lstm_course
from lstm_course.arrays.gradcheck import complex_step_gradient
from lstm_course.arrays.trees import tree_leaves, tree_map
from lstm_course.checker.planting import Mistake, plant, planted
from lstm_course.exercises.common_mistakes import MISTAKES
from lstm_course.layers.bidirectional import BothWays
from lstm_course.layers.cells import CELLS
from lstm_course.layers.dropout import dropout_mask
from lstm_course.layers.embedding import (
    EmbeddingParams,
    embedding_backward,
    embedding_forward,
)
from lstm_course.training.losses import binary_cross_entropy
from lstm_course.training.optimizers import (
    adam_update,
    optimizer_init,
    rmsprop_update,
)
from lstm_course.training.sentiment import (
    SentimentConfig,
    sentiment_backward,
    sentiment_forward,
    sentiment_init,
)

# The equations once more, in other words: each gate takes its own columns.


def sigma(z):
    return 1 / (1 + np.exp(-z))


def part(x, weights, block, units):
    """Return x times one block of the weights, in index notation."""
    columns = weights[:, block * units : (block + 1) * units]
    return np.einsum("bi,ij->bj", x, columns)


def rnn_by_definition(x, state, params):
    kernel, recurrent_kernel, bias = params
    units = len(bias)
    before = part(state[0], recurrent_kernel, 0, units)
    return (np.tanh(bias + before + part(x, kernel, 0, units)),), ()


def lstm_by_definition(x, state, params):
    kernel, recurrent_kernel, bias = params
    h, c = state
    units = h.shape[1]
    i, f, g, o = (
        squash(
            part(x, kernel, block, units)
            + part(h, recurrent_kernel, block, units)
            + bias[block * units : (block + 1) * units]
        )
        for block, squash in enumerate([sigma, sigma, np.tanh, sigma])
    )
    c = np.einsum("bj,bj->bj", f, c) + np.einsum("bj,bj->bj", i, g)
    return (o * np.sinh(c) / np.cosh(c), c), (i, f, g, o)


def gru_by_definition(x, state, params):
    kernel, recurrent_kernel, bias = params
    (h,) = state
    units = h.shape[1]
    reset_after = bias.ndim == 2
    first, second = bias if reset_after else (bias, np.zeros(3 * units))
    of_x, of_h = first.reshape(3, units), second.reshape(3, units)
    z, r = (
        sigma(
            part(x, kernel, block, units)
            + of_x[block]
            + part(h, recurrent_kernel, block, units)
            + of_h[block]
        )
        for block in (0, 1)
    )
    if reset_after:
        remembered = r * (part(h, recurrent_kernel, 2, units) + of_h[2])
    else:
        remembered = part(r * h, recurrent_kernel, 2, units)
    n = np.tanh(part(x, kernel, 2, units) + of_x[2] + remembered)
    return (n + z * (h - n),), (z, r, n)


STEP = {
    "rnn": rnn_by_definition,
    "lstm": lstm_by_definition,
    "gru": gru_by_definition,
}


def sequence_by_definition(example, inputs, params, start):
    """Return outputs and final state, one step after another."""
    step = STEP[LAYERS[example.kind].name]
    counts = np.ones(inputs.shape[:2]) if example.mask is None else 1 * example.mask
    counts = counts[:, :, None]

    def one_way(params, start, go_backwards):
        order = range(inputs.shape[1])
        state, output, outputs = start, 0 * start.h, []
        for t in reversed(order) if go_backwards else order:
            after, _ = step(inputs[:, t], state, params)
            here = counts[:, t]
            output = here * after[0] + (1 - here) * output
            pairs = zip(after, state, strict=True)
            state = type(start)(*(here * a + (1 - here) * b for a, b in pairs))
            outputs.append(output)
        return np.stack(outputs, axis=1), state

    direction = example.go_backwards
    if not isinstance(params, BothWays):
        return one_way(params, start, direction)
    first, state = one_way(params.forward, start.forward, direction)
    second, other = one_way(params.backward, start.backward, not direction)
    outputs = np.append(first, second[:, ::-1], axis=2)
    counts = counts[:, ::-1] if direction else counts
    return outputs * counts, BothWays(state, other)


def start_of(example):
    return example.initial_state or tree_map(np.zeros_like, example.d_final_state)


def expected_results(example):
    """Return what the equations give, and the complex step through them."""
    forward = partial(sequence_by_definition, example)

    def loss(tree):
        outputs, state = forward(*tree)
        finals = tree_map(np.multiply, state, example.d_final_state)
        return np.sum(outputs * example.d_outputs) + sum(
            np.sum(array) for _, array in tree_leaves(finals)
        )

    tree = (example.inputs, example.params, start_of(example))
    return Results(*forward(*tree), *complex_step_gradient(loss, tree))


def with_results(examples):
    """Return (example, what is right), made read-only, so that no fault spreads."""
    pairs = [(example, expected_results(example)) for example in examples]
    for example, results in pairs:
        parts = (*example, *results)
        for tree in (each for each in parts if isinstance(each, (np.ndarray, tuple))):
            for _, array in tree_leaves(tree):
                array.flags.writeable = False
    return pairs


@cache
def strong():
    """Examples in which nothing hides a mistake."""
    return with_results(
        make_example(kind, go_backwards=go_backwards)
        for kind in (*FUSED, "rnn, both ways")
        for go_backwards in (False, True)
    )


@cache
def weak():
    """Examples such as Keras' own tests of its recurrent layers use.

    Constant weights, inputs that count up, states of zero, no mask, and a loss that
    reads the last output alone.
    """
    examples = []
    for kind in FUSED:
        example = make_example(kind, "no mask", initial_state=False)
        constants = zip(example.params, (0.01, 0.02, 0.03), strict=True)
        d_outputs = np.zeros_like(example.d_outputs)
        d_outputs[:, -1] = 1
        examples.append(
            example._replace(
                inputs=np.arange(float(example.inputs.size)).reshape(B, T, -1),
                params=type(example.params)(
                    *(np.full_like(array, number) for array, number in constants)
                ),
                d_outputs=d_outputs,
                d_final_state=tree_map(np.zeros_like, example.d_final_state),
            )
        )
    return with_results(examples)


# The checks.


def step_arguments(example):
    return example.inputs[:, 0], start_of(example), example.params


def check_steps(examples=strong):
    for example, _ in examples():
        if example.kind in FUSED:
            name = FUSED[example.kind].name
            step = getattr(lstm_course, f"{name}_step")
            state, gates = step(*step_arguments(example))
            expected = STEP[name](*step_arguments(example))
            assert_close((tuple(state), tuple(gates)), expected, 1e-12)


def check_fused_passes(examples=strong):
    for example, expected in examples():
        assert_close(run(example), expected, 1e-12)


def check_plain_passes(examples=strong):
    for example, expected in examples():
        plain = example._replace(kind=f"plain {example.kind}")
        assert_close(run(plain), expected, 1e-12)


def check_initial_weights():
    features, units = 60, 40
    for name, gates, bias in [
        ("rnn", 1, np.zeros(units)),
        ("lstm", 4, np.eye(4)[1].repeat(units)),
        ("gru", 3, np.zeros((2, 3 * units))),
    ]:
        init = getattr(lstm_course, f"{name}_init")
        params = init(np.random.default_rng(3), features, units, dtype=np.float64)
        limit = math.sqrt(6 / (features + gates * units))
        assert params.kernel.shape == (features, gates * units)
        assert 0.99 * limit < abs(params.kernel).max() <= limit
        rows = params.recurrent_kernel
        assert_close(np.einsum("ik,jk->ij", rows, rows), np.eye(units), 1e-12)
        assert_close(params.bias, bias, 0)


def check_embedding():
    rng = np.random.default_rng(0)
    ids = np.array([[3, 1, 3, 0], [1, 1, 5, 2]])
    rows, d_outputs = rng.normal(size=(6, 3)), rng.normal(size=(2, 4, 3))
    outputs, trace = embedding_forward(ids, EmbeddingParams(rows))
    expected, d_rows = np.zeros((2, 4, 3)), np.zeros((6, 3))
    for (b, t), word in np.ndenumerate(ids):
        expected[b, t] = rows[word]
        d_rows[word] += d_outputs[b, t]
    assert_close(outputs, expected, 0)
    assert_close(embedding_backward(d_outputs, trace).embeddings, d_rows, 1e-12)


def check_dropout():
    mask = dropout_mask(np.random.default_rng(2), 300, 40, 0.2, np.float64)
    assert mask.shape == (300, 1, 40)
    assert set(np.unique(mask)) == {0.0, 1.25}
    assert abs((mask == 0).mean() - 0.2) < 0.01
    assert (mask[0] != mask[1]).any()


def check_model():
    """One dropout mask for all steps, and the gradient of every weight."""
    config = SentimentConfig(
        "lstm", num_words=7, embedding_dim=4, units=3, dropout=0.4, mask_zero=True
    )
    rng = np.random.default_rng(4)
    params = tree_map(
        lambda array: rng.normal(size=array.shape), sentiment_init(rng, config)
    )
    ids = np.array([[0, 3, 0, 3, 6, 0], [2, 4, 4, 1, 5, 1], [5, 1, 1, 2, 0, 6]])
    weights = rng.normal(size=3)

    def forward(tree):
        return sentiment_forward(
            ids, tree, config, dropout_rng=np.random.default_rng(8)
        )

    _, trace = forward(params)
    (dropped,) = trace.dropout
    assert (dropped == dropped[:, :1]).all()
    expected = complex_step_gradient(
        lambda tree: np.sum(weights * forward(tree)[0]), params
    )
    assert_close(sentiment_backward(weights, trace, config), expected, 1e-12)


def check_loss():
    logits, labels = np.array([-1.5, 0.3, 2.0]), np.array([0.0, 1.0, 0.0])

    def by_definition(z):
        right = np.where(labels == 1, sigma(z), 1 - sigma(z))
        return np.sum(-np.log(right)) / 3

    loss, d_logits = binary_cross_entropy(logits, labels)
    assert math.isclose(loss, by_definition(logits), rel_tol=1e-12)
    assert_close(d_logits, complex_step_gradient(by_definition, logits), 1e-12)


def check_optimizers():
    """Three steps of one weight, in plain numbers."""
    grads = [0.5, -2.0, 0.25]
    w = v = 0.0
    for g in grads:
        v = 0.9 * v + 0.1 * g**2
        w -= 0.01 * g / math.sqrt(v + 1e-7)
    assert math.isclose(weight_after(rmsprop_update, grads), w, rel_tol=1e-12)

    w = m = v = 0.0
    for t, g in enumerate(grads, start=1):
        m = 0.9 * m + 0.1 * g
        v = 0.999 * v + 0.001 * g**2
        # Keras' form: epsilon is added before the square's mean is corrected.
        correction = math.sqrt(1 - 0.999**t)
        w -= 0.01 * m / (1 - 0.9**t) * correction / (math.sqrt(v) + 1e-7)
    assert math.isclose(weight_after(adam_update, grads), w, rel_tol=1e-12)


def weight_after(update, grads):
    weight = np.zeros(1)
    state = optimizer_init(weight)
    for g in grads:
        weight, state = update(weight, np.array([g]), state, learning_rate=0.01)
    return weight.item()


def check_padding():
    sequences = [[4, 0, 6, 7], [5], [1, 2, 3]]
    for options, ids in [
        ({}, [[0, 6, 7], [0, 0, 5], [1, 2, 3]]),
        ({"padding": "post"}, [[0, 6, 7], [5, 0, 0], [1, 2, 3]]),
        ({"truncating": "post"}, [[4, 0, 6], [0, 0, 5], [1, 2, 3]]),
    ]:
        came, mask = lstm_course.pad_batch(sequences, 3, **options)
        assert came.tolist() == ids
        valid = [True, False, False] if "padding" in options else [False, False, True]
        assert mask.tolist() == [[True] * 3, valid, [True] * 3]


def check_counts():
    """The kernel of each gate or candidate, its recurrent kernel, its biases."""
    count = lstm_course.count_parameters
    assert count("rnn", 16, 8) == 16 * 8 + 8 * 8 + 8
    assert count("lstm", 100, 32) == 4 * (100 * 32 + 32 * 32 + 32) == 17_024
    assert count("gru", 16, 8) == 3 * (16 * 8 + 8 * 8 + 2 * 8) == 624
    assert count("gru", 16, 8, reset_after=False) == 600
    assert count("lstm", 16, 8, use_bias=False) == 768


CHECKS = [
    check_steps,
    check_plain_passes,
    check_fused_passes,
    check_initial_weights,
    check_embedding,
    check_dropout,
    check_model,
    check_loss,
    check_optimizers,
    check_padding,
    check_counts,
]
WEAK_CHECKS = [partial(check, weak) for check in CHECKS[:3]]


def notices(checks):
    """Tell whether a check fails.

    An error message would be no answer: a mistake has to give wrong numbers, as a
    learner's does. Whoever gets a traceback instead has been told already.
    """
    for check in checks:
        try:
            check()
        except AssertionError:
            return True
    return False


@pytest.fixture(scope="module", autouse=True)
def right_answers():
    """Work them out before anything wrong is planted."""
    return strong(), weak()


# The tests.

by_name = pytest.mark.parametrize("mistake", MISTAKES, ids=lambda each: each.name)
CELL = "c = f * state.c + i * g"


def other_way(wrong):
    """Return a mistake that is none."""
    return Mistake(CELL, wrong, "Well done.", "none", "layers.lstm.lstm_step")


@pytest.mark.parametrize("check", CHECKS + WEAK_CHECKS)
def test_without_a_mistake_every_check_passes(check):
    check()


@by_name
def test_every_mistake_is_noticed(mistake):
    with planted(mistake):
        assert notices(CHECKS)


RECURRENT = re.compile(r"unroll|(rnn|lstm|gru)_step")  # the plain layers


@by_name
def test_the_plain_passes_make_the_mistakes_of_their_steps(mistake):
    if RECURRENT.search(mistake.function):
        with planted(mistake):
            assert notices([check_plain_passes])
            assert not notices([check_fused_passes])


@pytest.mark.parametrize("mistake", FUSED_MISTAKES, ids=lambda each: each.name)
def test_a_mistake_in_the_fused_passes_is_noticed(mistake):
    with planted(mistake):
        assert notices([check_fused_passes])
        assert not notices([check_steps, check_plain_passes])


def test_what_goes_wrong_along_a_sequence_or_back_is_tried_in_both_forms():
    along = {m.name for m in MISTAKES if re.search("unroll|backward", m.function)}
    along -= {m.name for m in MISTAKES if "embedding" in m.function}
    assert along <= {mistake.name for mistake in FUSED_MISTAKES}
    assert {m.name for m in FUSED_MISTAKES} <= {mistake.name for mistake in MISTAKES}


@pytest.mark.parametrize("wrong", [CELL, "c = g * i + state.c * f"])
def test_what_is_no_mistake_goes_unnoticed(wrong):
    with planted(other_way(wrong)):
        assert not notices(CHECKS)


def test_weak_examples_let_many_mistakes_through():
    """Why the examples are strong: with others the checks are blind."""
    checked = [mistake for mistake in MISTAKES if RECURRENT.search(mistake.function)]
    survivors = []
    for mistake in checked:
        with planted(mistake):
            if not notices(WEAK_CHECKS):
                survivors.append(mistake.name)
    found = f"{len(survivors)} of {len(checked)} went unnoticed: {survivors}"
    assert len(survivors) >= len(checked) / 4, found


def test_names_are_unique():
    assert len(MISTAKES) >= 36
    assert len({mistake.name for mistake in MISTAKES}) == len(MISTAKES)


@by_name
def test_a_hint_is_one_sentence(mistake):
    assert re.fullmatch(r"[A-Z][^.!?]*\.", mistake.hint)


def test_every_kind_of_function_has_mistakes():
    concerned = {mistake.function.rpartition(".")[2] for mistake in MISTAKES}
    steps_and_backwards = {
        f"{cell}_step{way}" for cell in CELLS for way in ("", "_backward")
    }
    shared_by_all_cells = {"run_steps", "run_steps_backward"}
    others = {
        "lstm_init",
        "bidirectional_forward",
        "embedding_backward",
        "dropout_mask",
        "pad_batch",
        "binary_cross_entropy",
        "adam_update",
        "count_parameters",
    }
    assert steps_and_backwards | shared_by_all_cells | others <= concerned


def step_results(name, step):
    """Return all that a step gives on every strong example of its cell."""
    return [
        step(*step_arguments(example))
        for example, _ in strong()
        if example.kind in FUSED and FUSED[example.kind].name == name
    ]


@pytest.mark.parametrize("name", CELLS)
def test_mistakes_in_a_step_can_be_told_apart(name):
    """Each gives finite numbers of the right form, and no two the same."""
    right = step_results(name, getattr(lstm_course, f"{name}_step"))
    all_results = {"no mistake": right} | {
        mistake.name: step_results(name, plant(mistake))
        for mistake in MISTAKES
        if mistake.function.endswith(f".{name}_step")
    }
    assert len(all_results) > 2
    form = [(where, array.shape) for where, array in tree_leaves(tuple(right))]
    numbers = {}
    for mistake, results in all_results.items():
        leaves = tree_leaves(tuple(results))
        assert [(where, array.shape) for where, array in leaves] == form, mistake
        numbers[mistake] = np.concatenate([array.ravel() for _, array in leaves])
        assert np.isfinite(numbers[mistake]).all(), mistake
    for one, other in combinations(numbers, 2):
        assert abs(numbers[one] - numbers[other]).max() > 1e-6, (one, other)


@pytest.mark.parametrize(
    ("right", "times"), [("c = f @ state.c", 0), ("sigmoid(", 3), ("z_o", 2)]
)
def test_a_line_that_does_not_stand_there_once_is_refused(right, times):
    mistake = other_way("pass")._replace(name="old-line", right=right)
    message = f"^old-line: {re.escape(repr(right))} stands {times} times in "
    with pytest.raises(ValueError, match=message + r"layers\.lstm\.lstm_step; exp"):
        plant(mistake)


def test_a_planted_mistake_is_gone_after_the_block_whatever_happens():
    def interrupted():
        with planted(MISTAKES[0]):
            assert notices(CHECKS)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert not notices(CHECKS)


def test_planting_by_itself_changes_nothing():
    for mistake in MISTAKES:
        plant(mistake)
    assert not notices(CHECKS)
