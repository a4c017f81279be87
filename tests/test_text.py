"""Text to ids to batches, held against Keras and against plain Python."""

import importlib
import random
from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lstm_course.data.text import (
    RESERVED,
    UNUSED,
    Vocabulary,
    pad_batch,
    tokenize,
)
from lstm_course.system.keras_import import import_keras

SIDES = ["pre", "post"]
LARGEST = 2**31 - 1

texts = st.text(
    st.one_of(st.sampled_from("aAbB '.,<>/[]\t\n-_İΣé\x85\xa0"), st.characters())
)
sequences = st.lists(st.lists(st.integers(0, LARGEST), max_size=9), max_size=6)


@pytest.fixture(scope="module")
def keras():
    return import_keras()


@pytest.fixture(scope="module")
def keras_tokenize(keras):
    legacy = importlib.import_module(f"{keras.__name__}.src.legacy.preprocessing.text")
    return legacy.text_to_word_sequence


@given(text=texts)
@settings(deadline=None)
def test_tokenize_is_keras_tokenizer(keras_tokenize, text):
    assert tokenize(text) == keras_tokenize(text)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", []),
        (" \t\n ...", []),
        ("A film.<br /><br />Don't!", ["a", "film", "br", "br", "don't"]),
        (
            "7.5/10 for well-made_stuff",
            ["7", "5", "10", "for", "well", "made", "stuff"],
        ),
        ("'quoted' “Curly”", ["'quoted'", "“curly”"]),
        ("no\xa0break caf\u00c9", ["no\xa0break", "café"]),
    ],
)
def test_tokenize_by_hand(text, words):
    assert tokenize(text) == words


@pytest.mark.parametrize("text", [None, b"bytes", ["a", "b"], 3])
def test_tokenize_refuses_what_is_no_text(text):
    with pytest.raises(TypeError, match=f"text is a {type(text).__name__}"):
        tokenize(text)


def test_vocabulary_by_hand():
    vocabulary = Vocabulary.build(["b a c", "A c! C", ["x", "b"]], num_words=6)
    # c 3; a 2 and b 2 in alphabetical order; x falls out
    assert vocabulary.tokens == ("[pad]", "[start]", "[?]", "c", "a", "b")
    assert len(vocabulary) == 6
    assert vocabulary.encode("C, b: x (and) a") == [1, 3, 5, 2, 2, 4]
    assert vocabulary.decode([0, 0, 1, 3, 2, 5]) == "[pad] [pad] [start] c [?] b"
    assert repr(vocabulary) == "Vocabulary(6 tokens: [pad] [start] [?] c a b)"


@given(texts=st.lists(texts, max_size=6), num_words=st.integers(4, 12))
def test_vocabulary_keeps_the_most_frequent(texts, num_words):
    counts = Counter(word for text in texts for word in tokenize(text))
    vocabulary = Vocabulary.build(texts, num_words)
    words = vocabulary.tokens[3:]

    assert len(words) == min(len(counts), num_words - 3)
    rank = [(-counts[word], word) for word in words]
    assert rank == sorted(rank)
    left_out = set(counts) - set(words)
    assert all((-counts[word], word) > rank[-1] for word in left_out)


@pytest.mark.parametrize("counts", [["a", "b"], [], ("a", 2), "a", None, {"a"}])
def test_counts_are_a_mapping(counts):
    kind = type(counts).__name__
    with pytest.raises(TypeError, match=f"^counts is a {kind}; expected a mapping fr"):
        Vocabulary.from_counts(counts, 9)


def test_vocabulary_does_not_depend_on_the_order_of_texts():
    rng = random.Random(0)  # noqa: S311 - a fixed order, no secret
    shuffled = [f"w{n}" for n in range(50)] * 2 + ["often"] * 9
    expected = Vocabulary.build([shuffled], 30)
    for _ in range(5):
        rng.shuffle(shuffled)
        assert Vocabulary.build(map(str, shuffled), 30) == expected
    assert expected.tokens[3:6] == ("often", "w0", "w1")


@given(known=st.lists(texts, max_size=4), text=texts, num_words=st.integers(4, 15))
def test_decode_shows_what_encode_lost(known, text, num_words):
    vocabulary = Vocabulary.build(known, num_words)
    ids = vocabulary.encode(text)
    words = tokenize(text)

    assert len(ids) == len(words) + 1
    assert all(0 <= number < len(vocabulary) <= num_words for number in ids)
    shown = [word if word in vocabulary.tokens[3:] else "[?]" for word in words]
    assert vocabulary.decode(ids) == " ".join(["[start]", *shown])
    assert vocabulary.decode(np.array(ids, dtype=np.int32)) == vocabulary.decode(ids)


@given(text=texts)
def test_encode_and_decode_undo_each_other(text):
    words = tokenize(text)
    vocabulary = Vocabulary.build([text], num_words=4 + len(words))
    ids = vocabulary.encode(text)
    assert vocabulary.decode(ids[1:]) == " ".join(words)
    assert vocabulary.encode(vocabulary.decode(ids[1:])) == ids


def test_reserved_tokens_can_be_no_words():
    for token in (*RESERVED, UNUSED):
        assert token not in tokenize(f"a {token} b {token}")


@pytest.mark.parametrize(
    ("ids", "error", "message"),
    [
        ([3, 5, 4, -1, 5, 99], ValueError, r"ids holds \[-1, 5, 99\].* from 0 to 4"),
        (np.array([2, 700]), ValueError, r"ids holds \[700\]"),
        ([1.0], TypeError, r"ids holds 1\.0; expected integers"),
        ([True], TypeError, "ids holds True"),
        ("the", TypeError, "ids holds 't'"),
        (np.ones((2, 2), int), TypeError, "ids holds array"),
    ],
)
def test_decode_refuses(ids, error, message):
    vocabulary = Vocabulary.build(["one two"], num_words=9)
    with pytest.raises(error, match=message):
        vocabulary.decode(ids)


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ((["a"], 3), ValueError, "num_words is 3; expected at least 4"),
        ((["a"], 4.0), TypeError, r"num_words is 4\.0; expected an integer"),
        ((["a"], True), TypeError, "num_words is True"),
        (("one text", 9), TypeError, "texts is a str; expected an iterable"),
        (([["[?]"]], 9), ValueError, r"tokens holds '\[\?\]' 2 times"),
        (([None], 9), TypeError, "not iterable"),
    ],
)
def test_build_refuses(arguments, error, message):
    with pytest.raises(error, match=message):
        Vocabulary.build(*arguments)


def test_a_vocabulary_begins_with_the_reserved_tokens():
    with pytest.raises(ValueError, match=r"tokens starts with \('the', 'a'\)"):
        Vocabulary(("the", "a"))


@pytest.mark.parametrize("padding", SIDES)
@pytest.mark.parametrize("truncating", SIDES)
@given(sequences=sequences, length=st.integers(1, 8))
@settings(deadline=None)
def test_pad_batch_is_keras_pad_sequences(
    keras, padding, truncating, sequences, length
):
    sides = {"padding": padding, "truncating": truncating}
    ids, mask = pad_batch(sequences, length, **sides)
    expected = keras.utils.pad_sequences(sequences, maxlen=length, **sides)
    np.testing.assert_array_equal(ids, expected, strict=True)

    # The mask, from marks in place of the ids: 0 is then padding and nothing else.
    marks = [[1] * len(sequence) for sequence in sequences]
    expected_mask = keras.utils.pad_sequences(marks, maxlen=length, **sides) == 1
    np.testing.assert_array_equal(mask, expected_mask, strict=True)


def test_pad_batch_by_hand():
    sequences = [[5, 0, 7, 8], [], [0], [9, 3, 0]]
    before = pad_batch(sequences, 3)
    after = pad_batch(sequences, 3, padding="post", truncating="post")
    assert before[0].tolist() == [[0, 7, 8], [0, 0, 0], [0, 0, 0], [9, 3, 0]]
    assert before[1].tolist() == [[1, 1, 1], [0, 0, 0], [0, 0, 1], [1, 1, 1]]
    assert after[0].tolist() == [[5, 0, 7], [0, 0, 0], [0, 0, 0], [9, 3, 0]]
    assert after[1].tolist() == [[1, 1, 1], [0, 0, 0], [1, 0, 0], [1, 1, 1]]
    assert (before[0].dtype, before[1].dtype) == (np.int32, np.bool_)


def test_pad_batch_takes_arrays_of_any_integers_and_changes_none():
    rows = [
        np.array([3, 1, 4], dtype=np.int8),
        np.array([1, LARGEST], dtype=np.uint64),
        np.array([], dtype=np.float64),
        (5, 9),
        range(2, 7),
        np.array([8, 2], dtype=object),
    ]
    copies = [np.array(row) for row in rows]
    ids, _ = pad_batch(iter(rows), 4)
    assert ids.tolist() == [
        [0, 3, 1, 4],
        [0, 0, 1, LARGEST],
        [0, 0, 0, 0],
        [0, 0, 5, 9],
        [3, 4, 5, 6],
        [0, 0, 8, 2],
    ]
    for row, copy in zip(rows, copies, strict=True):
        np.testing.assert_array_equal(row, copy)
    table = np.arange(6).reshape(2, 3)
    assert pad_batch(table, 2)[0].tolist() == [[1, 2], [4, 5]]


@pytest.mark.parametrize(
    ("sequences", "error", "message"),
    [
        ([[1], [2, 3.5]], TypeError, r"sequences\[1\] holds 3\.5; expected integers"),
        (
            [[1], np.array([2.0])],
            TypeError,
            r"sequences\[1\] holds np\.float64\(2\.0\)",
        ),
        ([[], [1, "two"]], TypeError, r"sequences\[1\] holds 'two'"),
        ([[1], [True]], TypeError, r"sequences\[1\] holds True"),
        ([[1, [2]]], TypeError, r"sequences\[0\] holds \[2\]"),
        ([[[1, 2], [3, 4]]], TypeError, r"sequences\[0\] holds \[1, 2\]"),
        ([[1], None], TypeError, r"sequences\[1\] is a NoneType"),
        ([[1], {2}], TypeError, r"sequences\[1\] is a set; expected a sequence"),
        ([4, 5], TypeError, r"sequences\[0\] is a int; expected a sequence"),
        (["ab"], TypeError, r"sequences\[0\] holds 'a'"),
        ([[1], [2], [3, -4]], ValueError, r"sequences\[2\] holds -4; expected ids"),
        ([[-1, 2, 3, 4, 5]], ValueError, r"sequences\[0\] holds -1"),
        ([[1], [2**31]], ValueError, r"sequences\[1\] holds 2147483648.* 2147483647"),
        ([[1], [2**80, 5]], ValueError, r"sequences\[1\] holds 1208925819614"),
        ([[1], [2**64 - 1]], ValueError, r"sequences\[1\] holds 18446744073709551615;"),
    ],
)
def test_pad_batch_names_the_sequence_at_fault(sequences, error, message):
    with pytest.raises(error, match=message):
        pad_batch(sequences, 3)


@pytest.mark.parametrize(
    ("changed", "error", "message"),
    [
        ({"length": 0}, ValueError, "length is 0; expected at least 1"),
        ({"length": 2.0}, TypeError, r"length is 2\.0; expected an integer"),
        ({"length": None}, TypeError, "length is None"),
        (
            {"padding": "left"},
            ValueError,
            "padding is 'left'; expected 'pre' or",
        ),
        ({"truncating": None}, ValueError, "truncating is None; expected 'pre'"),
    ],
)
def test_pad_batch_refuses(changed, error, message):
    with pytest.raises(error, match=message):
        pad_batch(**{"sequences": [[1, 2]], "length": 3} | changed)
