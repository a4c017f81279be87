"""Characters: one text of many reviews, its alphabet, and streams."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lstm_course.data.characters import (
    END,
    OTHER,
    Characters,
    cut_streams,
    join_reviews,
)


def test_a_review_is_a_line():
    reviews = ["A film.<br /><br />Not  bad\tat all. ", "It\x96well\x85ends<br>"]
    assert join_reviews(reviews) == "\nA film. Not bad at all.\nIt well ends\n"
    assert join_reviews([]) == END
    with pytest.raises(TypeError, match="reviews is a str; expected an iterable"):
        join_reviews("one review")


@given(st.lists(st.text(max_size=9), max_size=4))
def test_no_review_holds_an_end(reviews):
    assert join_reviews(reviews).count(END) == len(reviews) + 1


def test_alphabet_by_hand():
    characters = Characters.build("banana, cab" + OTHER, 5)
    # a 4; b 2 and n 2 in the order of Unicode; of those that occur once, the blank
    assert characters.alphabet == "abn " + OTHER
    assert len(characters) == 5
    assert characters.encode("nab c").tolist() == [2, 0, 1, 3, 4]
    assert characters.decode(np.array([4, 0, 2])) == OTHER + "an"
    assert repr(characters) == f"Characters(5: {'abn ' + OTHER!r} …)"


@given(text=st.text(), size=st.integers(2, 9))
def test_what_the_alphabet_holds_comes_back(text, size):
    characters = Characters.build(text, size)
    ids = characters.encode(text)
    assert ids.dtype == np.int32
    assert len(characters) <= size
    assert characters.decode(ids) == "".join(
        each if each in characters.alphabet else OTHER for each in text
    )


@pytest.mark.parametrize(
    ("alphabet", "message"),
    [
        ("abc", f"alphabet ends with 'c'; expected {OTHER!r}"),
        ("", f"alphabet ends with ''; expected {OTHER!r}"),
        ("abca" + OTHER, "alphabet holds 'a' 2 times; expected each once"),
    ],
)
def test_an_alphabet_that_is_none(alphabet, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        Characters(alphabet)


def test_what_does_not_fit_is_refused_by_name():
    characters = Characters("ab" + OTHER)
    with pytest.raises(TypeError, match="text is a bytes; expected a str"):
        characters.encode(b"ab")
    with pytest.raises(ValueError, match="ids go from -1 to 2; expected 0 to 2"):
        characters.decode(np.array([2, -1]))
    with pytest.raises(ValueError, match="ids go from 0 to 3; expected 0 to 2"):
        characters.decode(np.array([0, 3]))
    with pytest.raises(TypeError, match="ids holds float64; expected int"):
        characters.decode(np.array([0.0]))
    with pytest.raises(ValueError, match="size is 1; expected at least 2"):
        Characters.build("abc", 1)


def test_streams_by_hand():
    ids = np.arange(12)
    assert cut_streams(ids, 3).tolist() == [[0, 1, 2, 3], [3, 4, 5, 6], [6, 7, 8, 9]]
    assert cut_streams(ids, 1).tolist() == [ids.tolist()]
    assert cut_streams(ids, 11).shape == (11, 2)


@given(length=st.integers(2, 40), streams=st.integers(1, 12))
def test_streams_foretell_each_character_once(length, streams):
    ids = np.arange(length)
    if length <= streams:
        with pytest.raises(ValueError, match=f"expected {streams + 1} or more"):
            cut_streams(ids, streams)
        return
    rows = cut_streams(ids, streams)
    foretold = rows[:, 1:].ravel()
    assert np.array_equal(foretold, 1 + np.arange(len(foretold)))
    assert length - 1 - len(foretold) < streams
