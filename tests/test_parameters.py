import math

import numpy as np
import pytest

from lstm_course import count_parameters
from lstm_course.system.keras_import import import_keras


@pytest.mark.parametrize(
    ("cell", "input_dim", "units", "options", "expected"),
    [
        ("rnn", 16, 8, {}, 200),
        ("lstm", 16, 8, {}, 800),
        ("lstm", 1, 10, {}, 480),
        ("lstm", 100, 32, {}, 17_024),
        ("lstm", 32, 32, {}, 8_320),
        ("gru", 16, 8, {}, 624),
        ("gru", 16, 8, {"reset_after": False}, 600),
    ],
)
def test_the_numbers_in_the_notes(cell, input_dim, units, options, expected):
    assert count_parameters(cell, input_dim, units, **options) == expected


@pytest.mark.parametrize("use_bias", [True, False])
@pytest.mark.parametrize(("input_dim", "units"), [(1, 1), (3, 7), (11, 2)])
@pytest.mark.parametrize("cell", ["rnn", "lstm", "gru", "gru before"])
def test_the_formula_counts_what_keras_counts(cell, input_dim, units, use_bias):
    layers = import_keras().layers
    options = {} if cell != "gru before" else {"reset_after": False}
    layer = {"rnn": layers.SimpleRNN, "lstm": layers.LSTM}.get(cell, layers.GRU)(
        units, use_bias=use_bias, **options
    )
    layer.build((None, None, input_dim))
    counted = count_parameters(
        cell.split()[0], input_dim, units, use_bias=use_bias, **options
    )
    assert counted == layer.count_params()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("lstmm", 2, 3), r"cell is 'lstmm'; expected one of \['rnn', 'lstm', 'gru'\]"),
        (("gru", 0, 3), "input_dim is 0; expected at least 1"),
        (("gru", 2, -1), "units is -1; expected at least 1"),
    ],
)
def test_nonsense_is_refused(arguments, message):
    with pytest.raises(ValueError, match=f"^{message}$"):
        count_parameters(*arguments)


@pytest.mark.parametrize("size", [1.5, 2.0, math.nan, True, "2", None])
def test_a_size_that_is_no_integer_is_refused(size):
    for name, arguments in {"input_dim": (size, 2), "units": (2, size)}.items():
        with pytest.raises(TypeError, match=f"^{name} is {size!r}; expected an integ"):
            count_parameters("lstm", *arguments)
    assert count_parameters("lstm", np.int64(16), np.int32(8)) == 800
