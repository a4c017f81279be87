"""The trained models that lessons look into: as their recipes say, and unchanged."""

import json
import shutil
from itertools import islice

import numpy as np
import pytest
from typer.testing import CliRunner

from lstm_course import cli, load_imdb
from lstm_course.commands import models as command
from lstm_course.commands.models import (
    RECIPES,
    WRITERS,
    list_models,
    make_models,
    train,
)
from lstm_course.data.characters import Characters, cut_streams, join_reviews
from lstm_course.data.ngrams import fit_ngrams, ngram_probabilities
from lstm_course.study.stored_models import (
    FOLDER,
    describe_model,
    read_model,
    read_writer,
)
from lstm_course.training.language import (
    language_bits,
    language_init,
    train_language,
    write_text,
)

NAMES = [*RECIPES]
EVERY = [*RECIPES, *WRITERS]


def test_every_committed_model_has_a_recipe():
    assert {path.name for path in FOLDER.iterdir()} == {
        f"{name}{suffix}" for name in EVERY for suffix in (".npz", ".json")
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


@pytest.fixture(scope="module")
def writer_text():
    """Texts of the three parts, as the recipe of the writer cuts them."""
    data, recipe = load_imdb(), WRITERS["writer"]
    return {
        "training": join_reviews(data.train.texts[: recipe["reviews"]]),
        "validation": join_reviews(
            data.validation.texts[: recipe["validation_reviews"]]
        ),
        "test": join_reviews(data.test.texts),
    }


def test_the_writer_is_what_its_description_says(writer_text):
    writer, description = read_writer(), describe_model("writer")
    recipe, reached = WRITERS["writer"], description["reached"]
    assert description["recipe"] == recipe
    assert writer.characters == Characters.build(
        writer_text["training"], recipe["characters"]
    )
    streams = cut_streams(writer.characters.encode(writer_text["validation"]), 64)
    bits = language_bits(streams, writer.params).mean()
    assert bits == pytest.approx(reached["validation_bits"], abs=1e-4)
    # Half precision costs nothing that shows.
    assert bits == pytest.approx(reached["validation_bits_in_float32"], abs=1e-3)
    last, how = reached["stages"][-1], recipe["stages"]
    options = {"temperature": how["temperature"], "seed": how["seed"]}
    assert write_text(writer, how["prompt"], how["length"], **options) == last["text"]
    assert [look["step"] for look in reached["stages"]] == how["after"]


@pytest.mark.slow
def test_the_writer_foretells_better_than_the_best_n_grams(writer_text):
    """On the whole test part; their order is that with the fewest validation bits."""
    characters = read_writer().characters
    ids = {part: characters.encode(text) for part, text in writer_text.items()}
    size = len(characters)

    def bits(model, part):
        return -np.log2(ngram_probabilities(ids[part], model)).mean()

    by_order = {
        order: bits(fit_ngrams(ids["training"], size, order), "validation")
        for order in (7, 8, 9, 10, 11)
    }
    best = min(by_order, key=by_order.get)
    assert 7 < best < 11
    counted = bits(fit_ngrams(ids["training"], size, best), "test")
    streams = cut_streams(ids["test"], 64)
    written = language_bits(streams, read_writer().params).mean()
    stored = describe_model("writer")["reached"]["test_bits"]
    assert written == pytest.approx(stored, abs=1e-4)
    assert written < counted


def test_the_recipe_of_the_writer_begins_as_stored(writer_text):
    """Its first steps; all of it takes half an hour."""
    recipe, stages = WRITERS["writer"], describe_model("writer")["reached"]["stages"]
    characters = read_writer().characters
    params = language_init(
        np.random.default_rng(recipe["seed"]), len(characters), **recipe["model"]
    )
    ids = {part: characters.encode(text) for part, text in writer_text.items()}
    streams = cut_streams(ids["training"], recipe["streams"])
    steps = train_language(params, streams, **recipe["cycles"][0])
    for step in islice(steps, stages[1]["step"]):
        params = step.params
    bits = language_bits(cut_streams(ids["validation"], 64), params).mean()
    assert bits == pytest.approx(stages[1]["validation_bits"], abs=0.01)


TINY_WRITER = {
    "reviews": 8,
    "validation_reviews": 3,
    "characters": 20,
    "model": {"embedding_dim": 3, "units": 4},
    "seed": 5,
    "streams": 4,
    "cycles": [
        {"steps": 6, "length": 9, "learning_rate": 0.01, "dropout": 0.1},
        {"steps": 3, "length": 7, "learning_rate": 0.02, "carried": False},
    ],
    "stages": {
        "after": [0, 2, 6, 9],
        "prompt": "A",
        "length": 5,
        "temperature": 1,
        "seed": 3,
    },
}


@pytest.mark.slow
def test_a_writer_is_made_and_made_again(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(command, "WRITERS", {"poet": TINY_WRITER})
    make_models(["poet"], tmp_path)
    writer, description = (
        read_writer("poet", tmp_path),
        describe_model("poet", tmp_path),
    )
    assert description["recipe"] == TINY_WRITER
    assert len(writer.characters) == 20
    assert [look["step"] for look in description["reached"]["stages"]] == [0, 2, 6, 9]
    assert all(look["text"][0] == "A" for look in description["reached"]["stages"])
    assert 3 < description["reached"]["test_bits"] < 6
    make_models(["poet"], tmp_path)
    assert "the same weights as before, to the last bit" in capsys.readouterr().out


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
    bits = describe_model("writer")["reached"]["test_bits"]
    printed = capsys.readouterr().out
    assert f"{accuracy['test_accuracy']:.4f}" in printed
    assert f"{bits:.4f} bits a character" in printed


def test_an_unknown_name_is_answered_with_those_there_are():
    done = CliRunner().invoke(cli.app, ["models", "poet"])
    assert done.exit_code == 1
    assert "no model 'poet'; there are: reader, writer" in done.stderr
