"""Trees of parameters: mapped, listed and put together again."""

from typing import NamedTuple

import numpy as np
import pytest
from fixtures import assert_equal

from lstm_course.arrays.trees import tree_from_leaves, tree_leaves, tree_map


class Layer(NamedTuple):
    kernel: np.ndarray
    bias: np.ndarray


class Model(NamedTuple):
    layers: tuple[Layer, ...]
    head: Layer


def layer(seed):
    rng = np.random.default_rng(seed)
    return Layer(rng.normal(size=(2, 3)), rng.normal(size=3))


@pytest.fixture
def model():
    return Model((layer(1), layer(2)), layer(3))


def test_leaves_have_the_names_of_their_places(model):
    leaves = tree_leaves(model)
    assert [name for name, _ in leaves] == [
        "layers.0.kernel",
        "layers.0.bias",
        "layers.1.kernel",
        "layers.1.bias",
        "head.kernel",
        "head.bias",
    ]
    assert leaves[3][1] is model.layers[1].bias
    assert tree_leaves(model.head.bias, "bias") == [("bias", model.head.bias)]
    assert tree_leaves(()) == []


def test_map_takes_the_arrays_at_one_place_and_keeps_the_form(model):
    other = tree_map(lambda a: a + 1, model)
    got = tree_map(lambda a, b: 10 * a - b, model, other)
    assert isinstance(got, Model)
    assert isinstance(got.layers[1], Layer)
    assert type(got.layers) is tuple
    for (_, a), (_, b) in zip(tree_leaves(got), tree_leaves(model), strict=True):
        assert a == pytest.approx(9 * b - 1)


@pytest.mark.parametrize("not_a_tree", [1.0, [np.ones(2)], (np.ones(2), None)])
def test_what_is_no_tree_is_refused(not_a_tree):
    with pytest.raises(TypeError, match="a tree is made of tuples and arrays"):
        tree_map(np.negative, not_a_tree)
    with pytest.raises(TypeError, match="a tree is made of tuples and arrays"):
        tree_leaves(not_a_tree)


def test_trees_of_other_forms_do_not_mix(model):
    with pytest.raises(ValueError, match="zip"):
        tree_map(np.add, model, model._replace(layers=model.layers[:1]))


def test_leaves_make_the_tree_again(model):
    form = tree_map(np.zeros_like, model)
    again = tree_from_leaves(form, (array for _, array in tree_leaves(model)))
    assert isinstance(again.layers[0], Layer)
    assert_equal(again, model)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            lambda arrays: arrays[:-1],
            "there are 5 arrays; expected 6: layers.0.kernel,",
        ),
        (lambda arrays: [*arrays, arrays[0]], "there are 7 arrays; expected 6"),
        (
            lambda arrays: [*arrays[:3], np.ones(4), *arrays[4:]],
            r"^layers.1.bias has shape \(4,\) .*; expected \(3,\)",
        ),
        (
            lambda arrays: [*arrays[:5], np.array(["a"] * 3)],
            "^head.bias .* holds <U1; expected .* float64",
        ),
    ],
)
def test_leaves_that_do_not_fit_are_refused_by_name(model, change, message):
    arrays = [array for _, array in tree_leaves(model)]
    with pytest.raises(ValueError, match=message):
        tree_from_leaves(model, change(arrays))
