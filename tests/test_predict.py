"""``predict``: sentences by a saved model, in words and with errors in words."""

import io
import os
import re
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from lstm_course import build_sentiment_model, cli, load_imdb
from lstm_course.commands import predict as predict_module
from lstm_course.commands.predict import PredictError, newest_model, predict
from lstm_course.training.engine import NumpySentimentModel

PRAISE, BLAME = "A wonderful film, an excellent masterpiece.", "The worst, awful waste!"


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    """A bag whose one feature is whether a word praises or blames."""
    model = build_sentiment_model(
        num_words=2_000, embedding_dim=1, layers=0, mask_zero=True
    )
    rows = np.zeros((2_000, 1), np.float32)
    known = load_imdb(num_words=2_000).vocabulary.id_of
    for word, value in {
        "wonderful": 9,
        "excellent": 9,
        "worst": -9,
        "awful": -9,
    }.items():
        rows[known[word]] = value
    embedding = model.params.embedding._replace(embeddings=rows)
    head = model.params.head._replace(kernel=np.ones((1, 1), np.float32))
    model.params = model.params._replace(embedding=embedding, head=head)
    model.config = model.config._replace(maxlen=10)
    path = tmp_path_factory.mktemp("model") / "model.npz"
    model.save(path)
    return path


def test_it_says_what_the_model_predicts(saved, capsys):
    predict([PRAISE, BLAME], model=saved)
    first, *said = capsys.readouterr().out.splitlines()
    assert first == f"model: {saved}"
    model = NumpySentimentModel.load(saved)
    chances = model.predict(model.encode([PRAISE, BLAME]))
    assert chances[1] < 0.5 < chances[0]
    assert said[0] == f"positive, {min(chances[0], 0.999):.1%}: {PRAISE}"
    assert f"negative, {min(1 - chances[1], 0.999):.1%}: {BLAME}" in said


def test_it_names_the_words_that_the_model_does_not_know(saved, capsys):
    predict(["A wonderful Xyzzy and a plugh, xyzzy!", "A film."], model=saved)
    said = capsys.readouterr().out.splitlines()
    assert said[2] == "  not known: xyzzy, plugh"
    assert said[3].endswith(": A film.")
    assert len(said) == 4


def test_it_tells_how_much_of_a_long_review_was_read(saved, capsys):
    """Ten steps are the last ten words; what stands before decides nothing."""
    predict([f"Worst awful xyzzy {'of the ' * 4}wonderful film"], model=saved)
    said = capsys.readouterr().out.splitlines()
    assert said[1].startswith("positive, ")
    assert said[2:] == ["  read: the last 10 of 13 words"]
    predict(["the " * 200], model=saved)
    assert len(capsys.readouterr().out.splitlines()[1]) < 90


def test_reviews_come_from_a_file_or_a_pipe(saved, tmp_path, monkeypatch, capsys):
    file = tmp_path / "reviews.txt"
    file.write_text(f"{PRAISE}\n\n{BLAME}\n", "utf-8")
    predict([], model=saved, file=file)
    from_file = capsys.readouterr().out
    assert [line[:8] for line in from_file.splitlines()[1:] if line[0] != " "] == [
        "positive",
        "negative",
    ]
    monkeypatch.setattr("sys.stdin", io.StringIO(file.read_text()))
    predict([], model=saved, file=Path("-"))
    assert capsys.readouterr().out == from_file


def test_the_newest_run_is_read_and_else_the_model_of_lesson_12(tmp_path, capsys):
    assert newest_model(tmp_path).name == "reader.npz"
    predict([PRAISE], model=newest_model(tmp_path))
    assert "positive" in capsys.readouterr().out
    for age, name in enumerate(["new/model.keras", "old/model.npz", "older/model.npz"]):
        path = tmp_path / "runs" / name
        path.parent.mkdir(parents=True)
        path.touch()
        os.utime(path, (10**9 - age, 10**9 - age))
    going_on = tmp_path / "runs" / "newest.unfinished" / "model.npz"
    going_on.parent.mkdir()
    going_on.touch()
    assert newest_model(tmp_path) == tmp_path / "runs" / "new" / "model.keras"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"texts": []}, 'there is nothing to read; write a sentence, such as "A wond'),
        ({"texts": ["!?"]}, r"there is no word in '!\?'; write a sentence"),
        ({"model": Path("no.npz")}, r"there is no model at no\.npz"),
        ({"model": Path(__file__)}, "path is .*; expected a name ending in .npz or"),
        ({"file": Path("no.txt")}, r"no\.txt cannot be read: No such file"),
        ({"file": Path("tests")}, r"tests cannot be read: "),
    ],
)
def test_what_is_wrong_is_said_in_words(saved, arguments, message):
    arguments = {"texts": [PRAISE], "model": saved} | arguments
    with pytest.raises(PredictError, match=f"^{message}"):
        predict(**arguments)


def test_a_file_of_something_else_is_refused(saved, tmp_path):
    path = tmp_path / "model.npz"
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(PredictError, match="holds no model of this course"):
        predict([PRAISE], model=path)
    with pytest.raises(
        PredictError, match=f"^{re.escape(str(path))} is no text in UTF"
    ):
        predict([], model=saved, file=path)


def test_the_command_hands_everything_over(saved, monkeypatch):
    def invoke(*arguments):
        return CliRunner().invoke(cli.app, ["predict", *arguments])

    done = invoke(PRAISE, "--model", str(saved))
    assert (done.exit_code, done.stderr) == (0, "")
    assert re.search(
        r"^positive, \d\d\.\d%: A wonderful film", done.stdout, re.MULTILINE
    )
    done = invoke("--model", str(saved))
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr.startswith("there is nothing to read")
    told = []
    monkeypatch.setattr(predict_module, "predict", lambda *a, **b: told.append((a, b)))
    assert invoke("--file", "-").exit_code == 0
    assert told == [(((),), {"model": None, "file": Path("-")})]
