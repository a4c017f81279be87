"""Weights from Keras to NumPy and back: the same arrays in the same order."""

from typing import Any

from lstm_course.arrays.trees import Tree, tree_from_leaves, tree_leaves


def params_from_keras(form: Tree, keras_object: Any) -> Tree:
    """Return the weights of a Keras layer or model as parameters of our own.

    Args:
        form: parameters of the same sizes, whose values do not matter.
        keras_object: anything with ``get_weights()``.

    Raises:
        ValueError: the shapes differ; names the first array that does not fit.
    """
    return tree_from_leaves(form, keras_object.get_weights())


def params_to_keras(params: object, keras_object: Any) -> None:
    """Copy parameters of our own into a Keras layer or model of the same sizes.

    Raises:
        ValueError: by Keras, where the shapes differ.
    """
    keras_object.set_weights([array for _, array in tree_leaves(params)])
