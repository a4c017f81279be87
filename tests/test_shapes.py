"""The executed shape specs: what they accept, and what they say otherwise."""

import re

import numpy as np
import pytest

from lstm_course.arrays.shapes import check_draw, check_shapes, field_specs
from lstm_course.layers.gru import GRUParams
from lstm_course.layers.lstm import LSTMState

x = np.zeros((3, 6, 4))
kernel = np.zeros((4, 20), np.float32)


def test_each_letter_gets_its_size():
    sizes = check_shapes(
        x=(x, "B T D"),
        kernel=(kernel, "D 4H"),
        mask=(np.ones((3, 6), bool), "bool B T"),
        ids=(np.ones((3, 6), np.uint8), "int B T"),
        scale=(np.ones((1, 3), complex), "1 B"),
    )
    assert sizes == {"B": 3, "T": 6, "D": 4, "H": 5}


@pytest.mark.parametrize("shape", [(0, 6, 4), (3, 0, 4)])
def test_a_size_may_be_zero(shape):
    sizes = check_shapes(x=(np.zeros(shape), "B T D"), y=(np.zeros(shape), "B T D"))
    assert tuple(sizes.values()) == shape


@pytest.mark.parametrize(
    ("named", "error", "message"),
    [
        (
            {"x": (x[0], "B T D")},
            ValueError,
            "x has shape (6, 4), 2 axes; expected 3: (B, T, D)",
        ),
        (
            {"x": (x, "B T D"), "kernel": (kernel[1:], "D 4H")},
            ValueError,
            "kernel has shape (3, 20); expected (D, 4H) with D = 4, "
            "from x (B, T, D) of shape (3, 6, 4)",
        ),
        (
            {"square": (np.zeros((3, 4)), "H H")},
            ValueError,
            "square has shape (3, 4); expected (H, H) with H = 3, "
            "from square (H, H) of shape (3, 4)",
        ),
        (
            {"kernel": (np.zeros((4, 19)), "D 4H")},
            ValueError,
            "kernel has shape (4, 19); expected (D, 4H), but 19 is no multiple of 4",
        ),
        (
            {"scale": (np.ones((2, 3)), "1 B")},
            ValueError,
            "scale has shape (2, 3); expected (1, B)",
        ),
        (
            {"x": (x.tolist(), "B T D")},
            TypeError,
            "x is a list; expected a NumPy array of shape (B, T, D)",
        ),
        ({"x": (x.astype(int), "B T D")}, TypeError, "x holds int64; expected float"),
        ({"ids": (x, "int B T D")}, TypeError, "ids holds float64; expected int"),
        (
            {"ids": (x > 0, "int B T D")},
            TypeError,
            "ids holds bool; expected int",
        ),
        (
            {"mask": (x.astype(np.uint8), "bool B T D")},
            TypeError,
            "mask holds uint8; expected bool",
        ),
    ],
)
def test_an_error_names_the_argument_what_was_expected_and_what_came(
    named, error, message
):
    with pytest.raises(error, match=f"^{re.escape(message)}$"):
        check_shapes(**named)


def test_the_argument_that_comes_first_is_right():
    with pytest.raises(ValueError, match=r"^x has .* with D = 4, from kernel"):
        check_shapes(kernel=(kernel, "D 4H"), x=(x[:, :, :3], "B T D"))


def test_a_slip_in_a_spec_is_found():
    with pytest.raises(AssertionError, match="not a shape"):
        check_shapes(x=(x, "B,T,D"))


def test_field_specs_name_each_array():
    state = LSTMState(x[:, 0], x[:, 1])
    specs = field_specs("start", state, LSTMState)
    assert {name: spec for name, (_, spec) in specs.items()} == {
        "start.h": "B H",
        "start.c": "B H",
    }
    assert specs["start.c"][0] is state.c
    assert field_specs("start", None, LSTMState, optional=True) == {}


@pytest.mark.parametrize(
    ("bias", "spec"),
    [(np.ones(6), "3H"), (np.ones((2, 6)), "2 3H"), (np.ones((1, 1, 1)), "3H")],
)
def test_of_several_specs_the_number_of_axes_decides(bias, spec):
    params = GRUParams(np.ones((4, 6)), np.ones((2, 6)), bias)
    assert field_specs("params", params, GRUParams)["params.bias"][1] == spec


@pytest.mark.parametrize(
    ("optional", "message"),
    [
        (True, "d is a list; expected LSTMState or None"),
        (False, "d is a list; expected LSTMState"),
    ],
)
def test_field_specs_refuse_another_kind(optional, message):
    with pytest.raises(TypeError, match=f"^{message}$"):
        field_specs("d", [x, x], LSTMState, optional=optional)


@pytest.mark.parametrize("rng", [None, 42, np.random, np.random.RandomState(3)])
def test_what_draws_no_numbers_is_refused(rng):
    with pytest.raises(
        TypeError, match=r"^rng is .*; expected a generator, as from np"
    ):
        check_draw(rng, units=3)


def test_a_drawn_size_is_an_integer_of_at_least_one():
    rng = np.random.default_rng(3)
    check_draw(rng, input_dim=1, units=np.int64(7))
    with pytest.raises(ValueError, match=r"^units is 0; expected at least 1$"):
        check_draw(rng, input_dim=1, units=0)
    for size in (2.0, True, "3", None):
        with pytest.raises(
            TypeError, match=f"^units is {size!r}; expected an integer$"
        ):
            check_draw(rng, units=size)


def test_only_what_is_optional_may_be_none():
    with pytest.raises(TypeError, match=r"^d is a NoneType; expected LSTMState$"):
        field_specs("d", None, LSTMState)
