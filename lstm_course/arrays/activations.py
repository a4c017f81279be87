"""The squashing function of a gate."""

import numpy as np

from lstm_course.arrays.shapes import Array


def sigmoid(z: Array) -> Array:
    """Return 1 / (1 + exp(-z)), element by element, with values in (0, 1).

    Written as ½(1 + tanh(z/2)): the same function, which cannot overflow and is
    analytic, so that a complex step passes through it exactly.
    """
    return 0.5 * (1.0 + np.tanh(0.5 * z))
