"""What the tests of the numerical core share: strong examples, strict comparisons.

An example lets a test see a bug only if nothing in it hides one: all sizes differ,
every number is random and not zero, and what is optional (initial state, gradients
into the final state, mask, direction) is there unless the test is about its absence.
"""

from functools import partial, wraps
from typing import Any, NamedTuple
from unittest import mock

import numpy as np

from lstm_course import plain
from lstm_course.arrays.shapes import Array, Mask
from lstm_course.arrays.trees import tree_leaves, tree_map
from lstm_course.layers.bidirectional import (
    BothWays,
    bidirectional_backward,
    bidirectional_forward,
    bidirectional_init,
)
from lstm_course.layers.cells import CELLS, Cell

B, T, D, H = 3, 6, 4, 5

PLAIN_CELLS = {
    name: cell._replace(
        forward=getattr(plain, f"{name}_forward"),
        backward=getattr(plain, f"{name}_backward"),
    )
    for name, cell in CELLS.items()
}

MASKS: dict[str, Mask | None] = {
    "no mask": None,
    "padded right": np.arange(T) < np.array([[4], [2], [6]]),
    "padded left": np.arange(T) >= np.array([[2], [4], [0]]),
    # The first row begins masked, the second ends so, whatever the direction.
    "holes": np.array([[0, 1, 0, 1, 1, 0], [1, 0, 1, 1, 0, 0], [0, 1, 1, 0, 0, 1]]) > 0,
    "a row all masked": np.array([[0] * 6, [1, 0, 1, 1, 0, 1], [0, 1, 1, 1, 1, 0]]) > 0,
}


class Stack(NamedTuple):
    """What two layers, one upon the other, have of their own: params and the like."""

    lower: Any
    upper: Any


def stack_of(cell: Cell) -> Cell:
    """Return two layers as one, put together as a user would."""

    def init(rng: Any, input_dim: int, units: int, **options: Any) -> Stack:
        lower = cell.init(rng, input_dim, units, **options)
        return Stack(lower, cell.init(rng, units, max(1, units // 2), **options))

    def forward(
        inputs: Array,
        params: Stack,
        *,
        initial_state: Stack | None = None,
        mask: Mask | None = None,
        go_backwards: bool = False,
    ) -> tuple[Array, Stack, Stack]:
        start = initial_state or Stack(None, None)
        hidden, low, lower = cell.forward(
            inputs,
            params.lower,
            initial_state=start.lower,
            mask=mask,
            go_backwards=go_backwards,
        )
        if mask is not None and go_backwards:  # as the outputs of the lower one come
            mask = mask[:, ::-1]
        outputs, up, upper = cell.forward(
            hidden,
            params.upper,
            initial_state=start.upper,
            mask=mask,
            go_backwards=go_backwards,
        )
        return outputs, Stack(low, up), Stack(lower, upper)

    def backward(
        d_outputs: Array | None, trace: Stack, *, d_final_state: Stack | None = None
    ) -> tuple[Array, Stack, Stack]:
        final = d_final_state or Stack(None, None)
        d_hidden, d_upper, d_up = cell.backward(
            d_outputs, trace.upper, d_final_state=final.upper
        )
        d_inputs, d_lower, d_low = cell.backward(
            d_hidden, trace.lower, d_final_state=final.lower
        )
        return d_inputs, Stack(d_lower, d_upper), Stack(d_low, d_up)

    return Cell(init, forward, backward, Stack, Stack)


def by_plain_cells(cell: Cell) -> Cell:
    """Return a layer whose passes, and those of the layers in it, are plain."""

    def in_plain(function: Any) -> Any:
        @wraps(function)
        def call(*args: Any, **options: Any) -> Any:
            with mock.patch.dict(CELLS, PLAIN_CELLS):
                return function(*args, **options)

        return call

    return cell._replace(
        forward=in_plain(cell.forward), backward=in_plain(cell.backward)
    )


class Kind(NamedTuple):
    """A recurrent layer here and in Keras, or a layer made of two."""

    name: str  # in CELLS, and of its functions: rnn_step and so on
    keras: str
    options: dict[str, Any]  # of its init, and of Keras' layer
    form: type[Any] | None = None  # of its params, where it is made of two
    plain: bool = False  # the loop of steps, in place of the fused passes

    @property
    def cell(self) -> Cell:
        """The functions of the layer."""
        if self.plain:
            with mock.patch.dict(CELLS, PLAIN_CELLS):
                return by_plain_cells(self._replace(plain=False).cell)
        cell = CELLS[self.name]
        if self.form is BothWays:
            init = partial(bidirectional_init, cell=self.name)
            functions = bidirectional_forward, bidirectional_backward
            return Cell(init, *functions, BothWays, BothWays)
        if self.form is Stack:
            return stack_of(cell)
        return cell


FUSED = {
    "rnn": Kind("rnn", "SimpleRNN", {}),
    "lstm": Kind("lstm", "LSTM", {}),
    "gru": Kind("gru", "GRU", {"reset_after": True}),
    "gru, reset before": Kind("gru", "GRU", {"reset_after": False}),
}
PLAIN = {f"plain {name}": kind._replace(plain=True) for name, kind in FUSED.items()}
KINDS = FUSED | PLAIN
BOTH_WAYS = {
    f"{name}, both ways": kind._replace(form=BothWays) for name, kind in KINDS.items()
}
STACKS = {
    f"{name}, two layers": kind._replace(form=Stack) for name, kind in KINDS.items()
}
LAYERS = KINDS | BOTH_WAYS | STACKS


class Example(NamedTuple):
    """All that goes into a recurrent layer, forward and backward."""

    kind: str
    inputs: Array  # (B, T, D)
    params: Any
    initial_state: Any
    mask: Mask | None
    go_backwards: bool
    d_outputs: Array  # as the outputs: the weights of a weighted sum are its gradient
    d_final_state: Any

    @property
    def cell(self) -> Cell:
        """The functions of the layer."""
        return LAYERS[self.kind].cell

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

    def state_for(params: Any) -> Any:
        if isinstance(params, BothWays | Stack):
            return type(params)(*map(state_for, params))
        form = CELLS[layer.name].state
        shape = batch, len(params.recurrent_kernel)
        return form(*(normal(*shape) for _ in form._fields))

    layer = LAYERS[kind]
    form = layer.cell.init(rng, features, units, **layer.options)
    width = len(tree_leaves(form)[-2][1])  # of the last recurrent kernel
    return Example(
        kind,
        inputs=normal(batch, steps, features),
        params=tree_map(lambda array: 0.7 * normal(*array.shape), form),
        initial_state=state_for(form) if initial_state else None,
        mask=None if MASKS[mask] is None else MASKS[mask][:, :steps],
        go_backwards=go_backwards,
        d_outputs=normal(batch, steps, 2 * width if layer.form is BothWays else width),
        d_final_state=state_for(form),
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
