"""The trained models that lessons look into: as their recipes say, and unchanged."""

import json
import shutil

import numpy as np
import pytest
from typer.testing import CliRunner

from lstm_course import cli, load_imdb
from lstm_course.commands import models as command
from lstm_course.commands.models import RECIPES, list_models, make_models, train
from lstm_course.study.stored_models import FOLDER, describe_model, read_model

NAMES = [*RECIPES]


def test_every_committed_model_has_a_recipe():
    assert {path.name for path in FOLDER.iterdir()} == {
        f"{name}{suffix}" for name in NAMES for suffix in (".npz", ".json")
    }
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) < 5e6


@pytest.mark.parametrize("name", NAMES)
def test_it_is_what_its_description_says(name):
    model, description = read_model(name), describe_model(name)
    recipe = RECIPES[name]
    assert description["recipe"] == recipe
    assert {**model.config._asdict(), **recipe["model"]} == model.config._asdict()
    data = load_imdb(num_words=model.config.num_words, maxlen=recipe["maxlen"])
    for part in ("validation", "test"):
        loss, accuracy = model.evaluate(getattr(data, part))
        # Each number within a unit of its last digit, or within one review.
        assert loss == pytest.approx(description["reached"][f"{part}_loss"], abs=1e-4)
        stored = description["reached"][f"{part}_accuracy"]
        assert accuracy == pytest.approx(stored, abs=1.1 / len(data.test.labels))


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_its_recipe_makes_such_a_model_again(name):
    """Not the same weights on another processor; but nearly the same verdicts."""
    stored, recipe = read_model(name), RECIPES[name]
    again, _ = train(recipe)
    data = load_imdb(num_words=stored.config.num_words, maxlen=recipe["maxlen"])
    verdicts = [model.predict(data.validation.ids) > 0.5 for model in (stored, again)]
    assert np.mean(verdicts[0] == verdicts[1]) > 0.9
    labels = data.validation.labels > 0
    accuracies = [np.mean(verdict == labels) for verdict in verdicts]
    assert accuracies[0] == pytest.approx(accuracies[1], abs=0.02)


@pytest.fixture
def copy(tmp_path):
    return shutil.copytree(FOLDER, tmp_path / "models")


@pytest.mark.parametrize("place", [0.2, 0.5, 0.9])
def test_one_changed_digit_is_noticed(copy, place):
    path = copy / "reader.npz"
    content = bytearray(path.read_bytes())
    content[int(place * len(content))] ^= 1
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r"reader\.npz was changed.*models reader"):
        read_model("reader", copy)


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"sha256": "0"}', "null"])
def test_a_damaged_description_is_said(copy, text):
    (copy / "reader.json").write_text(text)
    with pytest.raises(ValueError, match=r"reader\.json does not describe a model"):
        read_model("reader", copy)


def test_a_model_that_is_not_there_is_said(tmp_path):
    with pytest.raises(FileNotFoundError, match="lstm-course models poet"):
        read_model("poet", tmp_path)


TINY = {
    "maxlen": 5,
    "model": {"num_words": 9, "embedding_dim": 2, "units": 3, "seed": 4},
    "training": {
        "epochs": 1,
        "batch_size": 5000,
        "optimizer": "adam",
        "learning_rate": 0.01,
    },
}


@pytest.fixture
def tiny(monkeypatch):
    monkeypatch.setattr(command, "RECIPES", {"tiny": dict(TINY)})


def test_a_model_is_made_and_made_again(tmp_path, tiny, capsys):
    make_models(["tiny"], tmp_path)
    assert "before" not in capsys.readouterr().out
    first = read_model("tiny", tmp_path)
    assert first.config.units == 3
    assert describe_model("tiny", tmp_path)["recipe"] == TINY
    make_models(["tiny"], tmp_path)
    assert "the same weights as before, to the last bit" in capsys.readouterr().out
    command.RECIPES["tiny"]["training"] = TINY["training"] | {"learning_rate": 0.02}
    make_models(["tiny"], tmp_path)
    assert "other weights than before: refresh" in capsys.readouterr().out
    assert not np.array_equal(
        read_model("tiny", tmp_path).params.head.kernel, first.params.head.kernel
    )
    assert sorted(path.name for path in tmp_path.iterdir()) == ["tiny.json", "tiny.npz"]


def test_the_list_says_what_each_reached(capsys):
    list_models()
    accuracy = json.loads((FOLDER / "reader.json").read_text())["reached"]
    assert f"{accuracy['test_accuracy']:.4f}" in capsys.readouterr().out


def test_an_unknown_name_is_answered_with_those_there_are():
    done = CliRunner().invoke(cli.app, ["models", "poet"])
    assert done.exit_code == 1
    assert "no model 'poet'; there are: reader" in done.stderr
