"""Other right answers to the exercises of lesson 01, and wrong ones that are named."""

import numpy as np
import pytest
from variants import assert_all_pass, assert_named, assert_told

from lstm_course.arrays.shapes import Array
from lstm_course.data.text import Vocabulary, pad_batch, tokenize
from lstm_course.exercises.check import verdict_on
from lstm_course.exercises.contents import find_exercise

pytestmark = pytest.mark.usefixtures("in_this_process")

# shapes_on_the_way


def ask(answer, seed=1):
    """The verdict on an answer made from B, T, V, D, H."""
    quiz = find_exercise("shapes_on_the_way")
    numbers = quiz.draw(np.random.default_rng(seed))
    return verdict_on("shapes_on_the_way", answer(*numbers), {"": numbers})


@pytest.mark.parametrize("seed", range(6))
def test_shapes_may_be_lists_or_texts(seed):
    def lists(B, T, V, D, H):
        return [[B, T], [B, T, V], [B, T, D], [B, D], [B, T, H], [B, H]]

    def texts(*sizes):
        return tuple(str(tuple(shape)) for shape in lists(*sizes))

    assert ask(lists, seed).outcome == ask(texts, seed).outcome == "passed"


def test_two_shapes_that_were_guessed():
    def answer(B, T, V, D, H):
        return (B, T), (B, T, V), (B, T, D), (B, 1, D), (B, H), (B, T, H)

    found = set(ask(answer).mistakes)
    assert found == {"index-keeps-its-axis", "outputs-and-h-swapped"}


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_shapes_as_pytorch_has_them(seed):
    def answer(B, T, V, D, H):
        return (T, B), (T, B, V), (T, B, D), (B, D), (T, B, H), (B, H)

    def h(B, T, V, D, H):
        return (B, T), (B, T, V), (B, T, D), (B, T), (B, T, H), (1, B, H)

    assert ask(answer, seed).mistakes == ("shapes-time-first",)
    found = set(ask(h, seed).mistakes)
    assert found == {"index-on-the-features", "h-with-an-axis-in-front"}


def test_an_unknown_wrong_shape():
    def answer(B, T, V, D, H):
        return (T, B), (B, T, V), (B, T, D), (B, D), (B, T, H), (B, H)

    verdict = ask(answer)
    assert verdict.outcome == "failed"
    assert "ids is not" in verdict.text


# windows_of_features


def windows_by_slices(series, length):
    """A list of slices."""
    number = len(series) - length
    inputs = np.array([series[k : k + length] for k in range(number)])
    return inputs, np.array([series[k + length][0] for k in range(number)])


def windows_by_one_index(series, length):
    """All places of all windows as one block of indices; single precision."""
    places = np.arange(len(series) - length)[:, np.newaxis] + np.arange(length)
    return series.astype(np.float32)[places], series[:, 0][length:].astype(np.float32)


def windows_as_lists_of_arrays(series, length):
    """Windows and targets, collected and not stacked."""
    numbers = range(len(series) - length)
    windows = [series[k : k + length] for k in numbers]
    return windows, [series[k + length, 0] for k in numbers]


def windows_in_plain_loops(series, length):
    """Nested lists, filled number by number."""
    inputs, targets = [], []
    for end in range(length, len(series)):
        inputs.append(
            [[float(number) for number in row] for row in series[end - length : end]]
        )
        targets.append(float(series[end, 0]))
    return {"x": inputs, "y": targets}


def test_windows_of_features():
    variants = [
        windows_by_slices,
        windows_by_one_index,
        windows_as_lists_of_arrays,
        windows_in_plain_loops,
    ]
    assert_all_pass("windows_of_features", variants)


def test_a_loop_that_ends_too_early():
    def answer(series, length):
        numbers = range(len(series) - length - 1)
        x = np.array([series[k : k + length] for k in numbers])
        return x, np.array([series[k + length, 0] for k in numbers])

    assert_named("windows_of_features", answer, "last-target-left-out")


def test_a_window_too_many_and_its_own_last_step_as_target():
    def answer(series, length):
        number = len(series) - length + 1
        inputs = np.stack([series[k : k + length] for k in range(number)])
        return inputs, inputs[:-1, -1, 0]

    assert_named(
        "windows_of_features",
        answer,
        "window-without-a-target",
        "target-inside-the-window",
    )


def test_windows_that_do_not_overlap():
    def answer(series, length):
        starts = range(0, len(series) - length, length)
        inputs = np.stack([series[k : k + length] for k in starts])
        return inputs, series[[k + length for k in starts], 0]

    assert_named("windows_of_features", answer, "windows-side-by-side")


def test_windows_that_are_reshaped():
    def answer(series, length):
        features = series.shape[1]
        view = np.lib.stride_tricks.sliding_window_view(series, length, axis=0)
        return view[:-1].reshape(-1, length, features), series[length:, :1]

    assert_named(
        "windows_of_features", answer, "windows-reshaped", "target-in-a-column"
    )


def test_windows_over_both_axes_and_a_target_of_long_ago():
    def both_axes(series, length):
        shape = length, series.shape[1]
        view = np.lib.stride_tricks.sliding_window_view(series, shape)
        return view[:-1], series[length:, 0]

    def long_ago(series, length):
        inputs, _ = windows_by_slices(series, length)
        return inputs, inputs[:, 0, 0]

    assert_named("windows_of_features", both_axes, "windows-over-both-axes")
    name = "target-at-the-start-of-the-window"
    assert_named("windows_of_features", long_ago, name)


def test_an_unknown_mistake_in_windows():
    def answer(series, length):
        inputs, targets = windows_by_slices(series, length)
        return np.sort(inputs, axis=1), targets

    assert_told(
        "windows_of_features",
        answer,
        "departs first at",
        "It is right with windows of one step.",
    )


# repair_the_log


def log_station_by_station(log, stations):
    """Every so many lines are one station's."""
    rows = [log[station::stations] for station in range(stations)]
    return [(row - row.mean(axis=0)).tolist() for row in rows]


def log_less_the_mean_first(log, stations):
    """The mean is taken away while time is still first; transpose; single precision."""
    readings = log.astype(np.float32).reshape(-1, stations, log.shape[-1])
    return np.transpose(readings - np.mean(readings, 0), (1, 0, 2))


def log_as_fortran_cuts_it(log, stations):
    """A reshape after all, with the first axis as the fastest."""
    batch = log.reshape(stations, -1, log.shape[1], order="F")
    return batch - batch.mean(axis=1)[:, None]


def log_number_by_number(log, stations):
    """An empty batch that is filled."""
    steps, features = len(log) // stations, log.shape[1]
    batch = np.empty((stations, steps, features))
    for line, numbers in enumerate(log):
        step, station = divmod(line, stations)
        batch[station, step] = numbers
    for station in batch:
        for feature in range(features):
            station[:, feature] -= sum(station[:, feature]) / steps
    return batch


def test_repair_the_log():
    variants = [
        log_station_by_station,
        log_less_the_mean_first,
        log_as_fortran_cuts_it,
        log_number_by_number,
    ]
    assert_all_pass("repair_the_log", variants)


def mend_the_mean(log: Array, stations: int) -> Array:
    batch = log.reshape(stations, -1, log.shape[1])
    return batch - batch.mean(axis=1, keepdims=True)


def mend_the_order(log: Array, stations: int) -> Array:
    batch = log.reshape(-1, stations, log.shape[1]).swapaxes(0, 1)
    return batch - batch.mean(axis=0, keepdims=True)


def mend_the_order_and_forget_keepdims(log: Array, stations: int) -> Array:
    batch = log.reshape(-1, stations, log.shape[1]).swapaxes(0, 1)
    return batch - batch.mean(axis=1)


def reshape_at_the_end(log: Array, stations: int) -> Array:
    readings = log.reshape(-1, stations, log.shape[1])
    return (readings - readings.mean(axis=0)).reshape(stations, -1, log.shape[1])


def take_one_mean(log: Array, stations: int) -> Array:
    batch = log.reshape(-1, stations, log.shape[1]).swapaxes(0, 1)
    return batch - log.mean(axis=0)


def transpose_at_once(log: Array, stations: int) -> Array:
    batch = log.swapaxes(0, 1).reshape(stations, -1, log.shape[1])
    return batch - batch.mean(axis=1, keepdims=True)


@pytest.mark.parametrize(
    ("answer", "mistake"),
    [
        (mend_the_mean, "log-reshaped"),
        (mend_the_order, "mean-over-stations"),
        (mend_the_order_and_forget_keepdims, "mean-without-its-axis"),
        (take_one_mean, "one-mean-for-all-stations"),
        (transpose_at_once, "log-transposed-at-once"),
        (reshape_at_the_end, "log-reshaped-at-the-end"),
    ],
)
def test_a_log_that_is_half_mended(answer, mistake):
    assert_named("repair_the_log", answer, mistake)


def test_an_unknown_mistake_in_the_log():
    def answer(log, stations):
        batch = log.reshape(-1, stations, log.shape[1]).swapaxes(0, 1)
        return batch - batch[:, :1]

    assert_told("repair_the_log", answer, "With random numbers everywhere", "step 0")


# sentences_to_vectors


def vectors_with_a_vocabulary_of_ones_own(texts, length, table):
    """Counts, ids and padding by hand; nested lists."""
    words = [word for text in texts for word in tokenize(text)]
    ranked = sorted(set(words), key=lambda word: (-words.count(word), word))
    known = dict(zip(ranked[: len(table) - 3], range(3, len(table)), strict=False))
    block = []
    for text in texts:
        ids = [1, *(known.get(word, 2) for word in tokenize(text))][-length:]
        ids = [0] * (length - len(ids)) + ids
        block.append([table[number].tolist() for number in ids])
    return block


def vectors_word_by_word(texts, length, table):
    """Lists of lists of rows of the table."""
    vocabulary = Vocabulary.build(texts, num_words=len(table))
    ids, _ = pad_batch([vocabulary.encode(text) for text in texts], length)
    return [[table[number] for number in row] for row in ids]


def vectors_by_one_hot(texts, length, table):
    """A product in place of looking up; single precision."""
    vocabulary = Vocabulary.build(texts, len(table))
    ids = pad_batch(map(vocabulary.encode, texts), length=length)[0]
    return np.eye(len(table), dtype=np.float32)[ids] @ table.astype(np.float32)


def test_sentences_to_vectors():
    variants = [
        vectors_with_a_vocabulary_of_ones_own,
        vectors_word_by_word,
        vectors_by_one_hot,
    ]
    assert_all_pass("sentences_to_vectors", variants)


def test_texts_cut_and_padded_at_the_other_end():
    def answer(texts, length, table):
        vocabulary = Vocabulary.build(texts, len(table))
        ids, _ = pad_batch(map(vocabulary.encode, texts), length, padding="post")
        return table[ids]

    assert_named("sentences_to_vectors", answer, "zeros-after-the-text")


def test_a_vocabulary_of_many_words():
    def answer(texts, length, table):
        vocabulary = Vocabulary.build(texts, 500)
        ids, _ = pad_batch(map(vocabulary.encode, texts), length)
        return table[ids]

    assert_named("sentences_to_vectors", answer, "vocabulary-too-large")


def test_a_start_twice_and_a_vocabulary_too_small():
    def twice(texts, length, table):
        vocabulary = Vocabulary.build(texts, len(table))
        ids, _ = pad_batch([[1, *vocabulary.encode(t)] for t in texts], length)
        return table[ids]

    def small(texts, length, table):
        vocabulary = Vocabulary.build(texts, len(table) - 3)
        ids, _ = pad_batch([vocabulary.encode(t) for t in texts], length)
        return table[ids]

    assert_named("sentences_to_vectors", twice, "start-twice")
    assert_named("sentences_to_vectors", small, "vocabulary-too-small")


def test_texts_padded_and_cut_by_hand_at_the_end():
    def answer(texts, length, table):
        vocabulary = Vocabulary.build(texts, len(table))
        ids = [vocabulary.encode(text) + [0] * length for text in texts]
        return [table[row[:length]] for row in ids]

    assert_named("sentences_to_vectors", answer, "both-at-the-end")


def test_an_unknown_mistake_with_sentences():
    def answer(texts, length, table):
        vocabulary = Vocabulary.build(texts, len(table))
        ids, _ = pad_batch(map(vocabulary.encode, texts), length)
        return table[ids[::-1]]

    assert_told("sentences_to_vectors", answer, "It is right with a single text.")
