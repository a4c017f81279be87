"""What the experiments on the adding problem share."""

import numpy as np
import pytest

from lstm_course.arrays.trees import tree_leaves
from lstm_course.data.tasks import adding_batch
from lstm_course.experiments.adding_task import (
    TASK,
    Network,
    judged,
    learn_to_add,
    new_network,
    validation_sequences,
)
from lstm_course.experiments.relu_cells import RELU_RNN
from lstm_course.layers.cells import CELLS


def drawn(name):
    return new_network(np.random.default_rng(1), name, TASK["units"])


def size(name):
    return sum(weights.size for _, weights in tree_leaves(drawn(name).params))


@pytest.mark.parametrize(
    ("name", "cell"), [("rnn, identity", CELLS["rnn"]), ("relu, identity", RELU_RNN)]
)
def test_an_identity_start_differs_in_the_recurrent_kernel_alone(name, cell):
    network, usual = drawn(name), drawn("rnn")
    assert network.cell is cell
    kernel = network.params.recurrent.recurrent_kernel
    np.testing.assert_array_equal(kernel @ np.arange(16), np.arange(16))
    assert not network.params.recurrent.bias.any()
    np.testing.assert_array_equal(
        network.params.recurrent.kernel, usual.params.recurrent.kernel
    )
    np.testing.assert_array_equal(network.params.head.kernel, usual.params.head.kernel)


def test_with_34_units_an_rnn_is_the_first_as_large_as_the_lstm():
    assert size("rnn, 33 units") < size("lstm") < size("rnn, 34 units")


def test_guessing_is_measured_on_the_sequences_that_judge():
    class Ones:
        """A cell whose last h is 1 in its one unit, whatever it reads."""

        def forward(self, inputs, params):
            ones = np.ones((len(inputs), 1), np.float32)
            return None, type("State", (), {"h": ones}), None

    params = drawn("rnn").params
    head = params.head._replace(kernel=np.ones((1, 1), np.float32))
    always_1 = Network(Ones(), params._replace(head=head))
    numbers = judged(TASK | {"test_sequences": 300}, always_1, 20)
    assert numbers["test_error"] == numbers["test_guessing"]
    assert numbers["test_guessing"] == pytest.approx(1 / 6, abs=0.03)


def test_what_is_chosen_by_and_what_judges_are_other_sequences():
    inputs, _ = validation_sequences(TASK, 20)
    test, _ = adding_batch(np.random.default_rng([20, 2]), 500, 20)
    assert not {row.tobytes() for row in inputs} & {row.tobytes() for row in test}


@pytest.mark.parametrize("until_solved", [True, False])
def test_it_stops_at_the_first_look_that_finds_it_solved_if_it_is_to(until_solved):
    recipe = TASK | {"learning_rate": 0.01, "solved_below": 0.17}
    rng = np.random.default_rng(1)
    how = {"length": 10, "steps": 60, "look_every": 10, "until_solved": until_solved}
    learned = learn_to_add(recipe, drawn("gru"), rng, **how)
    below = [error < 0.17 for error in learned.errors]
    looks = 1 + below.index(True) if until_solved else 6
    assert looks == len(learned.errors) == len(learned.gradients) / 10
    assert learned.solved == below[-1]
