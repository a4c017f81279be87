"""The language model: exact gradients, Keras' numbers, a state that is carried on."""

import numpy as np
import pytest
from fixtures import assert_close, assert_equal, dtypes_of

from lstm_course import plain
from lstm_course.arrays.gradcheck import complex_step_gradient
from lstm_course.arrays.trees import tree_leaves, tree_map
from lstm_course.data.characters import OTHER, Characters, cut_streams
from lstm_course.layers.lstm import LSTMState
from lstm_course.system.keras_import import import_keras
from lstm_course.training import language
from lstm_course.training.language import (
    LanguageModel,
    draw_character,
    language_backward,
    language_bits,
    language_forward,
    language_init,
    load_language_model,
    read_in_pieces,
    save_language_model,
    temper,
    train_language,
    write_text,
)
from lstm_course.training.losses import softmax, softmax_cross_entropy
from lstm_course.training.optimizers import (
    adam_update,
    clip_by_global_norm,
    optimizer_init,
)
from lstm_course.twin.weights import params_from_keras, params_to_keras

B, T, K, D, H = 3, 6, 7, 4, 5
CHARACTERS = Characters("ab \ncd" + OTHER)


def strong_params(seed=1, dtype=np.float64):
    """Return weights that are all random and not zero."""
    rng = np.random.default_rng(seed)
    form = language_init(rng, K, D, H, dtype=dtype)
    return tree_map(lambda w: rng.normal(size=w.shape).astype(dtype), form)


def some_ids(*shape, seed=2):
    return np.random.default_rng(seed).integers(0, K, shape)


def some_state(seed=3):
    return LSTMState(*np.random.default_rng(seed).normal(size=(2, B, H)))


@pytest.mark.parametrize("forward", ["fused", "plain"])
def test_gradients_are_the_complex_step_s(forward, monkeypatch):
    """Of all weights and the carried state, through logits and the last state."""
    if forward == "plain":
        monkeypatch.setattr(language, "lstm_forward", plain.lstm_forward)
        monkeypatch.setattr(language, "lstm_backward", plain.lstm_backward)
    params, state, ids = strong_params(), some_state(), some_ids(B, T)
    rng = np.random.default_rng(4)
    weigh, weigh_last = rng.normal(size=(B, T, K)), some_state(5)

    def loss(tree):
        logits, last, _ = language_forward(ids, tree[0], initial_state=tree[1])
        return (
            np.sum(weigh * logits)
            + np.sum(weigh_last.h * last.h)
            + np.sum(weigh_last.c * last.c)
        )

    expected = complex_step_gradient(loss, (params, state))
    _, _, trace = language_forward(ids, params, initial_state=state)
    found = language_backward(weigh, trace, d_final_state=weigh_last)
    assert_close(found, expected, 1e-12)


def test_the_loss_s_gradient_is_the_complex_step_s():
    """The whole way, from weights to nats: softmax and cross-entropy by definition."""
    params, ids, labels = strong_params(), some_ids(B, T), some_ids(B, T, seed=6)
    at = np.ogrid[:B, :T]

    def loss(params):
        logits, _, _ = language_forward(ids, params, initial_state=some_state())
        return -np.mean(np.log(softmax(logits)[(*at, labels)]))

    logits, _, trace = language_forward(ids, params, initial_state=some_state())
    value, d_logits = softmax_cross_entropy(logits, labels)
    assert value == pytest.approx(float(loss(params)), rel=1e-14)
    assert_close(
        language_backward(d_logits, trace)[0],
        complex_step_gradient(loss, params),
        1e-12,
    )


def test_a_carried_state_is_as_one_long_reading():
    params, ids = strong_params(), some_ids(B, T)
    whole, last, _ = language_forward(ids, params, initial_state=some_state())
    first, state, _ = language_forward(ids[:, :2], params, initial_state=some_state())
    second, state, _ = language_forward(ids[:, 2:], params, initial_state=state)
    assert_close(np.concatenate([first, second], axis=1), whole, 1e-14)
    assert_close(state, last, 1e-14)


def test_keras_reads_and_learns_alike():
    """Three batches with the state carried on, then a step down the gradient."""
    keras = import_keras()
    params = strong_params(dtype=np.float32)
    model = keras.Sequential(
        [
            keras.Input(batch_shape=(B, None), dtype="int32"),
            keras.layers.Embedding(K, D),
            keras.layers.LSTM(H, return_sequences=True, stateful=True),
            keras.layers.Dense(K),
        ]
    )
    params_to_keras(params, model)
    pieces = [*read_in_pieces(some_ids(B, 3 * T + 1), T)]
    assert len(pieces) == 3
    state = None
    for ids, _ in pieces:
        logits, state, _ = language_forward(ids, params, initial_state=state)
        assert_close(logits, model(ids).numpy(), 1e-5)

    ids, labels = pieces[1]  # from the state that both have by now
    logits, _, trace = language_forward(ids, params, initial_state=state)
    loss, d_logits = softmax_cross_entropy(logits, labels)
    grads, _ = language_backward(d_logits, trace)
    model.compile(
        optimizer=keras.optimizers.SGD(1.0),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    )
    assert model.train_on_batch(ids, labels) == pytest.approx(loss, rel=1e-5)
    stepped = params_from_keras(params, model)
    assert_close(stepped, tree_map(lambda w, g: w - g, params, grads), 1e-5)


def test_pieces_cover_the_streams_once():
    streams = some_ids(2, 8)
    pieces = [*read_in_pieces(streams, 3)]
    assert [ids.shape[1] for ids, _ in pieces] == [3, 3, 1]
    ids, labels = (np.concatenate(part, axis=1) for part in zip(*pieces, strict=True))
    assert np.array_equal(ids, streams[:, :-1])
    assert np.array_equal(labels, streams[:, 1:])


def test_bits_are_those_of_one_reading():
    params, streams = strong_params(), some_ids(B, 8)
    logits, _, _ = language_forward(streams[:, :-1], params)
    p = softmax(logits)
    expected = np.array(
        [[-np.log2(p[b, t, streams[b, t + 1]]) for t in range(7)] for b in range(B)]
    )
    for length in (1, 3, 7, 50):
        assert_close(language_bits(streams, params, length=length), expected, 1e-13)
    cold = language_bits(streams, params, length=4, carried=False)
    assert_close(cold[:, :4], expected[:, :4], 1e-13)
    assert_close(cold[:, 4:], language_bits(streams[:, 4:], params), 1e-13)


TEXT = CHARACTERS.encode("a cab\na bad cab\ndada\n" * 12)


@pytest.mark.parametrize("carried", [True, False])
def test_training_is_the_steps_by_hand(carried):
    """Adam down the clipped gradient; the state carried on; the rate up and down."""
    streams = cut_streams(TEXT, B)[:, :12]  # pieces of 4, 4 and 3
    options = {"length": 4, "learning_rate": 0.02, "warm_up": 2, "clip_norm": 0.3}
    params = start = strong_params()
    found = [*train_language(start, streams, steps=5, carried=carried, **options)]
    assert len(found) == 5
    optimizer = optimizer_init(params)
    rates = [
        0.02 * rise * (1 + np.cos(np.pi * n / 5)) / 2
        for n, rise in enumerate((0.5, 1, 1, 1, 1))
    ]
    cuts = [(0, 4), (4, 8), (8, 11), (0, 4), (4, 8)]
    for n, (step, rate, (a, b)) in enumerate(zip(found, rates, cuts, strict=True)):
        if n in (0, 3) or not carried:
            state = None
        logits, state, trace = language_forward(
            streams[:, a:b], params, initial_state=state
        )
        loss, d_logits = softmax_cross_entropy(logits, streams[:, a + 1 : b + 1])
        grads, _ = language_backward(d_logits, trace)
        params, optimizer = adam_update(
            params, clip_by_global_norm(grads, 0.3), optimizer, learning_rate=rate
        )
        assert step.bits == pytest.approx(loss / np.log(2), rel=1e-12)
        assert_close(step.params, params, 1e-12)


def test_dropout_is_a_step_with_thinner_kernels(monkeypatch):
    """Of the kept weights the gradient is that at the thinned ones, times the scale."""
    seen = []

    def forward(ids, params, **options):
        seen.append(params)
        return language_forward(ids, params, **options)

    monkeypatch.setattr(language, "language_forward", forward)
    monkeypatch.setattr(  # what a step is given, rather than Adam's
        language, "adam_update", lambda params, grads, state, **_: (grads, state)
    )
    params, streams = strong_params(), cut_streams(TEXT, B)
    how = {"steps": 1, "length": 5, "learning_rate": 1.0, "clip_norm": 1e9}
    [step] = train_language(params, streams, dropout=0.4, seed=3, **how)
    [thin] = seen
    dropped = []
    for (name, w), (_, t) in zip(tree_leaves(params), tree_leaves(thin), strict=True):
        if name not in ("recurrent.recurrent_kernel", "head.kernel"):
            assert_equal(t, w)
            continue
        kept = t != 0
        assert np.abs(t[kept] - w[kept] / 0.6).max() < 1e-14
        dropped.append(np.mean(~kept))
        [grad] = [g for at, g in tree_leaves(step.params) if at == name]
        assert not grad[~kept].any()
    assert np.mean(dropped) == pytest.approx(0.4, abs=0.15)

    def loss(params):
        thinned = tree_map(
            lambda w, t, p: np.where(t == p, w, np.where(t == 0, 0, w / 0.6)),
            params,
            thin,
            strong_params(),
        )
        p = softmax(language_forward(streams[:, :5], thinned)[0])
        return -np.mean(np.log(p[(*np.ogrid[:B, :5], streams[:, 1:6])]))

    assert_close(step.params, complex_step_gradient(loss, params), 1e-12)
    other = next(train_language(params, streams, dropout=0.4, seed=4, **how))
    assert not np.array_equal(other.params.head.kernel, step.params.head.kernel)
    with pytest.raises(ValueError, match="rate is 1"):
        next(train_language(params, streams, dropout=1, **how))


def test_it_learns_a_text_and_stays_in_float32():
    streams = cut_streams(TEXT, 4)
    start = language_init(np.random.default_rng(0), K, D, 16)
    how = {"steps": 200, "length": 10, "learning_rate": 0.02, "warm_up": 10}
    for step in train_language(start, streams, **how):
        params = step.params
    assert dtypes_of(params) == {np.dtype(np.float32)}
    before = language_bits(streams, start).mean()
    after = language_bits(streams, params).mean()
    assert before > 2
    assert after < 0.5
    model = LanguageModel(CHARACTERS, params)
    assert write_text(model, "a c", 6, temperature=0) == "a cab"


def test_temperature_by_hand():
    logits = np.log([[1.0, 2, 5], [3, 1, 1]])
    expected = np.array([[1 / 8, 2 / 8, 5 / 8], [0.6, 0.2, 0.2]])
    assert_close(temper(logits, 1), expected, 1e-14)
    assert_close(temper(logits, 0.5)[0], np.array([1, 4, 25]) / 30, 1e-14)
    assert_equal(temper(logits, 0), np.array([[0.0, 0, 1], [1, 0, 0]]))
    assert_close(temper(logits, 1e9), np.full((2, 3), 1 / 3), 1e-8)
    with pytest.raises(ValueError, match="temperature is -1; expected 0 or more"):
        temper(logits, -1)


def test_draws_are_as_frequent_as_probable():
    p, rng = np.array([0.2, 0, 0.5, 0.3]), np.random.default_rng(8)
    drawn = np.bincount([draw_character(p, rng) for _ in range(20_000)], minlength=4)
    assert drawn[1] == 0
    assert np.abs(drawn / 20_000 - p).max() < 4 * np.sqrt(0.25 / 20_000)
    assert {draw_character(np.array([0, 0, 1.0]), rng) for _ in range(50)} == {2}


def test_written_text_is_drawn_step_by_step():
    """Against the whole text read anew for each character."""
    params = strong_params(7)
    model = LanguageModel(CHARACTERS, tree_map(np.float32, params))
    exact = tree_map(lambda w: w.astype(np.float32).astype(np.float64), params)
    rng = np.random.default_rng(5)
    text = "ab"
    for _ in range(30):
        ids = CHARACTERS.encode("\n" + text)[np.newaxis]
        z = language_forward(ids, exact)[0][0, -1] / 0.8
        p = np.exp(z) / np.exp(z).sum()
        letter = CHARACTERS.alphabet[np.flatnonzero(np.cumsum(p) > rng.random())[0]]
        if letter == "\n":
            break
        text += letter
    assert len(text) > 5
    assert write_text(model, "ab", 30, temperature=0.8, seed=5) == text
    assert write_text(model, "ab", 2, temperature=0.8, seed=5) == text[:4]
    assert write_text(model, "ab", 0) == "ab"
    with pytest.raises(ValueError, match="length is -1"):
        write_text(model, "ab", -1)


def test_a_file_gives_the_model_back_in_half_the_precision(tmp_path):
    params = tree_map(np.float32, strong_params())
    save_language_model(LanguageModel(CHARACTERS, params), tmp_path / "poet.npz")
    again = load_language_model(tmp_path / "poet.npz")
    assert again.characters == CHARACTERS
    half = tree_map(lambda w: w.astype(np.float16).astype(np.float32), params)
    assert_equal(again.params, half)
    save_language_model(again, tmp_path / "twice.npz")
    first, second = (tmp_path / f"{n}.npz" for n in ("poet", "twice"))
    assert first.read_bytes() == second.read_bytes()
    with pytest.raises(ValueError, match="expected a name ending in"):
        save_language_model(again, tmp_path / "poet.txt")
    large = again.params._replace(embedding=tree_map(lambda w: 1e6 * w, params[0]))
    with pytest.raises(ValueError, match="embeddings holds numbers that float16"):
        save_language_model(LanguageModel(CHARACTERS, large), tmp_path / "x.npz")


def spoil(path, change):
    with np.load(path) as file:
        arrays = dict(file)
    change(arrays)
    np.savez(path, **arrays)


@pytest.mark.parametrize(
    "change",
    [
        lambda arrays: arrays.pop("head.bias"),
        lambda arrays: arrays.update(alphabet="ab"),
        lambda arrays: arrays.update(alphabet="abcd" + OTHER),
        lambda arrays: arrays.update({"recurrent.bias": np.zeros(3)}),
        lambda arrays: arrays.update({"embedding.embeddings": np.zeros((9, D))}),
    ],
)
def test_a_file_that_holds_something_else_is_said(tmp_path, change):
    path = tmp_path / "poet.npz"
    save_language_model(LanguageModel(CHARACTERS, strong_params()), path)
    spoil(path, change)
    with pytest.raises(ValueError, match=r"poet\.npz holds no language model"):
        load_language_model(path)
    path.write_bytes(b"PK")
    with pytest.raises(ValueError, match=r"poet\.npz holds no language model"):
        load_language_model(path)


def test_what_does_not_fit_is_refused_by_name():
    params = strong_params()
    with pytest.raises(ValueError, match=r"ids has shape \(6,\), 1 axes"):
        language_forward(some_ids(T), params)
    _, _, trace = language_forward(some_ids(B, T), params)
    with pytest.raises(ValueError, match=r"d_logits has shape \(3, 7\), 2 axes"):
        language_backward(np.zeros((B, K)), trace)
    with pytest.raises(ValueError, match="length is 0"):
        next(read_in_pieces(some_ids(B, T), 0))
    with pytest.raises(TypeError, match="streams holds float64; expected int"):
        next(read_in_pieces(np.zeros((B, T)), 2))
    assert next(name for name, _ in tree_leaves(params)) == "embedding.embeddings"


def test_embeddings_are_drawn_with_a_standard_deviation_of_1():
    params = language_init(np.random.default_rng(1), 50, 40, 3)
    embeddings = params.embedding.embeddings
    assert embeddings.shape == (50, 40)
    assert embeddings.std() == pytest.approx(1, abs=0.05)
    assert dtypes_of(params) == {np.dtype(np.float32)}
    with pytest.raises(ValueError, match="characters is 0; expected at least 1"):
        language_init(np.random.default_rng(1), 0, 2, 3)
    with pytest.raises(TypeError, match="rng is 1; expected a generator"):
        language_init(1, 5, 2, 3)
