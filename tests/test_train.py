"""``train`` from end to end, on a few made-up reviews."""

import json
import subprocess
import sys
from dataclasses import fields

import matplotlib.pyplot as plt
import pytest
from fixtures import make_reviews

from lstm_course import IMDB, History, Split, load_model
from lstm_course.commands import train as train_module
from lstm_course.commands.train import RECIPES, train
from lstm_course.training.progress import Progress


def few_reviews(**asked):
    few_reviews.asked = asked

    def part(count, seed):
        words = asked["num_words"]
        return Split(*make_reviews(count, words=words, steps=12, seed=seed), None)

    return IMDB(part(130, 1), part(40, 2), part(50, 3), vocabulary=None)


@pytest.fixture(autouse=True)
def made_up_reviews(monkeypatch):
    monkeypatch.setattr(train_module, "load_imdb", few_reviews)
    yield
    plt.close("all")


def run(out, **changes):
    arguments = {"engine": "numpy", "recipe": "quick", "seed": 3, "out": out}
    return train(**arguments | changes)


def test_model_history_and_picture_are_written(tmp_path, capsys):
    out = tmp_path / "new" / "run"
    history = run(out)
    assert sorted(path.name for path in out.iterdir()) == [
        "history.json",
        "learning_curves.png",
        "model.npz",
    ]
    assert (out / "learning_curves.png").read_bytes().startswith(b"\x89PNG\r\n")

    model = load_model(out / "model.npz")
    result = json.loads((out / "history.json").read_text())
    data = few_reviews(num_words=10_000)
    for part in ("validation", "test"):
        loss, accuracy = model.evaluate(getattr(data, part))
        assert result[f"{part}_loss"] == pytest.approx(loss)
        assert result[f"{part}_accuracy"] == accuracy
    for field in fields(History):
        assert result[field.name] == getattr(history, field.name)
    assert {
        name: result[name] for name in ("engine", "recipe", "seed", "num_words")
    } == {"engine": "numpy", "recipe": "quick", "seed": 3, "num_words": 10_000}
    assert result["best_epoch"] == history.best_epoch
    assert set(result["versions"]) == {"numpy", "keras", "tensorflow"}

    said = capsys.readouterr().out
    assert "130 reviews to learn from" in said
    assert "Maas" in said
    assert f"test: loss {result['test_loss']:.4f}" in said
    assert f"{history.epochs} epochs ({history.ended})" in said
    assert str(out) in said


@pytest.mark.parametrize("recipe", RECIPES)
def test_the_recipe_is_followed(tmp_path, monkeypatch, recipe):
    monkeypatch.setitem(RECIPES, recipe, RECIPES[recipe]._replace(epochs=2))
    given = {}
    from lstm_course.training.model import NumpySentimentModel

    real = NumpySentimentModel.fit

    def spy(model, *splits, **options):
        given.update(options, config=model.config)
        return real(model, *splits, **options)

    monkeypatch.setattr(NumpySentimentModel, "fit", spy)
    run(tmp_path, recipe=recipe)
    steps = RECIPES[recipe]
    assert few_reviews.asked == {"num_words": steps.num_words, "maxlen": steps.maxlen}
    names = ("optimizer", "learning_rate", "epochs", "patience", "batch_size")
    assert {name: given[name] for name in names} == {
        name: getattr(steps, name) for name in names
    }
    config = given["config"]
    assert (config.cell, config.layers, config.embedding_dim) == ("lstm", 1, 16)
    assert (config.units, config.num_words, config.seed) == (8, steps.num_words, 3)


def test_the_book_recipe_is_the_notes_to_the_letter():
    book = RECIPES["book"]
    assert book._asdict() == {
        "num_words": 500,
        "maxlen": 100,
        "optimizer": "rmsprop",
        "learning_rate": 1e-4,
        "epochs": 100,
        "patience": 3,
        "batch_size": 64,
    }


def test_a_seed_decides_the_result(tmp_path):
    first, again, other = (
        run(tmp_path / str(k), seed=seed).val_loss for k, seed in enumerate([3, 3, 4])
    )
    assert first == again != other


def interrupt_after(batches, monkeypatch):
    countdown = iter(range(batches))

    def advance(bar):
        if next(countdown, None) is None:
            raise KeyboardInterrupt

    monkeypatch.setattr(Progress, "advance", advance)


def test_ctrl_c_keeps_what_was_reached(tmp_path, monkeypatch, capsys):
    interrupt_after(4, monkeypatch)  # in the second epoch of three batches each
    history = run(tmp_path)
    assert (history.epochs, history.ended) == (1, "interrupted")
    result = json.loads((tmp_path / "history.json").read_text())
    assert result["ended"] == "interrupted"
    data = few_reviews(num_words=10_000)
    loss, _ = load_model(tmp_path / "model.npz").evaluate(data.validation)
    assert loss == pytest.approx(history.val_loss[0])
    assert "1 epochs (interrupted)" in capsys.readouterr().out


def test_ctrl_c_in_the_first_epoch_overwrites_nothing(tmp_path, monkeypatch, capsys):
    run(tmp_path)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    interrupt_after(1, monkeypatch)
    assert run(tmp_path, seed=9).ended == "interrupted"
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before
    assert "nothing was saved" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"recipe": "slow"}, r"recipe is 'slow'; expected one of \['book', 'quick'\]"),
        ({"engine": "torch"}, "engine is 'torch'; expected 'numpy' or 'keras'"),
        ({"seed": -1}, "seed is -1; expected a whole number, 0 or more"),
    ],
)
def test_what_does_not_exist_is_refused_before_any_work(
    tmp_path, monkeypatch, change, message
):
    monkeypatch.setattr(train_module, "load_imdb", None)
    with pytest.raises(ValueError, match=f"^{message}"):
        run(tmp_path / "new", **change)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_is_noticed_before_training(tmp_path, monkeypatch):
    taken = tmp_path / "taken"
    taken.touch()
    monkeypatch.setattr("lstm_course.training.model.fit", None)
    with pytest.raises(OSError, match="taken"):
        run(taken)


THE_COMMAND = """
import sys
sys.path.insert(0, "tests")
import test_train
from lstm_course.cli import app
test_train.train_module.load_imdb = test_train.few_reviews
try:
    app(["train", "--engine", sys.argv[1], "--out", sys.argv[2]])
except SystemExit as end:
    assert not end.code
from lstm_course import load_model
assert load_model(sys.argv[3]).predict(test_train.make_reviews(3).ids).shape == (3,)
loaded = {"keras", "tensorflow"} & set(sys.modules)
print("loaded:", *sorted(loaded))
"""


@pytest.mark.parametrize(
    ("engine", "file", "loaded"),
    [("numpy", "model.npz", ""), ("keras", "model.keras", " keras tensorflow")],
)
def test_the_command_is_silent_on_stderr_and_loads_what_it_needs(
    root, tmp_path, engine, file, loaded
):
    """In a process of its own: it builds, trains, evaluates, saves, loads, predicts."""
    done = subprocess.run(
        [sys.executable, "-c", THE_COMMAND, engine, tmp_path, tmp_path / file],
        cwd=root,
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith(f"loaded:{loaded}\n")
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(
        ["history.json", "learning_curves.png", file]
    )
