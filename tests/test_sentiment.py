"""The NumPy sentiment model: every gradient, what it learns, how it is kept."""

import io
import json
import re
import tracemalloc
import warnings
import zipfile
from itertools import pairwise

import numpy as np
import pytest
from fixtures import (
    Reviews,
    assert_close,
    assert_equal,
    dtypes_of,
    make_reviews,
)
from threadpoolctl import threadpool_info

from lstm_course import Split, build_sentiment_model, load_imdb, load_model
from lstm_course.arrays.gradcheck import complex_step_gradient
from lstm_course.arrays.trees import tree_leaves, tree_map
from lstm_course.layers.cells import CELLS
from lstm_course.training import engine
from lstm_course.training.engine import NumpySentimentModel
from lstm_course.training.losses import binary_cross_entropy
from lstm_course.training.optimizers import OPTIMIZERS, optimizer_init
from lstm_course.training.progress_bar import Progress
from lstm_course.training.sentiment import (
    POOLING,
    SentimentConfig,
    sentiment_backward,
    sentiment_form,
    sentiment_forward,
    sentiment_init,
)

SMALL = {"num_words": 7, "embedding_dim": 4, "units": 5}
ONE_ROW_ALL_PADDING = np.array([[0, 3, 0, 3, 6, 0], [0] * 6, [5, 1, 1, 2, 0, 6]])


def fit(model, train, validation=None, **options):
    return model.fit(
        train,
        train if validation is None else validation,
        **{
            "epochs": 2,
            "batch_size": 8,
            "optimizer": "adam",
            "learning_rate": 0.01,
            **options,
        },
    )


@pytest.mark.parametrize(
    ("options", "count"),
    [
        ({}, 8_000 + 4 * 8 * (16 + 8 + 1) + 8 + 1),
        ({"layers": 0}, 8_000 + 16 + 1),
        ({"layers": 2}, 8_000 + 800 + 4 * 8 * (8 + 8 + 1) + 9),
        ({"cell": "rnn"}, 8_000 + 8 * (16 + 8 + 1) + 9),
        ({"cell": "gru"}, 8_000 + 3 * 8 * (16 + 8 + 2) + 9),
        ({"bidirectional": True}, 8_000 + 2 * 800 + 17),
        ({"pooling": "mean"}, 8_000 + 800 + 9),
        ({"pooling": "max_mean", "layers": 0}, 8_000 + 32 + 1),
        (
            {"bidirectional": True, "layers": 2, "pooling": "max_mean"},
            8_000 + 2 * 800 + 2 * 4 * 8 * (16 + 8 + 1) + 33,
        ),
    ],
    ids=str,
)
def test_number_of_parameters(options, count):
    params = build_sentiment_model(**options).params
    assert sum(array.size for _, array in tree_leaves(params)) == count
    assert dtypes_of(params) == {np.dtype(np.float32)}


def test_the_reference_model_has_8809_parameters_and_the_bag_8017():
    for layers, count in [(1, 8_809), (0, 8_017)]:
        params = build_sentiment_model(layers=layers).params
        assert sum(array.size for _, array in tree_leaves(params)) == count


MORE = [
    {},
    {"bidirectional": True},
    *({"pooling": pooling, "head_dropout": 0.3} for pooling in POOLING[1:]),
    {"bidirectional": True, "pooling": "max_mean", "head_dropout": 0.3},
]


@pytest.mark.parametrize("more", MORE, ids=str)
@pytest.mark.parametrize("mask_zero", [False, True], ids=["no mask", "masked"])
@pytest.mark.parametrize(
    ("cell", "layers"), [("lstm", 0), ("lstm", 1), ("lstm", 2), ("rnn", 2), ("gru", 2)]
)
def test_backward_is_the_complex_step_in_every_entry(cell, layers, mask_zero, more):
    config = SentimentConfig(
        cell, 7, 4, 3, layers, dropout=0.4, mask_zero=mask_zero, **more
    )
    rng = np.random.default_rng(3)
    form = sentiment_init(rng, config)
    params = tree_map(lambda a: rng.normal(size=a.shape), form)
    weights = rng.normal(size=len(ONE_ROW_ALL_PADDING))

    def forward(tree):
        dropout_rng = np.random.default_rng(4)  # the same masks at every call
        return sentiment_forward(
            ONE_ROW_ALL_PADDING, tree, config, dropout_rng=dropout_rng
        )

    logits, trace = forward(params)
    assert logits.shape == (3,)
    expected = complex_step_gradient(
        lambda tree: np.sum(forward(tree)[0] * weights), params
    )
    assert_close(sentiment_backward(weights, trace, config), expected, 1e-12)


def test_dropout_acts_on_every_layer_in_training_alone():
    config = SentimentConfig(**SMALL, layers=2, dropout=0.5)
    params = sentiment_init(np.random.default_rng(3), config)
    ids = make_reviews(9).ids
    rng = np.random.default_rng(4)
    first, trace = sentiment_forward(ids, params, config, dropout_rng=rng)
    second, _ = sentiment_forward(ids, params, config, dropout_rng=rng)
    assert [mask.shape for mask in trace.dropout] == [(9, 1, 4), (9, 1, 5)]
    assert all(set(np.unique(mask)) == {0, 2} for mask in trace.dropout)
    plain, trace = sentiment_forward(ids, params, config)
    assert trace.dropout == (None, None)
    assert not np.array_equal(first, second)
    assert not np.array_equal(first, plain)
    without = config._replace(dropout=0.0)
    assert_equal(sentiment_forward(ids, params, without, dropout_rng=rng)[0], plain)


def test_dropout_of_the_head_acts_in_training_alone():
    config = SentimentConfig(**SMALL, pooling="max_mean", head_dropout=0.5)
    params = sentiment_init(np.random.default_rng(3), config)
    params = params._replace(head=params.head._replace(bias=np.ones(1, np.float32)))
    ids = make_reviews(200).ids
    rng = np.random.default_rng(4)
    _, trace = sentiment_forward(ids, params, config, dropout_rng=rng)
    assert trace.head_dropout.shape == (200, 10)
    assert set(np.unique(trace.head_dropout)) == {0, 2}
    assert 0.4 < np.mean(trace.head_dropout == 0) < 0.6
    assert np.array_equal(trace.head.inputs == 0, trace.head_dropout == 0)
    _, trace = sentiment_forward(ids, params, config)
    assert trace.head_dropout is None
    assert (trace.head.inputs != 0).all()


@pytest.mark.parametrize("more", MORE, ids=str)
@pytest.mark.parametrize("layers", [0, 1, 2])
def test_a_mask_makes_padding_invisible(layers, more):
    model = build_sentiment_model(**SMALL, layers=layers, mask_zero=True, **more)
    ids = np.array([[5, 1, 3]])
    padded = np.array([[0, 0, 5, 1, 3], [5, 1, 3, 0, 0], [0, 5, 1, 0, 3]])
    assert model.predict(padded) == pytest.approx(
        np.repeat(model.predict(ids), 3), rel=1e-6
    )
    without = build_sentiment_model(**SMALL, layers=layers, **more)
    assert without.predict(padded[:1]) != pytest.approx(without.predict(ids), rel=1e-6)


def test_a_bag_does_not_know_the_order():
    model = build_sentiment_model(**SMALL, layers=0)
    ids = np.array([[5, 1, 3, 3]])
    assert model.predict(ids) == pytest.approx(model.predict(ids[:, ::-1]), rel=1e-6)
    repeated = model.predict(np.tile(ids, 3))  # the mean, not the sum
    assert repeated == pytest.approx(model.predict(ids), rel=1e-6)


def test_predictions_are_probabilities_of_single_reviews():
    model = build_sentiment_model(**SMALL)
    reviews = make_reviews(600)  # more than are computed at once
    together = model.predict(reviews.ids)
    assert together.shape == (600,)
    assert together.dtype == np.float32
    assert ((together > 0) & (together < 1)).all()
    for row in (0, 255, 256, 599):
        alone = model.predict(reviews.ids[row : row + 1])
        assert alone == pytest.approx(together[row : row + 1], rel=1e-6)
    assert model.predict(reviews.ids[:0]).shape == (0,)


def test_long_reviews_are_predicted_a_few_at_a_time(monkeypatch):
    """So that memory does not grow with their length."""
    model = build_sentiment_model(**SMALL, mask_zero=True)
    ids = make_reviews(9, steps=40).ids
    expected = model.predict(ids)
    real, batches = engine.sentiment_forward, []

    def spy(ids, *arguments, **options):
        batches.append(len(ids))
        return real(ids, *arguments, **options)

    monkeypatch.setattr(engine, "sentiment_forward", spy)
    monkeypatch.setattr(engine, "_STEPS_AT_ONCE", 150)
    assert model.predict(ids) == pytest.approx(expected, rel=1e-6)
    assert batches == [3, 3, 3]
    monkeypatch.setattr(engine, "_STEPS_AT_ONCE", 30)
    assert model.predict(ids) == pytest.approx(expected, rel=1e-6)
    assert batches[3:] == [1] * 9


TEXTS = ["The worst film ever!", "a " * 50 + "great masterpiece of the art", ""]


def test_a_model_encodes_texts_as_the_reviews_it_was_trained_on(tmp_path):
    data = load_imdb(num_words=2_000, maxlen=12)
    few = Split(data.train.ids[:16], data.train.labels[:16], None)
    model = build_sentiment_model(num_words=2_000, units=2)
    assert model.config.maxlen == 0
    assert model.encode(TEXTS).shape == (3, 56)  # the longest is whole
    fit(model, few)
    model.save(tmp_path / "model.npz")
    model = load_model(tmp_path / "model.npz")
    assert model.config.maxlen == 12
    assert np.array_equal(model.encode(data.test.texts[:30]), data.test.ids[:30])
    ids = model.encode(iter(TEXTS))
    assert ids.shape == (3, 12)
    assert ids[2].tolist() == [0] * 11 + [1]
    worst = data.vocabulary.encode(TEXTS[0])
    assert ids[0].tolist() == [0] * (12 - len(worst)) + worst
    assert model.predict(ids).shape == (3,)
    assert model.predict(model.encode([])).shape == (0,)
    assert model.encode([]).shape == (0, 12)


def test_a_text_alone_is_no_list_of_texts():
    with pytest.raises(TypeError, match=r"^texts is a str; expected"):
        build_sentiment_model().encode("a fine film")


def test_evaluation_is_the_mean_over_all_reviews():
    model = build_sentiment_model(**SMALL)
    reviews = make_reviews(300)
    p = model.predict(reviews.ids).astype(float)
    right = np.where(reviews.labels, p, 1 - p)
    loss, accuracy = model.evaluate(reviews)
    assert loss == pytest.approx(-np.log(right).mean(), rel=1e-6)
    assert accuracy == (right > 0.5).mean()


@pytest.mark.parametrize(
    ("cell", "layers", "optimizer"),
    [
        ("lstm", 1, "adam"),
        ("lstm", 2, "rmsprop"),
        ("gru", 1, "rmsprop"),
        ("rnn", 1, "adam"),
    ],
)
def test_eight_reviews_are_learned_by_heart(cell, layers, optimizer):
    model = build_sentiment_model(**SMALL, cell=cell, layers=layers, mask_zero=True)
    reviews = make_reviews(8)
    assert model.evaluate(reviews)[0] > 0.6
    history = fit(model, reviews, epochs=100, learning_rate=0.03, optimizer=optimizer)
    assert min(history.val_loss) < 0.01
    assert model.evaluate(reviews)[1] == 1


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_training_on_all_at_once_is_a_plain_loop(optimizer):
    model = build_sentiment_model(**SMALL)
    reviews = make_reviews(8)
    params, state = model.params, optimizer_init(model.params)
    losses = []
    for _ in range(6):
        logits, trace = sentiment_forward(reviews.ids, params, model.config)
        loss, d_logits = binary_cross_entropy(logits, reviews.labels.astype("f4"))
        grads = sentiment_backward(d_logits, trace, model.config)
        params, state = OPTIMIZERS[optimizer](params, grads, state, learning_rate=0.01)
        losses.append(loss)
    history = fit(model, reviews, epochs=6, optimizer=optimizer)
    assert history.loss == pytest.approx(losses, rel=1e-5)
    assert history.best_epoch == 6
    assert_close(model.params, params, 1e-4)


def test_history_is_what_happened():
    model = build_sentiment_model(**SMALL)
    train, validation = make_reviews(21), make_reviews(10, seed=6)
    before = model.evaluate(train)
    history = fit(model, train, validation, epochs=3, learning_rate=1e-9)
    # At this rate nothing moves: the mean over batches of 8, 8 and 5 is the whole.
    for epoch in range(3):
        assert history.loss[epoch] == pytest.approx(before[0], rel=1e-5)
        assert history.accuracy[epoch] == before[1]
        assert history.val_loss[epoch] == pytest.approx(
            model.evaluate(validation)[0], rel=1e-5
        )
    assert history.ended == "all epochs run"
    assert history.cpu_seconds > 0
    json.dumps(vars(history))  # Python's own numbers


def test_a_seed_decides_everything_and_nothing_given_is_changed():
    train, validation = make_reviews(21), make_reviews(10, seed=6)
    copies = [array.copy() for array in (*train, *validation)]
    histories, models = [], []
    for seed in (1, 1, 2):
        models.append(build_sentiment_model(**SMALL, dropout=0.3, seed=seed))
        histories.append(vars(fit(models[-1], train, validation)) | {"cpu_seconds": 0})
    assert histories[0] == histories[1] != histories[2]
    assert_equal(models[0].params, models[1].params)
    for array, copy in zip((*train, *validation), copies, strict=True):
        assert np.array_equal(array, copy)


def test_reviews_are_shuffled_anew_each_epoch(monkeypatch):
    batches = []
    real = engine.sentiment_gradients

    def spy(ids, *arguments, **options):
        batches.append(ids)
        return real(ids, *arguments, **options)

    monkeypatch.setattr(engine, "sentiment_gradients", spy)
    ids = np.arange(1, 21).reshape(20, 1)
    reviews = Reviews(ids, np.arange(20) % 2)
    fit(build_sentiment_model(num_words=21), reviews)
    assert [len(batch) for batch in batches] == [8, 8, 4] * 2
    first, second = (np.concatenate(batches[k : k + 3]).ravel() for k in (0, 3))
    assert sorted(first) == sorted(second) == ids.ravel().tolist()
    assert first.tolist() != second.tolist() != ids.ravel().tolist()


def test_the_best_weights_are_kept_and_no_training_runs_on_for_nothing(tmp_path):
    """Labels that are noise: what is learned by heart makes the rest worse."""
    model = build_sentiment_model(**SMALL)
    train, validation = make_reviews(16), make_reviews(64, seed=6)
    path = tmp_path / "best.npz"
    history = fit(
        model,
        train,
        validation,
        epochs=60,
        learning_rate=0.05,
        patience=3,
        checkpoint=path,
    )
    assert history.ended == "no longer improving"
    assert history.epochs == history.best_epoch + 3
    assert model.evaluate(validation)[0] == min(history.val_loss) < history.val_loss[-1]
    assert_equal(load_model(path).params, model.params)


def test_the_checkpoint_is_written_at_each_best_epoch_and_at_no_other(tmp_path):
    model = build_sentiment_model(**SMALL)
    path = tmp_path / "new" / "best.npz"
    written = []
    real = Progress.end_epoch

    def spy(bar, history):
        written.append(path.read_bytes())
        real(bar, history)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Progress, "end_epoch", spy)
        history = fit(
            model,
            make_reviews(16),
            make_reviews(64, seed=6),
            epochs=12,
            learning_rate=0.05,
            checkpoint=path,
        )
    best_so_far = np.minimum.accumulate(history.val_loss)
    improved = np.diff(best_so_far) < 0
    assert 0 < improved.sum() < 11
    assert [a != b for a, b in pairwise(written)] == improved.tolist()


def test_ctrl_c_keeps_the_best_model(tmp_path, monkeypatch):
    path = tmp_path / "best.npz"
    batches = iter(range(10))
    real = Progress.advance

    def advance(bar):
        if next(batches) == 7:  # in the middle of the third epoch of three batches
            raise KeyboardInterrupt
        real(bar)

    monkeypatch.setattr(Progress, "advance", advance)
    model = build_sentiment_model(**SMALL)
    reviews = make_reviews(21)
    history = fit(model, reviews, epochs=5, checkpoint=path)
    assert (history.epochs, history.ended) == (2, "interrupted")
    assert model.evaluate(reviews)[0] == min(history.val_loss)
    assert_equal(load_model(path).params, model.params)


def test_numpys_blas_has_one_thread():
    pools = [pool for pool in threadpool_info() if "numpy" in pool["filepath"]]
    assert [pool["num_threads"] for pool in pools] == [1]


@pytest.mark.parametrize("more", [MORE[0], MORE[-1]], ids=str)
@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("as_text", [False, True], ids=["Path", "str"])
def test_a_saved_model_is_the_same_model(tmp_path, cell, as_text, more):
    model = build_sentiment_model(
        **SMALL, cell=cell, layers=2, dropout=0.25, mask_zero=True, seed=7, **more
    )
    path = tmp_path / "new" / "model.npz"
    model.save(str(path) if as_text else path)
    loaded = load_model(str(path) if as_text else path)
    assert isinstance(loaded, NumpySentimentModel)
    assert loaded.config == model.config
    assert_equal(loaded.params, model.params)
    ids = make_reviews(9).ids
    assert np.array_equal(loaded.predict(ids), model.predict(ids))


def truncated(path):
    path.write_bytes(path.read_bytes()[:-30])


def flipped(path):
    content = bytearray(path.read_bytes())
    content[-1000] ^= 255
    path.write_bytes(content)


def changed(**arrays):
    def change(path):
        with np.load(path) as file:
            np.savez(path, **{**file, **arrays})

    return change


def with_config(**values):
    return changed(config=json.dumps(SentimentConfig(**SMALL | values)._asdict()))


def compressed(path):
    with np.load(path) as file:
        np.savez_compressed(path, **file)


def with_one(value):
    bias = np.zeros(20, np.float32)
    bias[7] = value
    return changed(**{"recurrent.0.bias": bias})


def with_a_header_alone(path):
    """Let the embeddings' header announce ten billion numbers that do not follow."""
    header = io.BytesIO()
    announced = {"descr": "<f4", "fortran_order": False, "shape": (10**10,)}
    np.lib.format.write_array_header_1_0(header, announced)
    with zipfile.ZipFile(path, "a") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # there are two of this name; the last counts
        archive.writestr("embedding.embeddings.npy", header.getvalue())


@pytest.mark.parametrize(
    "damage",
    [
        lambda path: path.write_text("hello"),
        lambda path: path.write_bytes(b""),
        truncated,
        flipped,
        lambda path: np.savez(path, weights=np.ones(3)),
        lambda path: np.save(path.open("wb"), np.ones(3)),
        changed(config="no JSON"),
        changed(config="[]"),
        changed(config='{"units": 3}'),
        changed(config='{"cell": "perceptron"}'),
        changed(config='{"colour": "red"}'),
        changed(**{"head.kernel": np.ones((9, 9), np.float32)}),
        changed(**{"head.bias": np.array(["a"])}),
        changed(**{"head.bias": np.array([None], object)}),
        changed(config="[" * 100_000),
        changed(config='{"a":' * 10_000),
        changed(**{"one more": np.ones(3)}),
        with_config(num_words=10**9),
        with_config(num_words=10**30),
        with_config(embedding_dim=10**9),
        with_config(units=30_000),
        with_config(layers=10**7),
        with_config(layers=10**7, units=10**9),
        with_config(cell="gru"),
        with_one(np.nan),
        with_one(np.inf),
        with_one(-np.inf),
        with_a_header_alone,
        compressed,
    ],
)
def test_a_file_that_holds_no_model_is_refused_by_name(tmp_path, damage):
    """Before anything of the sizes that it tells is made."""
    path = tmp_path / "model.npz"
    build_sentiment_model(**SMALL).save(path)
    damage(path)
    message = f"^{re.escape(str(path))} holds no model of this course: "
    tracemalloc.start()
    try:
        with pytest.raises(ValueError, match=message):
            load_model(path)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 5e6


def test_a_zip_bomb_is_not_unpacked(tmp_path):
    path = tmp_path / "model.npz"
    build_sentiment_model(**SMALL).save(path)
    with (
        zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive,
        archive.open("head.more.npy", "w") as part,
    ):
        for _ in range(50):
            part.write(bytes(1_000_000))
    assert path.stat().st_size < 200_000
    tracemalloc.start()
    try:
        with pytest.raises(ValueError, match=r"its part head.more.npy is compressed"):
            load_model(path)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 1e6


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"num_words": 8}, r"embedding.embeddings has shape \(7, 4\) .* \(8, 4\)"),
        ({"units": 6}, r"recurrent.0.kernel has shape \(4, 20\) .* \(4, 24\)"),
        ({"layers": 3}, "there are 6 arrays; expected 12, with layers = 3"),
    ],
)
def test_a_size_that_the_arrays_do_not_have_is_named(tmp_path, values, told):
    path = tmp_path / "model.npz"
    build_sentiment_model(**SMALL).save(path)
    with_config(**values)(path)
    with pytest.raises(ValueError, match=told):
        load_model(path)


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("layers", [0, 1, 3])
def test_the_form_of_a_model_has_its_shapes_and_takes_no_memory(cell, layers):
    config = SentimentConfig(cell, 7, 4, 5, layers)
    params = sentiment_init(np.random.default_rng(1), config)
    leaves = tree_leaves(params)
    form = sentiment_form(config, len(leaves))
    assert [(name, array.shape, array.dtype) for name, array in leaves] == [
        (name, array.shape, array.dtype) for name, array in tree_leaves(form)
    ]
    assert {array.strides for _, array in tree_leaves(form)} <= {(0,), (0, 0)}
    with pytest.raises(ValueError, match=f"there are 5 arrays; .* layers = {layers}$"):
        sentiment_form(config, 5)


@pytest.mark.filterwarnings("ignore:__array__:DeprecationWarning")  # Keras'
@pytest.mark.parametrize("engine", ["numpy", "keras"])
def test_numpys_own_numbers_make_the_same_model(engine, tmp_path):
    options = {"num_words": 7, "embedding_dim": 4, "units": 5, "layers": 2, "seed": 3}
    own = {name: np.int64(value) for name, value in options.items()}
    own |= {"dropout": np.float32(0.25), "mask_zero": np.bool_(True)}
    model = build_sentiment_model(engine=engine, **own)
    expected = build_sentiment_model(
        engine=engine, **options, dropout=0.25, mask_zero=True
    )
    assert model.config == expected.config
    assert {type(value) for value in model.config} == {str, int, float, bool}
    assert_equal(model.params, expected.params)
    path = tmp_path / f"model{'.npz' if engine == 'numpy' else '.keras'}"
    model.save(path)
    assert load_model(path).config == expected.config


def test_a_file_that_is_not_there_is_named(tmp_path):
    for path in (tmp_path / "none.npz", tmp_path / "none.keras", tmp_path):
        with pytest.raises(FileNotFoundError, match=re.escape(str(path))):
            load_model(path)
    (tmp_path / "model.h5").touch()
    with pytest.raises(ValueError, match=r"model.h5'; expected .* \.npz or \.keras$"):
        load_model(tmp_path / "model.h5")


def test_a_failing_save_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch):
    path = tmp_path / "model.npz"
    model = build_sentiment_model(**SMALL)
    model.save(path)
    before = path.read_bytes()

    def full_disk(file, **arrays):
        file.write(b"half a model")
        raise OSError("No space left on device")

    monkeypatch.setattr(np, "savez", full_disk)
    with pytest.raises(OSError, match="No space left"):
        model.save(path)
    with pytest.raises(OSError, match="No space left"):
        model.save(tmp_path / "second.npz")
    assert [p.name for p in tmp_path.iterdir()] == ["model.npz"]
    assert path.read_bytes() == before


GOOD = make_reviews(8)
WRONG_FIT = [
    ({"train": GOOD._replace(ids=GOOD.ids[0])}, r"train.ids has shape \(6,\), 1 axes"),
    (
        {"train": GOOD._replace(labels=GOOD.labels[1:])},
        r"train.labels has shape \(7,\); expected \(N\) with N = 8, from train.ids",
    ),
    ({"train": GOOD._replace(ids=GOOD.ids * 0.5)}, "train.ids holds float64; expec"),
    (
        {"validation": GOOD._replace(labels=GOOD.labels * 1.0)},
        "validation.labels holds float64; expected int",
    ),
    (
        {"validation": GOOD._replace(labels=GOOD.labels * 2 - 1)},
        "validation.labels go from -1 to 1; expected 0 and 1",
    ),
    ({"train": GOOD._replace(ids=GOOD.ids + 1)}, "train.ids go from 1 to 7; expected"),
    (
        {"validation": GOOD._replace(ids=GOOD.ids - 1)},
        "validation.ids go from -1 to 5; expected 0 to 6",
    ),
    ({"train": Reviews(GOOD.ids[:0], GOOD.labels[:0])}, "train is empty; expected"),
    ({"epochs": 0}, "epochs is 0; expected at least 1"),
    ({"epochs": 2.5}, "epochs is 2.5; expected an integer"),
    ({"epochs": None}, "epochs is None; expected an integer"),
    ({"batch_size": 0}, "batch_size is 0; expected at least 1"),
    ({"batch_size": 8.0}, "batch_size is 8.0; expected an integer"),
    ({"optimizer": "sgd"}, r"optimizer is 'sgd'; expected one of \['rmsprop', 'adam'"),
    ({"learning_rate": 0.0}, "learning_rate is 0.0; expected a number, more than 0"),
    ({"learning_rate": float("nan")}, "learning_rate is nan; expected"),
    ({"learning_rate": float("inf")}, "learning_rate is inf; expected"),
    ({"learning_rate": "fast"}, "learning_rate is 'fast'; expected a number"),
    ({"patience": 0}, "patience is 0; expected at least 1"),
    ({"patience": "3"}, "patience is '3'; expected an integer"),
]


@pytest.fixture(scope="module", params=["numpy", "keras"])
def either_engine(request):
    return build_sentiment_model(engine=request.param, **SMALL, layers=0)


@pytest.mark.parametrize(("change", "message"), WRONG_FIT)
def test_fit_names_what_makes_no_sense_and_trains_nothing(
    either_engine, change, message
):
    before = either_engine.params
    arguments = {"train": GOOD, "validation": GOOD, **change}
    with pytest.raises((TypeError, ValueError), match=f"^{message}"):
        fit(either_engine, **arguments)
    assert_equal(either_engine.params, before)


def test_files_must_end_as_the_engine_writes_them(either_engine, tmp_path):
    ending, other = (".npz", ".keras")
    if either_engine.engine == "keras":
        ending, other = other, ending
    for name in ("model", f"model{other}"):
        message = f"{name}'; expected a name ending in {ending}$"
        with pytest.raises(ValueError, match=f"^path is .*{message}"):
            either_engine.save(tmp_path / name)
        with pytest.raises(ValueError, match=f"^checkpoint is .*{message}"):
            fit(either_engine, GOOD, checkpoint=tmp_path / name)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("ids", "message"),
    [
        (GOOD.ids[0], r"ids has shape \(6,\), 1 axes; expected 2: \(N, T\)"),
        (GOOD.ids * 1.0, "ids holds float64; expected int"),
        (GOOD.ids.tolist(), "ids is a list; expected a NumPy array"),
        (GOOD.ids + 1, "ids go from 1 to 7; expected 0 to 6"),
        (GOOD.ids - 1, "ids go from -1 to 5; expected 0 to 6"),
    ],
)
def test_predict_names_what_makes_no_sense(either_engine, ids, message):
    with pytest.raises((TypeError, ValueError), match=f"^{message}"):
        either_engine.predict(ids)


@pytest.mark.parametrize("engine", ["numpy", "keras"])
@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"cell": "perceptron"}, r"cell is 'perceptron'; expected one of \['rnn', 'ls"),
        ({"num_words": 0}, "num_words is 0; expected at least 1"),
        ({"embedding_dim": 16.0}, "embedding_dim is 16.0; expected an integer"),
        ({"units": -8}, "units is -8; expected at least 1"),
        ({"layers": -1}, "layers is -1; expected at least 0"),
        ({"layers": None}, "layers is None; expected an integer"),
        ({"dropout": 1.0}, "dropout is 1.0; expected 0 <= dropout < 1"),
        ({"dropout": -0.1}, "dropout is -0.1; expected 0 <= dropout < 1"),
        ({"dropout": "half"}, "dropout is 'half'; expected 0 <= dropout < 1"),
        ({"seed": -1}, "seed is -1; expected at least 0"),
        ({"seed": None}, "seed is None; expected an integer"),
        ({"seed": True}, "seed is True; expected an integer"),
        ({"layers": np.True_}, r"layers is np.True_; expected an integer"),
        ({"units": np.int64(0)}, r"units is 0; expected at least 1"),
        ({"cell": ["lstm"]}, r"cell is \['lstm'\]; expected one of"),
        ({"dropout": float("nan")}, "dropout is nan; expected 0 <= dropout < 1"),
        ({"mask_zero": "abc"}, "mask_zero is 'abc'; expected True or False"),
        ({"mask_zero": None}, "mask_zero is None; expected True or False"),
    ],
)
def test_what_makes_no_model_is_refused_by_name(engine, options, message):
    with pytest.raises((TypeError, ValueError), match=f"^{message}"):
        build_sentiment_model(engine=engine, **options)


def test_an_engine_that_does_not_exist_is_refused_by_name():
    with pytest.raises(
        ValueError, match=r"^engine is 'torch'; expected 'numpy' or 'ke"
    ):
        build_sentiment_model(engine="torch")


def test_models_know_their_engine(either_engine):
    kind = type(either_engine).__name__.removesuffix("SentimentModel").lower()
    assert either_engine.engine == kind


@pytest.mark.filterwarnings("ignore:Mean of empty slice", "ignore:invalid value")
def test_no_reviews_have_no_verdicts_and_no_accuracy():
    model = build_sentiment_model(**SMALL)
    none = Reviews(np.zeros((0, 6), np.int32), np.zeros(0, np.int8))
    assert model.predict(none.ids).shape == (0,)
    assert np.isnan(model.evaluate(none)).all()
