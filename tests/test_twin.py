"""The NumPy model and its twin in Keras: on real reviews, the same numbers."""

import io
import json
import re
import zipfile

import h5py
import numpy as np
import pytest
from fixtures import Reviews, assert_close, assert_equal, make_reviews

from lstm_course import build_sentiment_model, load_imdb, load_model
from lstm_course.arrays.activations import sigmoid
from lstm_course.arrays.trees import tree_from_leaves
from lstm_course.system.keras_import import import_keras
from lstm_course.training.engine import NumpySentimentModel
from lstm_course.training.losses import binary_cross_entropy
from lstm_course.training.progress_bar import Progress
from lstm_course.training.sentiment import (
    SentimentConfig,
    sentiment_backward,
    sentiment_forward,
)
from lstm_course.twin.weights import params_from_keras, params_to_keras

# Keras 3.15 reads its own variables in a way that NumPy 2 deprecates.
pytestmark = pytest.mark.filterwarnings("ignore:__array__:DeprecationWarning")

SMALL = {"num_words": 7, "embedding_dim": 4, "units": 5}


@pytest.fixture(scope="module")
def reviews():
    return load_imdb().train


@pytest.fixture(scope="module")
def keras():
    return import_keras()


def keras_gradients(model, batch):
    """Return logits, loss and the gradients that Keras' tape finds, in our form."""
    import tensorflow as tf

    loss_of = import_keras().losses.BinaryCrossentropy(from_logits=True)
    with tf.GradientTape() as tape:
        logits = model.keras_model(batch.ids, training=True)
        loss = loss_of(batch.labels[:, None], logits)
    variables = model.keras_model.trainable_variables
    gradients = tape.gradient(loss, [variable.value for variable in variables])
    arrays = [tf.convert_to_tensor(gradient).numpy() for gradient in gradients]
    return logits.numpy()[:, 0], float(loss), tree_from_leaves(model.params, arrays)


@pytest.mark.parametrize(
    ("cell", "layers", "steps", "mask_zero", "more"),
    [
        ("lstm", 0, 100, False, {}),
        ("lstm", 0, 100, True, {}),
        ("lstm", 1, 100, False, {}),
        ("lstm", 1, 100, True, {}),
        ("lstm", 2, 50, False, {}),
        ("lstm", 2, 50, True, {}),
        ("rnn", 1, 50, True, {}),
        ("gru", 1, 50, True, {}),
        ("lstm", 1, 50, True, {"bidirectional": True}),
        ("gru", 2, 50, False, {"bidirectional": True}),
        ("lstm", 1, 50, True, {"pooling": "mean"}),
        ("gru", 1, 50, True, {"pooling": "max"}),
        ("lstm", 0, 50, True, {"pooling": "max_mean"}),
        ("rnn", 1, 50, False, {"pooling": "max"}),
        ("lstm", 1, 50, True, {"bidirectional": True, "pooling": "max_mean"}),
    ],
)
def test_a_real_batch_gives_the_same_probabilities_and_gradients(
    reviews, cell, layers, steps, mask_zero, more
):
    options = {"cell": cell, "layers": layers, "mask_zero": mask_zero, **more}
    twin = build_sentiment_model(engine="keras", seed=3, **options)
    # Weights that training could have reached, larger than those it starts from.
    rng = np.random.default_rng(4)
    twin.keras_model.set_weights(
        [
            weights + rng.normal(scale=0.2, size=weights.shape)
            for weights in twin.keras_model.get_weights()
        ]
    )
    ours = build_sentiment_model(**options)
    ours.params = twin.params
    short = np.flatnonzero((reviews.ids[:, -steps:] == 0).any(axis=1))[:20]
    rows = np.concatenate([short, np.setdiff1d(np.arange(64), short)])[:64]
    batch = Reviews(reviews.ids[rows, -steps:], reviews.labels[rows])

    logits, trace = sentiment_forward(batch.ids, ours.params, ours.config)
    labels = batch.labels.astype(np.float32)
    loss, d_logits = binary_cross_entropy(logits, labels)
    gradients = sentiment_backward(d_logits, trace, ours.config)
    expected_logits, expected_loss, expected = keras_gradients(twin, batch)
    probabilities = ours.predict(batch.ids)
    assert probabilities.std() > 0.005
    assert abs(probabilities - sigmoid(expected_logits)).max() <= 1e-6
    assert loss == pytest.approx(expected_loss, rel=1e-6)
    assert_close(gradients, expected, 1e-5)


def test_both_engines_predict_the_same_for_real_reviews(reviews):
    twin = build_sentiment_model(engine="keras", seed=3)
    ours = NumpySentimentModel(twin.config, twin.params)
    ids = reviews.ids[:300]
    assert abs(ours.predict(ids) - twin.predict(ids)).max() <= 1e-6


@pytest.fixture
def summing_optimizers(monkeypatch):
    """Let Keras' optimizers see each word's gradient as one sum.

    As they are, they square the gradients of a recurring word one by one: see below.
    """
    import tensorflow as tf

    def summing(kind):
        def apply(self, grads, trainable_variables=None):
            dense = [tf.convert_to_tensor(gradient) for gradient in grads]
            return kind.apply(self, dense, trainable_variables)

        return type(kind.__name__, (kind,), {"apply": apply})

    from lstm_course.twin import sentiment

    for name, kind in sentiment._OPTIMIZERS.items():
        monkeypatch.setitem(sentiment._OPTIMIZERS, name, summing(kind))


@pytest.mark.parametrize(
    ("options", "optimizer", "how"),
    [
        ({"mask_zero": True}, "rmsprop", {}),
        ({"layers": 0}, "adam", {}),
        (
            {"mask_zero": True, "bidirectional": True, "pooling": "max_mean"},
            "adam",
            {"schedule": "warmup_cosine", "by_length": True, "word_dropout": 0.1},
        ),
    ],
    ids=str,
)
def test_a_seed_gives_the_same_history_on_both_engines(
    reviews, summing_optimizers, options, optimizer, how
):
    """Real reviews, cut short; the last batch is smaller than the others."""
    train, validation = (
        Reviews(reviews.ids[rows, -30:], reviews.labels[rows])
        for rows in (slice(0, 300), slice(300, 420))
    )
    histories, models = [], []
    for engine in ("numpy", "keras"):
        models.append(build_sentiment_model(engine=engine, seed=3, **options))
        history = models[-1].fit(
            train,
            validation,
            epochs=3,
            batch_size=64,
            optimizer=optimizer,
            learning_rate=0.01,
            **how,
        )
        histories.append(history)
    ours, keras_history = histories
    for name in ("loss", "accuracy", "val_loss", "val_accuracy"):
        got, expected = getattr(ours, name), getattr(keras_history, name)
        assert len(got) == 3
        assert got == pytest.approx(expected, abs=1e-4), name
    assert ours.best_epoch == keras_history.best_epoch
    assert models[0].evaluate(validation) == pytest.approx(
        models[1].evaluate(validation), abs=1e-4
    )


@pytest.mark.parametrize("name", ["RMSprop", "Adam"])
def test_keras_squares_the_gradients_of_a_recurring_word_one_by_one(keras, name):
    """Why the two engines part on the embeddings: a word that occurs four times.

    The formula sees the sum of its gradients, 4, and the first step has the same
    length for every word. Keras on TensorFlow divides the sum of the four by the root
    of the sum of their squares, 2: a step twice as long.
    """
    import tensorflow as tf

    once_four_times = tf.IndexedSlices(
        tf.ones((5, 1)), indices=tf.constant([0, 2, 2, 2, 2]), dense_shape=(3, 1)
    )

    def first_step(gradient):
        variable = keras.Variable(np.zeros((3, 1), np.float32))
        getattr(keras.optimizers, name)(0.01).apply([gradient], [variable])
        return -variable.numpy().ravel()

    as_it_is = first_step(once_four_times)
    summed = first_step(tf.convert_to_tensor(once_four_times))
    assert summed == pytest.approx([summed[0], 0, summed[0]], rel=1e-4)
    assert as_it_is == pytest.approx([summed[0], 0, 2 * summed[0]], rel=1e-4)


@pytest.mark.parametrize("more", [{}, {"bidirectional": True, "pooling": "max_mean"}])
def test_a_seed_draws_the_same_weights_for_both_engines(more):
    ours, twin = (
        build_sentiment_model(engine=engine, **SMALL, layers=2, seed=9, **more)
        for engine in ("numpy", "keras")
    )
    assert_equal(twin.params, ours.params)


def test_weights_copy_both_ways_to_the_bit():
    twin = build_sentiment_model(engine="keras", **SMALL, layers=2)
    rng = np.random.default_rng(5)
    before = [
        rng.normal(size=w.shape).astype(w.dtype) for w in twin.keras_model.get_weights()
    ]
    twin.keras_model.set_weights(before)
    params = twin.params
    params_to_keras(build_sentiment_model(**SMALL, layers=2).params, twin.keras_model)
    params_to_keras(params, twin.keras_model)
    for array, weights in zip(before, twin.keras_model.get_weights(), strict=True):
        assert np.array_equal(array, weights)
    params.head.bias[:] = np.nan  # a copy
    assert not np.isnan(twin.params.head.bias).any()


def test_weights_of_another_model_are_refused_by_name():
    twin = build_sentiment_model(engine="keras", **SMALL)
    with pytest.raises(ValueError, match=r"^there are 6 arrays; expected 9: embedding"):
        params_from_keras(
            build_sentiment_model(**SMALL, layers=2).params, twin.keras_model
        )
    wider = build_sentiment_model(**SMALL | {"units": 6}).params
    message = r"^recurrent.0.kernel has shape \(4, 20\) .*; expected \(4, 24\)"
    with pytest.raises(ValueError, match=message):
        params_from_keras(wider, twin.keras_model)


def test_keras_drops_the_inputs_of_every_layer(keras):
    """Its layers know the rate; each draws with a seed of its own."""
    twin = build_sentiment_model(engine="keras", **SMALL, layers=2, dropout=0.5)
    first, second = twin.keras_model.layers[1:3]
    assert (first.dropout, second.dropout) == (0.5, 0.5)
    assert first.recurrent_dropout == second.recurrent_dropout == 0
    assert first.cell.seed != second.cell.seed
    ids = make_reviews(9).ids
    trained = [twin.keras_model(ids, training=True).numpy() for _ in range(2)]
    assert not np.array_equal(*trained)
    assert np.array_equal(*(twin.keras_model(ids).numpy() for _ in range(2)))


BOTH_POOLED = {"bidirectional": True, "pooling": "max_mean", "head_dropout": 0.5}


def test_keras_drops_what_both_ways_read_once_and_what_the_head_reads(keras):
    twin = build_sentiment_model(
        engine="keras", **SMALL, layers=2, dropout=0.25, **BOTH_POOLED
    )
    of_steps, of_head = (
        [each for each in twin.keras_model.layers if type(each) is kind]
        for kind in (keras.layers.SpatialDropout1D, keras.layers.Dropout)
    )
    assert [each.rate for each in (*of_steps, *of_head)] == [0.25, 0.25, 0.5]
    assert len({each.seed for each in (*of_steps, *of_head)}) == 3
    both = [each for each in twin.keras_model.layers if hasattr(each, "forward_layer")]
    for layer in both:
        assert (layer.forward_layer.dropout, layer.backward_layer.dropout) == (0, 0)
    plain = build_sentiment_model(engine="keras", **SMALL, head_dropout=0.5)
    *_, dropped, _ = plain.keras_model.layers
    assert (type(dropped), dropped.rate) == (keras.layers.Dropout, 0.5)


@pytest.mark.parametrize("more", [{}, BOTH_POOLED], ids=str)
def test_a_saved_model_is_the_same_model(keras, tmp_path, more):
    twin = build_sentiment_model(
        engine="keras", **SMALL, layers=2, dropout=0.25, mask_zero=True, seed=7, **more
    )
    path = tmp_path / "new" / "model.keras"
    twin.save(str(path))
    loaded = load_model(path)
    assert type(loaded) is type(twin)
    assert loaded.config == twin.config
    assert_equal(loaded.params, twin.params)
    # For Keras it is a model like any other.
    plain = keras.models.load_model(path)
    ids = make_reviews(9).ids
    expected = twin.keras_model(ids).numpy()
    for model in (loaded.keras_model, plain):
        assert np.array_equal(model(ids).numpy(), expected)


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    path = tmp_path_factory.mktemp("saved") / "model.keras"
    build_sentiment_model(engine="keras", **SMALL).save(path)
    return path.read_bytes()


def rewritten(change):
    def damage(path):
        with zipfile.ZipFile(path) as archive:
            members = {name: archive.read(name) for name in archive.namelist()}
        change(members)
        with zipfile.ZipFile(path, "w") as archive:
            for name, content in members.items():
                archive.writestr(name, content)

    return damage


def with_config(text=None, **values):
    config = json.dumps(SentimentConfig(**SMALL | values)._asdict()).encode()
    return rewritten(
        lambda members: members.update({"sentiment_config.json": text or config})
    )


def hdf5(change, content=None):
    """Return an HDF5 file, changed or new."""
    file = io.BytesIO(content)
    with h5py.File(file, "a") as open_file:
        change(open_file)
    return file.getvalue()


EMPTY_HDF5 = hdf5(lambda file: file.create_group("layers"))


def with_one_nan(path):
    def spoil(file):
        file["layers/lstm/cell/vars/1"][2, 3] = np.nan

    def change(members):
        members["model.weights.h5"] = hdf5(spoil, members["model.weights.h5"])

    rewritten(change)(path)


def compressed(path):
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)


def flipped(path):
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 255
    path.write_bytes(content)


def another_keras_model(path):
    layers = import_keras().layers
    sigmoid = layers.Dense(1, activation="sigmoid")
    stack = [layers.Input((4,)), layers.Embedding(7, 4), layers.LSTM(5), sigmoid]
    import_keras().Sequential(stack).save(path)


@pytest.mark.parametrize(
    "damage",
    [
        lambda path: path.write_text("hello"),
        lambda path: path.write_bytes(b""),
        lambda path: path.write_bytes(path.read_bytes()[:-30]),
        flipped,
        lambda path: np.savez(path.open("wb"), weights=np.ones(3)),
        another_keras_model,
        rewritten(lambda members: members.pop("config.json")),
        with_config(b"[]"),
        with_config(b'{"units": 3}'),
        with_config(b"[" * 100_000),
        with_config(num_words=10**9),
        with_config(units=30_000),
        with_config(layers=10**7),
        with_config(cell="gru"),
        rewritten(lambda members: members.update({"model.weights.h5": b"no HDF5"})),
        rewritten(lambda members: members.update({"model.weights.h5": EMPTY_HDF5})),
        with_one_nan,
        compressed,
    ],
)
def test_a_file_that_holds_no_model_is_refused_by_name(
    tmp_path, monkeypatch, saved, damage
):
    """Before Keras makes anything of the sizes that it tells."""
    path = tmp_path / "model.keras"
    path.write_bytes(saved)
    damage(path)
    if damage is not with_one_nan:
        from lstm_course.twin import sentiment

        def build(config):
            raise AssertionError("a model was built")

        monkeypatch.setattr(sentiment, "build_keras_model", build)
    message = f"^{re.escape(str(path))} holds no model of this course: "
    with pytest.raises(ValueError, match=message):
        load_model(path)


def test_what_keras_own_description_says_is_not_built(tmp_path, saved):
    """Only the weights are taken from Keras' part of the archive."""
    path = tmp_path / "model.keras"
    path.write_bytes(saved)
    expected = load_model(path).params

    def enlarge(members):
        config = members["config.json"]
        assert b'"units": 5' in config
        members["config.json"] = config.replace(b'"units": 5', b'"units": 30000')

    rewritten(enlarge)(path)
    assert_equal(load_model(path).params, expected)


def test_a_failing_save_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch):
    path = tmp_path / "model.keras"
    twin = build_sentiment_model(engine="keras", **SMALL)
    twin.save(path)
    before = path.read_bytes()

    def full_disk(*arguments, **options):
        raise OSError("No space left on device")

    monkeypatch.setattr(zipfile.ZipFile, "writestr", full_disk)
    with pytest.raises(OSError, match="No space left"):
        twin.save(path)
    assert [p.name for p in tmp_path.iterdir()] == ["model.keras"]
    assert path.read_bytes() == before


@pytest.fixture(scope="module")
def noise_fitted(tmp_path_factory):
    """A bag in Keras, trained on labels that are noise until it stops improving."""
    twin = build_sentiment_model(engine="keras", **SMALL, layers=0)
    path = tmp_path_factory.mktemp("checkpoint") / "best.keras"
    history = twin.fit(
        make_reviews(16),
        validation := make_reviews(64, seed=6),
        epochs=60,
        batch_size=8,
        optimizer="adam",
        learning_rate=0.2,
        patience=2,
        checkpoint=path,
    )
    return twin, history, validation, path


def test_keras_keeps_its_best_weights_too(noise_fitted):
    twin, history, validation, path = noise_fitted
    assert history.ended == "no longer improving"
    assert history.epochs == history.best_epoch + 2
    loss, _ = twin.evaluate(validation)
    assert loss == pytest.approx(min(history.val_loss), abs=1e-6)
    assert loss < history.val_loss[-1] - 1e-4
    assert_equal(load_model(path).params, twin.params)


def test_keras_evaluates_a_model_that_was_only_loaded(noise_fitted):
    twin, _, validation, path = noise_fitted
    expected = twin.evaluate(validation)
    assert load_model(path).evaluate(validation) == pytest.approx(expected, abs=1e-6)
    ours = NumpySentimentModel(twin.config, twin.params)
    assert ours.evaluate(validation) == pytest.approx(expected, abs=1e-6)


def test_ctrl_c_keeps_keras_best_model(tmp_path, monkeypatch):
    batches = iter(range(10))

    def advance(bar):
        if next(batches) == 7:  # in the middle of the third epoch of three batches
            raise KeyboardInterrupt

    monkeypatch.setattr(Progress, "advance", advance)
    twin = build_sentiment_model(engine="keras", **SMALL, layers=0)
    reviews, path = make_reviews(21), tmp_path / "best.keras"
    history = twin.fit(
        reviews,
        reviews,
        epochs=5,
        batch_size=8,
        optimizer="adam",
        learning_rate=0.1,
        checkpoint=path,
    )
    assert (history.epochs, history.ended) == (2, "interrupted")
    assert twin.evaluate(reviews)[0] == pytest.approx(min(history.val_loss), abs=1e-6)
    assert_equal(load_model(path).params, twin.params)


def test_the_config_is_the_same_for_both_engines():
    for engine in ("numpy", "keras"):
        model = build_sentiment_model(engine=engine, **SMALL, layers=0, seed=5)
        assert model.config == SentimentConfig(**SMALL, layers=0, seed=5)
