"""``train`` from end to end, on a few made-up reviews."""

import json
import re
import signal
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import matplotlib.pyplot as plt
import pytest
from fixtures import make_reviews
from full_disk import full_disk, needs_limits

from lstm_course import IMDB, History, Split, build_sentiment_model, load_model
from lstm_course.commands import train as train_module
from lstm_course.commands.train import RECIPES, train
from lstm_course.training.progress_bar import Progress


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
    from lstm_course.training.engine import NumpySentimentModel

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
    more = {
        name: given[name] for name in given.keys() - {*names, "config", "checkpoint"}
    }
    assert more == steps.training
    config = given["config"]
    assert (config.cell, config.layers) == ("lstm", 1)
    assert (config.num_words, config.seed) == (steps.num_words, 3)
    others = {"embedding_dim": 16, "units": 8} | steps.model
    assert {name: getattr(config, name) for name in others} == others


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
        "model": {},
        "training": {},
    }


def test_the_best_recipe_is_saved_whole(tmp_path, capsys):
    """With its linear model: what is loaded predicts what was measured."""
    history = run(tmp_path, recipe="best")
    assert "word_dropout 0.1" in capsys.readouterr().out
    model = load_model(tmp_path / "model.npz")
    data = few_reviews(num_words=10_000)
    assert len(model.ngrams.keys) > 1
    loss, _ = model.evaluate(data.validation)
    assert loss == pytest.approx(min(history.val_loss))
    result = json.loads((tmp_path / "history.json").read_text())
    assert result["model"]["pooling"] == "max_mean"
    assert result["test_loss"] == pytest.approx(model.evaluate(data.test)[0])


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


@pytest.mark.parametrize("was_there", [False, True])
def test_ctrl_c_in_the_first_epoch_leaves_nothing(
    tmp_path, monkeypatch, capsys, was_there
):
    out = tmp_path / "run"
    if was_there:
        out.mkdir()
    interrupt_after(1, monkeypatch)
    assert run(out).ended == "interrupted"
    assert list(tmp_path.rglob("*")) == [out] * was_there
    assert "nothing was saved" in capsys.readouterr().out


def test_nothing_appears_before_the_run_is_over(tmp_path, monkeypatch):
    out, seen = tmp_path / "run", []
    real = train_module.learning_curves

    def spy(*arguments):
        seen.extend(path.name for path in tmp_path.iterdir())
        seen.extend(path.name for path in (tmp_path / "run.unfinished").iterdir())
        return real(*arguments)

    monkeypatch.setattr(train_module, "learning_curves", spy)
    run(out)
    assert seen[0] == "run.unfinished"
    assert sorted(seen[1:])[1:] == ["history.json", "model.npz"]
    assert list(tmp_path.iterdir()) == [out]


def contents(folder):
    return {
        path.relative_to(folder).as_posix(): path.is_file() and path.read_bytes()
        for path in folder.rglob("*")
    }


def assert_refused(out, message, monkeypatch):
    """Before anything is loaded or made, in a sentence; and nothing is touched."""
    before = contents(out.parent)
    with monkeypatch.context() as patch:
        patch.setattr(train_module, "load_imdb", None)
        patch.setattr(train_module, "build_sentiment_model", None)
        with pytest.raises(FileExistsError, match=message) as raised:
            run(out)
    assert "\n" not in str(raised.value)
    assert "another" in str(raised.value)
    assert contents(out.parent) == before


def test_a_used_folder_is_refused(tmp_path, monkeypatch):
    out = tmp_path / "run"
    run(out)
    assert_refused(out, f"^{re.escape(str(out))} is not empty: ", monkeypatch)
    other = tmp_path / "mine" / "notes.txt"
    other.parent.mkdir()
    other.touch()
    assert_refused(other.parent, "mine is not empty: ", monkeypatch)
    assert_refused(other, "notes.txt is there already and is no folder", monkeypatch)
    with pytest.raises(FileExistsError, match="is not empty: "):
        run(Path(tmp_path.anchor))


@pytest.mark.skipif(sys.platform == "win32", reason="links are the privileged's there")
def test_a_link_is_its_folder(tmp_path, monkeypatch):
    out = tmp_path / "run"
    out.symlink_to(tmp_path / "elsewhere")
    assert_refused(out, "run is there already and is no folder: ", monkeypatch)
    (tmp_path / "elsewhere").mkdir()
    run(out)
    assert out.is_symlink()
    assert (tmp_path / "elsewhere" / "model.npz").exists()
    assert_refused(out, "run is not empty: ", monkeypatch)


@pytest.mark.skipif(sys.platform == "win32", reason="a folder in use keeps its name")
def test_the_folder_one_stands_in_will_do(tmp_path, monkeypatch):
    out = tmp_path / "run"
    out.mkdir()
    monkeypatch.chdir(out)
    run(Path())
    assert sorted(path.name for path in Path().iterdir()) == [
        "history.json",
        "learning_curves.png",
        "model.npz",
    ]
    assert list(tmp_path.iterdir()) == [out]


KILLED = """
import os, signal, sys
from pathlib import Path
sys.path.insert(0, "tests")
import test_train
from lstm_course.training.progress_bar import Progress
test_train.train_module.load_imdb = test_train.few_reviews
Progress.end_epoch = lambda bar, history: os.kill(os.getpid(), signal.SIGKILL)
test_train.run(Path(sys.argv[1]))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="sends a POSIX signal")
def test_a_kill_leaves_the_best_model_yet_and_no_run(root, tmp_path, monkeypatch):
    out = tmp_path / "run"
    done = subprocess.run(
        [sys.executable, "-uc", KILLED, out], cwd=root, capture_output=True, text=True
    )
    assert done.returncode == -signal.SIGKILL, done.stderr
    left = tmp_path / "run.unfinished"
    assert f"the best model yet is in {left}\n" in done.stdout
    assert [path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*")] == [
        "run.unfinished",
        "run.unfinished/model.npz",
    ]
    loss, _ = load_model(left / "model.npz").evaluate(
        few_reviews(num_words=10_000).validation
    )
    untrained = build_sentiment_model(num_words=10_000, seed=3)
    assert loss != untrained.evaluate(few_reviews(num_words=10_000).validation)[0]
    message = f"^{re.escape(str(left))} is of a run .* killed, and holds model.npz: "
    assert_refused(out, message, monkeypatch)
    out.mkdir()
    assert_refused(out, message, monkeypatch)


@needs_limits
@pytest.mark.parametrize("was_there", [False, True])
def test_a_full_disk_is_noticed_before_training(tmp_path, monkeypatch, was_there):
    out = tmp_path / "run"
    if was_there:
        out.mkdir()
    monkeypatch.setattr("lstm_course.training.engine.fit", None)
    message = f"^the run cannot be written to {re.escape(str(out))}: File too large$"
    with full_disk(room=1_000), pytest.raises(OSError, match=message):
        run(out)
    assert list(tmp_path.rglob("*")) == [out] * was_there


@needs_limits
def test_a_disk_that_fills_up_takes_nothing_with_it(tmp_path, monkeypatch):
    """The model fits, the history does not."""
    monkeypatch.setattr(train_module, "asdict", lambda history: {"x": "x" * 700_000})
    out, left = tmp_path / "run", tmp_path / "run.unfinished"
    message = f"File too large; what it reached is in {re.escape(str(left))}$"
    with full_disk(room=650_000), pytest.raises(OSError, match=message):
        run(out)
    assert [path.name for path in left.iterdir()] == ["model.npz"]
    assert load_model(left / "model.npz").config.seed == 3
    assert not out.exists()


def test_a_folder_that_comes_up_meanwhile_is_left_alone(tmp_path, monkeypatch):
    out, left = tmp_path / "run", tmp_path / "run.unfinished"
    real = train_module.learning_curves

    def meanwhile(*arguments):
        run_of_another = out / "history.json"
        run_of_another.parent.mkdir()
        run_of_another.touch()
        return real(*arguments)

    monkeypatch.setattr(train_module, "learning_curves", meanwhile)
    with pytest.raises(
        OSError, match=f"; what it reached is in {re.escape(str(left))}"
    ):
        run(out)
    assert [path.name for path in out.iterdir()] == ["history.json"]
    assert sorted(path.name for path in left.iterdir()) == [
        "history.json",
        "learning_curves.png",
        "model.npz",
    ]


def test_without_a_name_each_run_has_the_first_folder_that_is_free(
    tmp_path, monkeypatch, capsys
):
    monkeypatch.setattr(train_module, "ROOT", tmp_path)
    runs = tmp_path / "runs"
    (runs / "numpy-quick-seed3-2.unfinished").mkdir(parents=True)
    (runs / "numpy-quick-seed3-3").touch()
    for name in ("numpy-quick-seed3", "numpy-quick-seed3-4"):
        before = contents(runs)
        run(None)
        new = contents(runs)
        assert {
            f"{name}/model.npz",
            f"{name}/history.json",
        } < new.keys() - before.keys()
        assert before.items() <= new.items()
        assert f"are in {runs / name}\n" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"recipe": "slow"}, r"recipe is 'slow'; expected one of \['book', 'quick', '"),
        (
            {"recipe": "best", "engine": "keras"},
            "recipe 'best' has a linear model of n-grams .* with --engine numpy$",
        ),
        ({"engine": "torch"}, "engine is 'torch'; expected 'numpy' or 'keras'"),
        ({"seed": -1}, "seed is -1; expected at least 0"),
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
    monkeypatch.setattr("lstm_course.training.engine.fit", None)
    with pytest.raises(
        OSError, match=r"^the run cannot be written to .*taken.run: \w+"
    ):
        run(taken / "run")
    assert list(tmp_path.iterdir()) == [taken]


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


@pytest.mark.slow
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
