"""The embedding: rows looked up, gradients of recurring ids added up."""

import numpy as np
import pytest
from fixtures import assert_close, assert_equal

from lstm_course.arrays.gradcheck import complex_step_gradient
from lstm_course.layers.embedding import (
    EmbeddingParams,
    embedding_backward,
    embedding_forward,
    embedding_init,
)

V, D = 7, 4
IDS = np.array([[3, 0, 3, 6, 3], [0, 5, 1, 1, 0], [6, 6, 6, 6, 6]])  # never 2 or 4


@pytest.fixture
def params():
    return EmbeddingParams(np.random.default_rng(1).normal(size=(V, D)))


@pytest.fixture
def d_outputs():
    return np.random.default_rng(2).normal(size=(*IDS.shape, D))


@pytest.mark.parametrize("dtype", [np.int32, np.int64, np.uint8])
def test_every_id_gets_its_row(params, dtype):
    outputs, _ = embedding_forward(IDS.astype(dtype), params)
    assert outputs.shape == (*IDS.shape, D)
    for place, word in np.ndenumerate(IDS):
        assert np.array_equal(outputs[place], params.embeddings[word])


@pytest.mark.parametrize("dtype", [np.int32, np.int64, np.uint8])
def test_gradients_of_recurring_ids_add_up(params, d_outputs, dtype):
    _, trace = embedding_forward(IDS.astype(dtype), params)
    expected = np.zeros((V, D))
    np.add.at(expected, IDS, d_outputs)
    came = embedding_backward(d_outputs, trace)
    assert_close(came, EmbeddingParams(expected), 1e-15)
    assert not came.embeddings[[2, 4]].any()


def test_gradient_is_the_complex_step(params, d_outputs):
    expected = complex_step_gradient(
        lambda tree: np.sum(embedding_forward(IDS, tree)[0] * d_outputs), params
    )
    _, trace = embedding_forward(IDS, params)
    assert_close(embedding_backward(d_outputs, trace), expected, 1e-14)


def test_float32_stays_float32(params, d_outputs):
    single = EmbeddingParams(params.embeddings.astype(np.float32))
    outputs, trace = embedding_forward(IDS, single)
    gradient = embedding_backward(d_outputs.astype(np.float32), trace)
    assert outputs.dtype == gradient.embeddings.dtype == np.float32


def test_nothing_is_changed_and_memory_layout_makes_no_difference(params, d_outputs):
    _, trace = embedding_forward(IDS, params)
    expected = embedding_backward(d_outputs, trace)
    for array in (IDS, *params, d_outputs):
        array.flags.writeable = False
    ids, turned = np.asfortranarray(IDS), np.asfortranarray(d_outputs)
    outputs, trace = embedding_forward(ids, params)
    assert_equal(outputs, embedding_forward(IDS, params)[0])
    assert_equal(embedding_backward(turned, trace), expected)
    outputs[...] = 0  # a copy: the parameters cannot be changed through it


def test_no_reviews_have_no_gradient(params):
    outputs, trace = embedding_forward(IDS[:0], params)
    assert outputs.shape == (0, 5, D)
    assert_equal(embedding_backward(outputs, trace).embeddings, np.zeros((V, D)))


def test_init_draws_as_keras_does():
    drawn = embedding_init(np.random.default_rng(1), 500, 16).embeddings
    assert drawn.shape == (500, 16)
    assert drawn.dtype == np.float32
    assert 0.0499 < abs(drawn).max() <= 0.05
    assert drawn.std() == pytest.approx(0.05 / np.sqrt(3), rel=0.02)


def test_init_says_what_cannot_be_drawn():
    rng = np.random.default_rng(1)
    with pytest.raises(ValueError, match=r"^output_dim is -4; expected at least 1$"):
        embedding_init(rng, 3, -4)
    with pytest.raises(TypeError, match=r"^input_dim is 3\.0; expected an integer$"):
        embedding_init(rng, 3.0, 4)
    with pytest.raises(TypeError, match=r"^rng is None; expected a generator"):
        embedding_init(None, 3, 4)


@pytest.mark.parametrize(
    ("ids", "error", "message"),
    [
        (IDS + 1, ValueError, r"ids go from 1 to 7; expected 0 to 6, .* 7 rows"),
        # NumPy would have counted this one from the end.
        (IDS - 1, ValueError, r"ids go from -1 to 5; expected 0 to 6"),
        (IDS[0], ValueError, r"ids has shape \(5,\), 1 axes; expected 2: \(B, T\)"),
        (IDS.astype(float), TypeError, "ids holds float64; expected int"),
        (IDS > 0, TypeError, "ids holds bool; expected int"),
        (IDS.tolist(), TypeError, "ids is a list; expected a NumPy array"),
    ],
)
def test_ids_that_have_no_row_are_refused(params, ids, error, message):
    with pytest.raises(error, match=f"^{message}"):
        embedding_forward(ids, params)


def test_what_does_not_fit_is_refused_by_name(params, d_outputs):
    flat = EmbeddingParams(params.embeddings[0])
    with pytest.raises(ValueError, match=r"^embeddings has .* expected 2: \(V, D\)"):
        embedding_forward(IDS, flat)
    _, trace = embedding_forward(IDS, params)
    with pytest.raises(ValueError, match=r"^d_outputs has .* with T = 5, from ids"):
        embedding_backward(d_outputs[:, 1:], trace)
    with pytest.raises(ValueError, match=r"^d_outputs has .* 2 axes; expected 3"):
        embedding_backward(d_outputs[0], trace)
    with pytest.raises(TypeError, match=r"^d_outputs holds int64; expected float"):
        embedding_backward(d_outputs.astype(int), trace)
