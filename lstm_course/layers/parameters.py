"""How many weights a recurrent layer has, by the formula."""

from lstm_course.arrays.shapes import check_at_least

_BLOCKS = {"rnn": 1, "lstm": 4, "gru": 3}


def count_parameters(
    cell: str,
    input_dim: int,
    units: int,
    *,
    use_bias: bool = True,
    reset_after: bool = True,
) -> int:
    """Return the number of weights of one recurrent layer.

    Each block (a gate or a candidate) has D × H weights for the input, H × H for the
    hidden state and H biases; an RNN has one block, a GRU three, an LSTM four. A GRU
    with ``reset_after``, as Keras builds it, has a second bias for each block.

    Args:
        cell: "rnn", "lstm" or "gru".
        input_dim: D, features of the input.
        units: H, size of the hidden state.
        use_bias: whether there are biases at all.
        reset_after: of a GRU; the other cells have no such choice.

    Raises:
        TypeError: a size is no integer.
        ValueError: an unknown cell, or a size below 1.
    """
    if cell not in _BLOCKS:
        raise ValueError(f"cell is {cell!r}; expected one of {[*_BLOCKS]}")
    check_at_least("input_dim", input_dim, 1)
    check_at_least("units", units, 1)
    biases = (2 if cell == "gru" and reset_after else 1) if use_bias else 0
    return _BLOCKS[cell] * units * (input_dim + units + biases)
