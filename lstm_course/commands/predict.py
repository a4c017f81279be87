"""``predict``: what a saved model says of a sentence, or of reviews in a file."""

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from lstm_course.data.text import UNKNOWN, tokenize
from lstm_course.study.stored_models import FOLDER
from lstm_course.system.paths import ROOT
from lstm_course.twin.models import load_model

if TYPE_CHECKING:
    from lstm_course.training.engine import SentimentModel

_SHOWN = 60  # letters of a review


class PredictError(Exception):
    """Why there is no prediction, in words for the reader."""


def predict(
    texts: Sequence[str], *, model: Path | None = None, file: Path | None = None
) -> None:
    """Print whether each review is positive, how likely, and the words not known.

    Args:
        texts: reviews.
        model: a file that ``save`` or ``train`` wrote. None: of the newest run in
            runs/; if there is none, the model that lesson 12 reads.
        file: more reviews, one a line; "-": standard input.

    Raises:
        PredictError: there is no such model or file, it holds something else, or there
            is no review.
    """
    read = [*texts, *(_lines(file) if file else ())]
    for text in read:
        if not tokenize(text):
            raise PredictError(f"there is no word in {text!r}; write a sentence")
    if not read:
        raise PredictError(
            'there is nothing to read; write a sentence, such as "A wonderful film.", '
            "or name a file of reviews with --file"
        )
    path = model or newest_model()
    try:
        loaded = load_model(path)
    except (OSError, ValueError) as error:
        raise PredictError(str(error)) from None
    print(f"model: {path}")
    for said in _sayings(loaded, read):
        print(said)


def newest_model(root: Path = ROOT) -> Path:
    """Return the model of the run that ended last; if there is none, lesson 12's."""
    models = [
        path
        for suffix in ("npz", "keras")
        for path in root.glob(f"runs/*/model.{suffix}")
        if path.parent.suffix != ".unfinished"
    ]
    return max(models, key=lambda path: path.stat().st_mtime, default=_READER)


_READER = FOLDER / "reader.npz"


def _lines(file: Path) -> list[str]:
    try:
        whole = sys.stdin.read() if str(file) == "-" else file.read_text("utf-8")
    except UnicodeDecodeError:
        raise PredictError(f"{file} is no text in UTF-8") from None
    except OSError as error:
        raise PredictError(f"{file} cannot be read: {error.strerror}") from None
    return [line for line in whole.splitlines() if line.strip()]


def _sayings(model: "SentimentModel", texts: Sequence[str]) -> Iterable[str]:
    ids = model.encode(texts)
    chances = model.predict(ids)
    for text, row, chance in zip(texts, ids, chances, strict=True):
        verdict = "positive" if chance > 0.5 else "negative"
        shown = text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"
        certain = min(max(chance, 1 - chance), 0.999)  # 100 % is nobody's to claim
        yield f"{verdict}, {certain:.1%}: {shown}"
        words = tokenize(text)
        room = model.config.maxlen - 1  # one step is the start of the text
        if 0 < room < len(words):
            yield f"  read: the last {room + 1} of {len(words)} words"
            words = words[-room - 1 :]
        read = zip(words, row[-len(words) :], strict=True)
        if strangers := [*dict.fromkeys(word for word, k in read if k == UNKNOWN)]:
            yield f"  not known: {', '.join(strangers)}"
