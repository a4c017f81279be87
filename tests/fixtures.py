"""What the tests of the numerical core share: strong examples, strict comparisons.

An example lets a test see a bug only if nothing in it hides one: all sizes differ,
every number is random and not zero, and what is optional (initial state, gradients
into the final state, mask, direction) is there unless the test is about its absence.
"""

from typing import Any, NamedTuple

import numpy as np

from lstm_course.arrays.shapes import Array, Mask
from lstm_course.arrays.trees import tree_leaves, tree_map
from lstm_course.layers.cells import CELLS, Cell

B, T, D, H = 3, 6, 4, 5

MASKS: dict[str, Mask | None] = {
    "no mask": None,
    "padded right": np.arange(T) < np.array([[4], [2], [6]]),
    "padded left": np.arange(T) >= np.array([[2], [4], [0]]),
    # The first row begins masked, the second ends so, whatever the direction.
    "holes": np.array([[0, 1, 0, 1, 1, 0], [1, 0, 1, 1, 0, 0], [0, 1, 1, 0, 0, 1]]) > 0,
    "a row all masked": np.array([[0] * 6, [1, 0, 1, 1, 0, 1], [0, 1, 1, 1, 1, 0]]) > 0,
}


class Kind(NamedTuple):
    """A recurrent layer here and in Keras."""

    name: str  # in CELLS, and of its functions: rnn_step and so on
    keras: str
    options: dict[str, Any]  # of its init, and of Keras' layer

    @property
    def cell(self) -> Cell:
        """The functions of the layer."""
        return CELLS[self.name]


KINDS = {
    "rnn": Kind("rnn", "SimpleRNN", {}),
    "lstm": Kind("lstm", "LSTM", {}),
    "gru": Kind("gru", "GRU", {"reset_after": True}),
    "gru, reset before": Kind("gru", "GRU", {"reset_after": False}),
}


class Example(NamedTuple):
    """All that goes into a recurrent layer, forward and backward."""

    kind: str
    inputs: Array  # (B, T, D)
    params: Any
    initial_state: Any
    mask: Mask | None
    go_backwards: bool
    d_outputs: Array  # (B, T, H): the weights of a weighted sum are its gradient
    d_final_state: Any

    @property
    def cell(self) -> Cell:
        """The functions of the layer."""
        return KINDS[self.kind].cell

    @property
    def options(self) -> dict[str, Any]:
        """The keyword arguments of forward."""
        return {
            "initial_state": self.initial_state,
            "mask": self.mask,
            "go_backwards": self.go_backwards,
        }


class Results(NamedTuple):
    """All that comes out of one."""

    outputs: Array
    state: Any
    d_inputs: Array
    d_params: Any
    d_initial_state: Any


def make_example(
    kind: str = "lstm",
    mask: str = "holes",
    *,
    initial_state: bool = True,
    go_backwards: bool = False,
    dtype: Any = np.float64,
    sizes: tuple[int, int, int, int] = (B, T, D, H),
    seed: int = 1,
) -> Example:
    """Return random numbers in all the right places."""
    rng = np.random.default_rng(seed)
    batch, steps, features, units = sizes

    def normal(*shape: int) -> Array:
        return rng.normal(size=shape).astype(dtype)

    def state() -> Any:
        form = KINDS[kind].cell.state
        return form(*(normal(batch, units) for _ in form._fields))

    form = KINDS[kind].cell.init(rng, features, units, **KINDS[kind].options)
    return Example(
        kind,
        inputs=normal(batch, steps, features),
        params=tree_map(lambda array: 0.7 * normal(*array.shape), form),
        initial_state=state() if initial_state else None,
        mask=None if MASKS[mask] is None else MASKS[mask][:, :steps],
        go_backwards=go_backwards,
        d_outputs=normal(batch, steps, units),
        d_final_state=state(),
    )


def run(example: Example) -> Results:
    """Run the package's layer forward and backward."""
    cell = example.cell
    outputs, state, trace = cell.forward(
        example.inputs, example.params, **example.options
    )
    gradients = cell.backward(
        example.d_outputs, trace, d_final_state=example.d_final_state
    )
    return Results(outputs, state, *gradients)


def assert_close(came: Any, expected: Any, tolerance: float) -> None:
    """Hold two trees together, leaf by leaf, in units of each leaf's largest entry."""
    pairs = zip(tree_leaves(came), tree_leaves(expected), strict=True)
    for (name, a), (other_name, b) in pairs:
        assert (name, a.shape) == (other_name, b.shape)
        if b.size:
            error = np.max(np.abs(a - b)) / (np.max(np.abs(b)) or 1.0)
            assert error <= tolerance, f"{name or 'the array'} is off by {error:.1e}"


def assert_equal(came: Any, expected: Any) -> None:
    """Hold two trees together, to the bit."""
    assert_close(came, expected, 0.0)


def dtypes_of(tree: Any) -> set[np.dtype[Any]]:
    """Return the dtypes that the leaves of a tree have."""
    return {array.dtype for _, array in tree_leaves(tree)}


class Reviews(NamedTuple):
    """Made-up reviews with their labels, as ``fit`` takes them."""

    ids: Array
    labels: Array


def make_reviews(
    count: int, *, words: int = 7, steps: int = T, seed: int = 5
) -> Reviews:
    """Return random ids, padded before, and random labels."""
    rng = np.random.default_rng(seed)
    ids = rng.integers(1, words, (count, steps)).astype(np.int32)
    padding = rng.integers(0, steps, (count, 1))
    return Reviews(
        np.where(np.arange(steps) < padding, 0, ids),
        rng.integers(0, 2, count).astype(np.int8),
    )
